#include "controller/api/channel_settings.h"

#include "base/json.h"
#include "notify/channel.h"

namespace understudy::api {
namespace {

constexpr std::size_t kSecretBytes = 32;

}  // namespace

std::string origin_of(std::string_view url) {
    const auto host = url.find("://");
    if (host == std::string_view::npos ||
        (!url.starts_with("https://") && !url.starts_with("http://"))) {
        return {};
    }
    const auto end = url.find_first_of("/?#", host + 3);
    std::string_view origin = url.substr(0, end);
    // Credentials in the authority stay secret.
    const auto at = origin.rfind('@');
    if (at == std::string_view::npos) return std::string{origin};
    return std::string{origin.substr(0, host + 3)} + std::string{origin.substr(at + 1)};
}

bool sound_webhook_secret(std::string_view secret) {
    constexpr std::string_view kPrefix = "whsec_";
    if (!secret.starts_with(kPrefix)) return false;
    const auto bytes = from_base64(secret.substr(kPrefix.size()));
    return bytes && bytes->size() >= 24 && bytes->size() <= 64;
}

Secret make_webhook_secret() {
    return Secret{"whsec_" + to_base64(random_bytes(kSecretBytes))};
}

Secret webhook_secrets(const Secret& url, const Secret& secret) {
    json::Writer out;
    out.begin_object().field("url", url.reveal()).field("secret", secret.reveal()).end_object();
    return Secret{out.take()};
}

std::optional<Error> driver_trouble(const std::string& kind, const std::string& settings,
                                    const Secret& secrets, const ApiSettings& api) {
    MailSettings mail;
    mail.from = "Understudy <understudy@localhost.localdomain>";
    const auto driver = make_channel_driver(
        kind, settings, secrets, api.mail_configured ? std::optional{mail} : std::nullopt,
        api.allow_private_webhooks);
    if (driver) return std::nullopt;
    return driver.error();
}

}  // namespace understudy::api
