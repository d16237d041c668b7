#include "notify/webhook.h"

#include "base/crypto.h"
#include "base/json.h"
#include "notify/http_reply.h"
#include "notify/webhook_secrets.h"
#include "notify/webhook_url.h"

namespace understudy {
namespace {

constexpr std::string_view kSecretPrefix = "whsec_";
constexpr std::size_t kShortestKey = 24;
constexpr std::size_t kLongestKey = 64;
constexpr std::size_t kSecretsAtOnce = 4;
constexpr Duration kTimeout{20'000};
// Of the answer's body only the beginning is ever shown.
constexpr std::size_t kAnswerLimitBytes = 64u << 10;

Error bad_secret(std::string message) {
    return invalid("secret", std::move(message),
                   "give whsec_ followed by the base64 of 24 to 64 random bytes, or leave it out");
}

Result<Secret> read_key(std::string_view text) {
    if (!text.starts_with(kSecretPrefix)) {
        return bad_secret("the webhook's secret does not begin with whsec_");
    }
    auto key = from_base64(text.substr(kSecretPrefix.size()));
    if (!key) return bad_secret("the webhook's secret is not base64 after whsec_");
    if (key->size() < kShortestKey || key->size() > kLongestKey) {
        return bad_secret("the webhook's secret has " + std::to_string(key->size()) + " bytes");
    }
    return Secret{std::move(*key)};
}

Result<std::vector<Secret>> read_keys(std::string_view text) {
    std::vector<Secret> keys;
    while (!text.empty()) {
        const auto end = text.find(' ');
        const std::string_view one = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
        if (one.empty()) continue;
        auto key = read_key(one);
        if (!key) return key.error();
        keys.push_back(std::move(*key));
    }
    if (keys.empty()) return bad_secret("the webhook has no secret");
    if (keys.size() > kSecretsAtOnce) {
        return bad_secret("the webhook has " + std::to_string(keys.size()) +
                          " secrets, more than " + std::to_string(kSecretsAtOnce));
    }
    return keys;
}

}  // namespace

Result<std::unique_ptr<ChannelDriver>> Webhook::make(const Secret& secrets, bool allow_private) {
    const auto document = json::Document::parse(secrets.reveal());
    if (!document || !document->root().is_object()) {
        return invalid("secrets", "the webhook's secrets are not a JSON object",
                       "remove the channel and add it again");
    }
    const auto text = [&](const char* key) { return document->root()[key].string().value_or(""); };
    auto url = read_webhook_url(text("url"), allow_private);
    if (!url) return url.error();
    auto keys = read_keys(text("secret"));
    if (!keys) return keys.error();
    return std::unique_ptr<ChannelDriver>{
        new Webhook{Secret{std::move(*url)}, std::move(*keys), allow_private}};
}

Result<Dispatch> Webhook::compose(const Message& message, WallTime now) const {
    // The id is part of what is signed, with a dot after it: a dot inside would be ambiguous.
    if (message.id.empty() || message.id.find('.') != std::string::npos) {
        return invalid("id", "'" + message.id + "' cannot be the id of a webhook message");
    }
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
    const std::string timestamp = std::to_string(seconds);
    const std::string content = message.id + "." + timestamp + "." + message.payload;
    std::string signatures;
    for (const Secret& key : keys_) {
        if (!signatures.empty()) signatures += ' ';
        signatures += "v1," + to_base64(hmac_sha256(key.reveal(), content));
    }
    HttpRequest request;
    request.method = "POST";
    request.url = url_.reveal();
    request.headers = {{"Content-Type", "application/json"},
                       {"User-Agent", "understudy"},
                       {"webhook-id", message.id},
                       {"webhook-timestamp", timestamp},
                       {"webhook-signature", signatures}};
    request.body = message.payload;
    request.timeout = kTimeout;
    request.answer_limit_bytes = kAnswerLimitBytes;
    request.status_decides = true;
    request.peers = allow_private_ ? HttpRequest::Peers::Any : HttpRequest::Peers::PublicOnly;
    return Dispatch{std::move(request)};
}

Delivery Webhook::read(const HttpAnswer& answer, WallTime now) const {
    auto secrets = webhook_secrets(url_.reveal());
    for (const Secret& key : keys_)
        secrets.push_back(to_base64(key.reveal()));
    return read_http_reply(answer, now, secrets);
}

Delivery Webhook::read(const MailAnswer&) const {
    return GiveUp{"a webhook was answered by a mail server", false};
}

}  // namespace understudy
