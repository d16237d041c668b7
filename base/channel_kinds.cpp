#include "base/channel_kinds.h"

#include <algorithm>
#include <array>

#include "base/crypto.h"
#include "base/text.h"
#include "base/url.h"

namespace understudy {
namespace {

// "https://hooks.example.org:8443" of a URL; empty when it is none. Chat services put tokens into
// paths and queries, and credentials in the authority stay secret.
std::string origin_of(std::string_view url) {
    const auto parts = split_url(url);
    if (!parts || (parts->scheme != "https" && parts->scheme != "http")) return {};
    std::string_view host = parts->authority;
    if (const auto at = host.rfind('@'); at != std::string_view::npos) host.remove_prefix(at + 1);
    return std::string{parts->scheme} + "://" + std::string{host};
}

bool has_origin(std::string_view url) {
    return !origin_of(url).empty();
}

constexpr std::string_view kSigningPrefix = "whsec_";

bool sound_signing_secret(std::string_view secret) {
    if (!secret.starts_with(kSigningPrefix)) return false;
    const auto bytes = from_base64(secret.substr(kSigningPrefix.size()));
    return bytes && bytes->size() >= 24 && bytes->size() <= 64;
}

Secret make_signing_secret() {
    constexpr std::size_t kBytes = 32;
    return Secret{std::string{kSigningPrefix} + to_base64(random_bytes(kBytes))};
}

// The driver has the last word about its form.
bool looks_given(std::string_view secret) {
    return !secret.empty() && is_plain(secret) && secret.find(' ') == std::string_view::npos;
}

constexpr ChannelSetting receiver_url(std::string_view help) {
    return {.name = "url",
            .secret = true,
            .required = true,
            .help = help,
            .noun = "URL",
            .form_of = "URL of the form https://host/path",
            .wanted = "the receiver's https URL",
            .sound = has_origin,
            .shown_as = "origin",
            .shown = origin_of};
}

constexpr ChannelSetting server_setting(bool required) {
    return {.name = "server",
            .single = true,
            .required = required,
            .value = "URL",
            .help =
                "Where the service is: of Matrix the homeserver; of Telegram, ntfy and "
                "PagerDuty left out, unless it is another than the public one",
            .noun = "server",
            .wanted = "its https URL"};
}

// A secret that is a word, and not made here.
constexpr ChannelSetting secret_word(std::string_view name, bool required, std::string_view help,
                                     std::string_view noun) {
    return {.name = name,
            .secret = true,
            .required = required,
            .help = help,
            .noun = noun,
            .form_of = noun,
            .wanted = "it as the service shows it",
            .sound = looks_given};
}

constexpr std::string_view kUrlHelp = "Webhook, Slack, Discord, Teams: the receiver's URL";
constexpr std::string_view kCredentialHelp =
    "Telegram: the bot's token; ntfy, Matrix: an access token; PagerDuty: the integration key "
    "(Events API v2)";

constexpr std::array kEmail{
    ChannelSetting{.name = "to",
                   .required = true,
                   .value = "ADDRESS",
                   .help = "E-mail: a recipient; may be given several times",
                   .noun = "recipient",
                   .form_of = "list of e-mail addresses",
                   .wanted = "a list of e-mail addresses"},
};
constexpr std::array kWebhook{
    receiver_url(kUrlHelp),
    ChannelSetting{.name = "secret",
                   .secret = true,
                   .help = "Webhook: signing secret (whsec_...); made if left out",
                   .noun = "secret",
                   .form_of = "webhook secret",
                   .wanted = "whsec_ and 24 to 64 bytes in base64",
                   .sound = sound_signing_secret,
                   .make = make_signing_secret},
};
constexpr std::array kPostedTo{receiver_url(kUrlHelp)};
constexpr std::array kTelegramBot{
    secret_word("credential", true, kCredentialHelp, "token"),
    ChannelSetting{.name = "chat",
                   .single = true,
                   .required = true,
                   .value = "CHAT",
                   .help = "Telegram: the chat's number, or the @name of a channel",
                   .noun = "chat",
                   .wanted = "one like -1001234567890 or @ourchannel"},
    server_setting(false),
};
// On a public server whoever knows the topic reads it.
constexpr std::array kNtfyTopic{
    secret_word("topic", true, "ntfy: the topic, which is as good as a password", "topic"),
    secret_word("credential", false, kCredentialHelp, "token"),
    server_setting(false),
};
constexpr std::array kMatrixRoom{
    server_setting(true),
    ChannelSetting{.name = "room",
                   .single = true,
                   .required = true,
                   .value = "ROOM",
                   .help = "Matrix: the room's id, like !abc:example.org",
                   .noun = "room",
                   .wanted = "one like !abc:example.org"},
    secret_word("credential", true, kCredentialHelp, "token"),
};
constexpr std::array kPagerDutyService{
    secret_word("credential", true, kCredentialHelp, "integration key"),
    server_setting(false),
};
constexpr std::array kExec{
    ChannelSetting{.name = "program",
                   .single = true,
                   .required = true,
                   .value = "NAME",
                   .help = "Exec: a name out of programs in the controller's configuration",
                   .noun = "program",
                   .wanted = "a name out of programs in the controller's configuration"},
};
constexpr std::array kKinds{
    ChannelKind{"email", kEmail},
    ChannelKind{"webhook", kWebhook},
    ChannelKind{"slack", kPostedTo},
    ChannelKind{"discord", kPostedTo},
    ChannelKind{"telegram", kTelegramBot},
    ChannelKind{"teams", kPostedTo},
    ChannelKind{"ntfy", kNtfyTopic},
    ChannelKind{"matrix", kMatrixRoom},
    ChannelKind{"pagerduty", kPagerDutyService},
    ChannelKind{"exec", kExec},
};

}  // namespace

std::span<const ChannelKind> channel_kinds() {
    return kKinds;
}

const ChannelKind* find_channel_kind(std::string_view name) {
    const auto found = std::ranges::find(kKinds, name, &ChannelKind::name);
    return found == kKinds.end() ? nullptr : &*found;
}

std::string channel_kind_words(std::string_view between) {
    std::string words;
    for (const ChannelKind& kind : kKinds)
        words += (words.empty() ? "" : std::string{between}) + std::string{kind.name};
    return words;
}

}  // namespace understudy
