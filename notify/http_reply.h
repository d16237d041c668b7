// What an answer over HTTP says about a notification: delivered, later or never. The same for
// webhooks and for the services' own drivers. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "notify/channel.h"

namespace understudy {

// secrets: what the receiver may repeat and nobody else may read (blank_out()).
// A receiver that asks for a pause, by Retry-After or in its body as Discord, Telegram and Matrix
// do, gets it: up to half an hour; the schedule goes on by itself.
Delivery read_http_reply(const HttpAnswer& answer, WallTime now,
                         const std::vector<std::string>& secrets);

// "the receiver answered 410: gone", for what a driver says of such an answer itself.
std::string reply_in_short(const HttpResponse& response, const std::vector<std::string>& secrets);

}  // namespace understudy
