// What a channel keeps: settings for people to read, and secrets to be sealed. A webhook's URL is a
// secret as a whole (chat services put tokens into it): only its origin is kept readable. Pure, but
// for the random bytes of a new secret.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"
#include "controller/api/api.h"

namespace understudy::api {

// "https://hooks.example.org:8443" of a URL; empty when it is none.
std::string origin_of(std::string_view url);

// The form of a webhook's signing secret; and a new one.
bool sound_webhook_secret(std::string_view secret);
Secret make_webhook_secret();

// The JSON to be sealed.
Secret webhook_secrets(const Secret& url, const Secret& secret);

// What the driver itself says about addresses and URLs; it has the last word.
std::optional<Error> driver_trouble(const std::string& kind, const std::string& settings,
                                    const Secret& secrets, const ApiSettings& api);

}  // namespace understudy::api
