#include "controller/api/fleet_document.h"

#include "base/attention_fields.h"
#include "base/channel_kinds.h"
#include "base/domain_name.h"
#include "base/json_schema.h"
#include "base/policy_fields.h"
#include "controller/api/channel_settings.h"
#include "controller/core/orders/parts.h"
#include "embedded/fleet_schema.h"

namespace understudy::api {
namespace {

using Policies = std::map<std::string, Policy, std::less<>>;

class Reader {
  public:
    Reader(Fields& fields, const FleetReading& reading) : root_(fields), reading_(reading) {}

    FleetDocument read() {
        (void)root_.text("$schema");
        read_policies();
        FleetDocument document;
        read_section("servers", document.servers, &Reader::read_server);
        read_section("pools", document.pools, &Reader::read_pool);
        read_section("domains", document.domains, &Reader::read_domain);
        read_section("channels", document.channels, &Reader::read_channel);
        root_.finish();
        return document;
    }

  private:
    template <typename Item>
    void read_section(const char* name, std::optional<std::vector<Item>>& into,
                      Item (Reader::*read_item)(Fields&)) {
        const json::Value section = root_.member(name);
        if (!section.exists()) return;
        if (!section.is_array()) {
            return root_.complain(name, "this is not a list", "give a list [...]");
        }
        auto& items = into.emplace();
        items.reserve(section.size());
        section.each([&](json::Value each) {
            const std::string path = item_path(name, items.size());
            if (each.is_object()) {
                Fields fields{each, path, root_.problems()};
                items.push_back((this->*read_item)(fields));
                fields.finish();
            } else {
                root_.complain(path, "this is not an object", "give an object {...}");
                items.emplace_back();
            }
        });
    }

    void read_policies() {
        const json::Value section = root_.member("policies");
        if (!section.exists()) return;
        if (!section.is_object()) {
            return root_.complain("policies", "this is not an object",
                                  "give an object of names and their policies");
        }
        Fields fields = root_.object("policies");
        section.each_member([&](std::string_view name, json::Value) {
            (void)fields.take(read_label(fields.path_of(name), name));
            policies_.insert_or_assign(std::string{name}, read_policy_at(fields, name));
        });
    }

    Policy read_policy_at(Fields& fields, std::string_view name) {
        Policy policy = read_policy(fields.object(name), reading_.default_policy,
                                    reading_.allow_private_addresses);
        if (const auto checked = check_policy(policy); !checked) {
            Error error = checked.error();
            constexpr std::string_view kOwn = "policy";
            if (error.field.starts_with(kOwn)) error.field.erase(0, kOwn.size());
            error.field = fields.path_of(name) + error.field;
            fields.problems().push_back(std::move(error));
        }
        return policy;
    }

    FleetDocument::ServerItem read_server(Fields& fields) {
        FleetDocument::ServerItem item;
        item.name = fields.label("name");
        const bool allow_private = reading_.allow_private_addresses;
        if (!fields.required_text("ipv4").empty()) item.ipv4 = fields.ipv4("ipv4", allow_private);
        item.ipv6 = fields.ipv6("ipv6", allow_private);
        item.labels = fields.labels("labels");
        item.dynamic = fields.flag("dynamic");
        return item;
    }

    FleetDocument::PoolItem read_pool(Fields& fields) {
        FleetDocument::PoolItem item;
        item.name = fields.label("name");
        if (!fields.has("members") ||
            (fields.member("members").is_array() && fields.member("members").size() == 0)) {
            fields.complain("members", "no server is named", "name the primary first");
        }
        item.members = fields.texts("members");
        item.policy = reading_.default_policy;
        const json::Value policy = fields.member("policy");
        if (const auto name = policy.string()) {
            const auto found = policies_.find(*name);
            if (found != policies_.end()) {
                item.policy = found->second;
            } else {
                fields.complain("policy", "there is no policy " + quoted(*name) + " in this file",
                                "describe it under policies, or give an object");
            }
        } else if (policy.exists()) {
            item.policy = read_policy_at(fields, "policy");
        }
        return item;
    }

    FleetDocument::DomainItem read_domain(Fields& fields) {
        FleetDocument::DomainItem item;
        item.name = fields.domain_name("name");
        item.provider = fields.required_text("provider");
        item.pool = fields.required_text("pool");
        item.ipv6 = fields.flag("ipv6");
        return item;
    }

    FleetDocument::ChannelItem read_channel(Fields& fields) {
        FleetDocument::ChannelItem item;
        item.name = fields.label("name");
        item.kind = fields.required_text("kind");
        read_settings(fields, item);
        item.types = read_types(fields);
        read_described(fields, item.attention, false);
        item.pools = fields.texts("pools");
        item.labels = fields.labels("labels");
        return item;
    }

    void read_settings(Fields& fields, FleetDocument::ChannelItem& item) {
        Fields settings = fields.object("settings");
        const ChannelKind* kind = known_kind(fields, item.kind);
        if (kind == nullptr) return;
        for (const ChannelSetting& setting : kind->settings) {
            const std::string name{setting.name};
            if (setting.secret) {
                if (auto given = read_reference(settings, name))
                    item.secrets.emplace(name, *std::move(given));
                continue;
            }
            item.texts[name] = read_texts(settings, setting);
        }
        settings.finish();
    }

    // What stands there instead of a reference may be the secret itself: it is not repeated.
    std::optional<FleetDocument::Reference> read_reference(Fields& settings,
                                                           const std::string& key) {
        constexpr const char* kForm = R"(give {"file": "..."} or {"env": "..."})";
        const json::Value given = settings.member(key);
        if (!given.exists()) return std::nullopt;
        if (!given.is_object()) {
            settings.complain(key, "secrets are not written into the file", kForm);
            return FleetDocument::Reference{};
        }
        Fields fields = settings.object(key);
        const auto file = fields.text("file");
        const auto variable = fields.text("env");
        fields.finish();
        if (file.has_value() == variable.has_value()) {
            settings.complain(key, "this is not one reference", kForm);
            return FleetDocument::Reference{};
        }
        const std::string name = file ? "file " + *file : "env " + *variable;
        const auto content = reading_.secrets[name].string();
        if (!content || content->empty()) {
            settings.complain(key, "the content of this reference was not sent",
                              "use 'understudyctl apply', which reads it");
            return FleetDocument::Reference{};
        }
        return FleetDocument::Reference{given.text(), Secret{std::string{*content}}};
    }

    Fields& root_;
    const FleetReading& reading_;
    Policies policies_;
};

}  // namespace

std::string item_path(const char* section, std::size_t index) {
    return std::string{section} + "[" + std::to_string(index) + "]";
}

// The reader's own sentences have remedies; the schema has the last word.
FleetDocument read_fleet(json::Value fleet, const FleetReading& reading, Problems& problems) {
    Problems found;
    Fields fields{fleet, "", found};
    FleetDocument document = Reader{fields, reading}.read();
    if (found.empty() && fleet.exists()) {
        for (const auto& each : json::violations(embedded::kSchema_fleet_schema_json, fleet)) {
            found.push_back(invalid(each.path, "this " + each.message,
                                    "see schema/fleet.schema.json and docs/fleet.md"));
        }
    }
    problems.insert(problems.end(), found.begin(), found.end());
    return document;
}

}  // namespace understudy::api
