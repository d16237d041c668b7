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
    ChannelSetting{.name = "url",
                   .secret = true,
                   .required = true,
                   .help = "Webhook: the receiver's URL",
                   .noun = "URL",
                   .form_of = "URL of the form https://host/path",
                   .wanted = "the receiver's https URL",
                   .sound = has_origin,
                   .shown_as = "origin",
                   .shown = origin_of},
    ChannelSetting{.name = "secret",
                   .secret = true,
                   .help = "Webhook: signing secret (whsec_...); made if left out",
                   .noun = "secret",
                   .form_of = "webhook secret",
                   .wanted = "whsec_ and 24 to 64 bytes in base64",
                   .sound = sound_signing_secret,
                   .make = make_signing_secret},
};
constexpr std::array kKinds{
    ChannelKind{"email", kEmail},
    ChannelKind{"webhook", kWebhook},
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
