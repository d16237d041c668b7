#include "controller/api/channel_settings.h"

#include "controller/api/views.h"
#include "notify/channel.h"

namespace understudy::api {
namespace {

template <typename Map>
auto value_in(const Map& values, std::string_view name) {
    const auto found = values.find(name);
    return found == values.end() ? typename Map::mapped_type{} : found->second;
}

void write_shown(json::Writer& out, const ChannelSetting& setting, const ChannelValues& values) {
    if (setting.shown == nullptr) return;
    out.field(setting.shown_as, setting.shown(values.secret(setting.name).reveal()));
}

}  // namespace

std::vector<std::string> ChannelValues::text(std::string_view name) const {
    return value_in(texts, name);
}
Secret ChannelValues::secret(std::string_view name) const {
    return value_in(secrets, name);
}
std::string ChannelValues::reference(std::string_view name) const {
    return value_in(references, name);
}

std::string readable_settings(const ChannelKind& kind, const ChannelValues& values) {
    json::Writer out;
    out.begin_object();
    for (const ChannelSetting& setting : kind.settings) {
        if (!setting.secret) write_texts(out, setting.name, values.text(setting.name));
        write_shown(out, setting, values);
    }
    for (const ChannelSetting& setting : kind.settings) {
        const std::string reference = values.reference(setting.name);
        if (!reference.empty()) out.key(setting.name).raw(reference);
    }
    out.end_object();
    return out.take();
}

Secret secret_settings(const ChannelKind& kind, const ChannelValues& values) {
    json::Writer out;
    out.begin_object();
    bool any = false;
    for (const ChannelSetting& setting : kind.settings) {
        if (!setting.secret) continue;
        out.field(setting.name, values.secret(setting.name).reveal());
        any = true;
    }
    out.end_object();
    return any ? Secret{out.take()} : Secret{};
}

ChannelValues channel_values(const ChannelKind& kind, const std::string& settings,
                             const Secret& secrets) {
    ChannelValues values;
    const auto readable = json::Document::parse(settings);
    const auto sealed = json::Document::parse(secrets.reveal());
    for (const ChannelSetting& setting : kind.settings) {
        const std::string name{setting.name};
        if (readable && !setting.secret) {
            readable->root()[name].each([&](json::Value each) {
                values.texts[name].emplace_back(each.string().value_or(""));
            });
        } else if (readable) {
            values.references[name] = readable->root()[name].text();
        }
        if (sealed && setting.secret) {
            values.secrets[name] = Secret{std::string{sealed->root()[name].string().value_or("")}};
        }
    }
    return values;
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
