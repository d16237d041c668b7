#include "notify/service_channel.h"

#include <algorithm>
#include <iterator>

#include "base/channel_kinds.h"
#include "notify/http_reply.h"
#include "notify/webhook_secrets.h"
#include "notify/webhook_url.h"
#include "schema/notice.h"

namespace understudy {
namespace {

constexpr Duration kServiceTimeout{20'000};
// Of the answer's body only the beginning is ever looked at.
constexpr std::size_t kReplyLimitBytes = 64u << 10;

Error unreadable_settings() {
    return invalid("settings", "are not a JSON object", "remove the channel and add it again");
}

// Where the service is: the URL without a slash at its end.
Result<std::string> service_url(const Service& service, const ServiceValues& values,
                                bool allow_private) {
    const std::string& given = values[service.place];
    auto url =
        read_webhook_url(given.empty() ? std::string{service.usual_place} : given, allow_private);
    if (!url) {
        Error error = url.error();
        error.field = service.place;
        return error;
    }
    while (url->ends_with('/'))
        url->pop_back();
    return url;
}

}  // namespace

const std::string& ServiceValues::operator[](std::string_view name) const {
    static const std::string kNothing;
    const auto found = values_.find(name);
    return found == values_.end() ? kNothing : found->second.reveal();
}

Result<std::unique_ptr<ChannelDriver>> ServiceChannel::make(const Service& service,
                                                            const std::string& settings,
                                                            const Secret& secrets,
                                                            bool allow_private) {
    const ChannelKind* kind = find_channel_kind(service.kind);
    ensure(kind != nullptr);
    const auto readable = json::Document::parse(settings.empty() ? "{}" : settings);
    const auto sealed = json::Document::parse(secrets.empty() ? "{}" : secrets.reveal());
    if (!readable || !sealed || !readable->root().is_object() || !sealed->root().is_object())
        return unreadable_settings();
    ServiceValues values;
    std::vector<std::string> hidden;
    for (const ChannelSetting& setting : kind->settings) {
        const json::Value from = setting.secret ? sealed->root() : readable->root();
        const std::string value{from[setting.name].string().value_or("")};
        if (setting.required && value.empty()) {
            return invalid(std::string{setting.name},
                           "no " + std::string{setting.noun} + " is given",
                           "give " + std::string{setting.wanted});
        }
        if (setting.secret && !value.empty())
            std::ranges::copy(spellings_of(value), std::back_inserter(hidden));
        values.set(setting.name, value);
    }
    auto place = service_url(service, values, allow_private);
    if (!place) return place.error();
    if (service.place == "url") hidden = webhook_secrets(*place);
    values.set(service.place, *place);
    if (const auto checked = service.check(values); !checked) return checked.error();
    return std::unique_ptr<ChannelDriver>{
        new ServiceChannel{service, std::move(values), std::move(hidden), allow_private}};
}

Result<Dispatch> ServiceChannel::compose(const Message& message, WallTime) const {
    const auto notice = decode_notice(message.payload);
    if (!notice) return notice.error();
    HttpRequest request = service_.request(values_, message, *notice);
    request.headers.push_back({"User-Agent", "understudy"});
    request.timeout = kServiceTimeout;
    request.answer_limit_bytes = kReplyLimitBytes;
    request.status_decides = true;
    request.peers = allow_private_ ? HttpRequest::Peers::Any : HttpRequest::Peers::PublicOnly;
    return Dispatch{std::move(request)};
}

Delivery ServiceChannel::read(const HttpAnswer& answer, WallTime now) const {
    const auto* response = std::get_if<HttpResponse>(&answer);
    if (response != nullptr && response->status >= 300 && service_.meaning != nullptr) {
        const auto body = json::Document::parse(response->body);
        auto special = service_.meaning(*response, body ? body->root() : json::Value{},
                                        reply_in_short(*response, secrets_));
        if (special) return *std::move(special);
    }
    return read_http_reply(answer, now, secrets_);
}

Delivery ServiceChannel::read(const MailAnswer&) const {
    return GiveUp{std::string{service_.kind} + " was answered by a mail server", false};
}

HttpRequest post_json(std::string url, std::string body) {
    HttpRequest request;
    request.method = "POST";
    request.url = std::move(url);
    request.headers = {{"Content-Type", "application/json; charset=utf-8"}};
    request.body = std::move(body);
    return request;
}

Result<Done> check_word(const ServiceValues& values, std::string_view setting,
                        std::string_view others, std::size_t limit, std::string_view example) {
    const std::string& value = values[setting];
    const auto good = [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               others.find(c) != std::string_view::npos;
    };
    if (value.size() <= limit && std::ranges::all_of(value, good)) return Done{};
    return invalid(std::string{setting}, "this has a character that none of these has, or too many",
                   "give one like " + std::string{example});
}

}  // namespace understudy
