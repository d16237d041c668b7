// What a service is sent for a notification.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/json.h"
#include "notify/channel.h"
#include "schema/notice.h"

namespace understudy::notify_test {

inline const WallTime kComposedAt = *parse_rfc3339("2026-11-21T02:10:00Z");

struct Made {
    const char* kind;
    const char* settings;
    const char* secrets;
};
inline constexpr Made kPager{"pagerduty", "{}",
                             R"({"credential":"0123456789abcdef0123456789abcdef"})"};

inline std::unique_ptr<ChannelDriver> make(const Made& what) {
    auto made =
        make_channel_driver(what.kind, what.settings, Secret{what.secrets}, std::nullopt, false);
    if (!made) FAIL(made.error().text());
    return std::move(*made);
}

inline Notice failover() {
    Notice notice;
    notice.type = NoticeType::FailoverTriggered;
    notice.incident.value = 41;
    notice.server.value = 3;
    notice.server_name = "shield-1";
    notice.server_address = "192.0.2.10";
    notice.pool.value = 2;
    notice.pool_name = "shop";
    notice.domains = {{"www.example.org", "192.0.2.10", "192.0.2.20"}};
    notice.reason = "Primary server down";
    notice.at = kComposedAt;
    return notice;
}

inline Message message_of(const Notice& notice) {
    Message message;
    message.id = "msg_c0ffee_77";
    message.payload = encode_notice(notice);
    if (notice.incident) message.incident = "inc_c0ffee_41";
    return message;
}

inline HttpRequest sent(const Made& what, const Notice& notice) {
    auto dispatch = make(what)->compose(message_of(notice), kComposedAt);
    if (!dispatch) FAIL(dispatch.error().text());
    return std::get<HttpRequest>(*dispatch);
}

inline json::Document body_of(const HttpRequest& request) {
    auto document = json::Document::parse(request.body);
    REQUIRE(document.ok());
    return std::move(*document);
}

}  // namespace understudy::notify_test
