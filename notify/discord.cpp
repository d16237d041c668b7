// Discord's webhooks: https://discord.com/developers/docs/resources/webhook#execute-webhook
//
// Nobody is mentioned whatever the text says ("allowed_mentions"), links show no preview, and
// everything that Markdown knows is escaped.
#include "base/json.h"
#include "notify/chat_text.h"
#include "notify/service_channel.h"

namespace understudy {
namespace {

constexpr int kSuppressEmbeds = 1 << 2;
constexpr std::int64_t kUnknownWebhook = 10'015;

// What may stand in names and addresses and means nothing stays as it is.
std::string discord_spelling(char32_t point) {
    constexpr std::u32string_view kMarkup = U"\\*_~`|<>[]()#@:";
    if (kMarkup.find(point) == std::u32string_view::npos) return {};
    return std::string{'\\', static_cast<char>(point)};
}

// As Discord's own pages give it, a URL names no version and is answered by the oldest, which
// counts its pauses in milliseconds.
std::string versioned(std::string url) {
    constexpr std::string_view kUnversioned = "/api/webhooks/";
    const auto at = url.find(kUnversioned);
    if (at != std::string::npos) url.insert(at + std::string_view{"/api"}.size(), "/v10");
    return url;
}

Result<Done> check_discord(const ServiceValues&) {
    return Done{};
}

// The answer comes when the message is there ("wait"), not when it was taken.
HttpRequest discord_request(const ServiceValues& values, const Message& message,
                            const Notice& notice) {
    constexpr ChatForm kForm{2'000, ChatForm::Unit::Utf16, discord_spelling};
    json::Writer body;
    body.begin_object().field("content", chat_text(message, notice, kForm));
    body.key("allowed_mentions").begin_object();
    body.key("parse").begin_array().end_array().end_object();
    body.field("flags", kSuppressEmbeds).end_object();
    const std::string url = versioned(values["url"]);
    return post_json(url + (url.find('?') == std::string::npos ? "?" : "&") + "wait=true",
                     body.take());
}

std::optional<Delivery> discord_meaning(const HttpResponse& response, json::Value body,
                                        const std::string& said) {
    if (response.status != 404 || body["code"].integer() != kUnknownWebhook) return std::nullopt;
    return GiveUp{said, true};
}

}  // namespace

const Service kDiscord{"discord", "url", {}, check_discord, discord_request, discord_meaning};

}  // namespace understudy
