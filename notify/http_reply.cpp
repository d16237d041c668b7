#include "notify/http_reply.h"

#include <algorithm>
#include <cmath>

#include "base/blank_out.h"
#include "base/text.h"

namespace understudy {
namespace {

// A receiver may not silence alerts for long: the schedule goes on by itself.
constexpr std::chrono::seconds kLongestWait = std::chrono::minutes{30};

// The receiver understood the request and will never take this message; the next one may be fine.
// Trying on would hold up the channel for days.
bool refuses_message(int status) {
    return status == 400 || status == 413 || status == 415 || status == 422;
}

std::optional<std::chrono::seconds> seconds_of(std::optional<double> number) {
    if (!number || !(*number >= 0)) return std::nullopt;
    const auto most = static_cast<double>(kLongestWait.count());
    return std::chrono::seconds{static_cast<std::int64_t>(std::ceil(std::min(*number, most)))};
}

// What the body of a "too many requests" asks for; Discord's may be a fraction of a second.
std::optional<std::chrono::seconds> pause_in(const std::string& body) {
    const auto document = json::Document::parse(body);
    if (!document) return std::nullopt;
    const json::Value root = document->root();
    if (const auto plain = seconds_of(root["retry_after"].number())) return plain;  // Discord
    if (const auto deep = seconds_of(root["parameters"]["retry_after"].number()))   // Telegram
        return deep;
    const auto milliseconds = root["retry_after_ms"].number();  // Matrix
    return seconds_of(milliseconds ? std::optional{*milliseconds / 1000} : std::nullopt);
}

std::optional<std::chrono::seconds> pause_wanted(const HttpResponse& response, WallTime now) {
    auto wait = retry_after(response, now);
    if (response.status == 429) {
        const auto also = pause_in(response.body);
        if (also) wait = std::max(wait.value_or(*also), *also);
    }
    if (wait) wait = std::min(*wait, kLongestWait);
    return wait;
}

}  // namespace

std::string reply_in_short(const HttpResponse& response, const std::vector<std::string>& secrets) {
    constexpr std::size_t kExcerpt = 120;
    // One line of it, for the person who looks at the failed notification.
    std::string text = plain_text(blank_out(response.body, secrets), kExcerpt, "...");
    while (!text.empty() && text.back() == ' ')
        text.pop_back();
    return "the receiver answered " + std::to_string(response.status) +
           (text.empty() ? "" : ": " + text);
}

Delivery read_http_reply(const HttpAnswer& answer, WallTime now,
                         const std::vector<std::string>& secrets) {
    if (const auto* failure = std::get_if<TransportFailure>(&answer)) {
        return TryLater{blank_out(failure->message, secrets), std::nullopt};
    }
    const auto& response = std::get<HttpResponse>(answer);
    const int status = response.status;
    if (status >= 200 && status < 300) return Delivered{};
    const std::string error = reply_in_short(response, secrets);
    if (status == 410) return GiveUp{error, true};
    if (refuses_message(status)) return GiveUp{error, false};
    if (status >= 300 && status < 400) {
        return TryLater{error + " (redirects are not followed: give the final URL)", std::nullopt};
    }
    return TryLater{error, pause_wanted(response, now)};
}

}  // namespace understudy
