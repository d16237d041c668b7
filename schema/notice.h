// A notification's payload: {"type", "timestamp", "data"} as webhooks carry it and the outbox keeps
// it. Its JSON Schemas are in schema/webhook/. Pure.
//
// Stable: programs consume it. Fields are added, never changed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/notice.h"
#include "base/result.h"

namespace understudy {

// notice.at must be stamped.
std::string encode_notice(const Notice& notice);
// The payload of `last`, told in place of `earlier` too, which waited in that order.
Result<std::string> fold_notices(const std::vector<std::string_view>& earlier,
                                 std::string_view last);
Result<Notice> decode_notice(std::string_view payload);

}  // namespace understudy
