#include "controller/api/channel_settings.h"

#include "base/field_codec.h"
#include "base/json.h"
#include "notify/channel.h"

namespace understudy::api {
namespace {

template <typename Map>
auto value_in(const Map& values, std::string_view name) {
    const auto found = values.find(name);
    return found == values.end() ? typename Map::mapped_type{} : found->second;
}

// Nothing of a single one that is left out.
void write_text_setting(json::Writer& out, const ChannelSetting& setting,
                        const std::vector<std::string>& texts) {
    if (!setting.single) {
        out.list(setting.name, texts);
    } else if (!texts.empty()) {
        out.field(setting.name, texts.front());
    }
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
        if (!setting.secret) write_text_setting(out, setting, values.text(setting.name));
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
            const json::Value kept = readable->root()[name];
            if (const auto one = kept.string()) values.texts[name].emplace_back(*one);
            kept.each([&](json::Value each) {
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

const ChannelKind* known_kind(Fields& fields, const std::string& kind) {
    const ChannelKind* known = find_channel_kind(kind);
    if (known == nullptr && !kind.empty()) {
        fields.complain("kind", quoted(kind) + " is no kind of channel",
                        "one of: " + channel_kind_words());
    }
    return known;
}

std::vector<std::string> read_texts(Fields& fields, const ChannelSetting& setting) {
    std::vector<std::string> given;
    if (!setting.single) {
        given = fields.texts(setting.name);
    } else if (auto one = fields.text(setting.name); one && !one->empty()) {
        given.push_back(*std::move(one));
    }
    const bool wrong_type =
        setting.single && fields.has(setting.name) && !fields.member(setting.name).is_string();
    if (setting.required && given.empty() && !wrong_type) {
        fields.complain(setting.name, "no " + std::string{setting.noun} + " is given",
                        "give " + std::string{setting.wanted});
    }
    return given;
}

std::set<NoticeType> read_types(Fields& fields) {
    std::set<NoticeType> types;
    const auto words = fields.texts("types");
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (const auto type = from_text<NoticeType>(words[i])) {
            types.insert(*type);
        } else if (!words[i].empty()) {
            fields.complain("types[" + std::to_string(i) + "]",
                            quoted(words[i]) + " is no type of notification",
                            "see the list of types in the operator's guide");
        }
    }
    return types;
}

std::optional<Error> driver_trouble(const std::string& kind, const std::string& settings,
                                    const Secret& secrets, const ApiSettings& api) {
    MailSettings mail;
    mail.from = "Understudy <understudy@localhost.localdomain>";
    const auto driver = make_channel_driver(
        kind, settings, secrets, api.mail_configured ? std::optional{mail} : std::nullopt,
        api.allow_private_webhooks, api.programs);
    if (driver) return std::nullopt;
    return driver.error();
}

}  // namespace understudy::api
