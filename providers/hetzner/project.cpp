#include "providers/hetzner/project.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "providers/relative_name.h"
#include "providers/settings.h"

namespace understudy::hetzner {
namespace {

using enum Errc;
using enum RefusalScope;

using Row = ErrorRow;

// What may be called at once. Of 3,600 calls an hour one comes back each second, and every answer
// tells how many there are: who waits for a whole hour is away for nothing.
constexpr int kBucket = 3600;
constexpr int kPause = 10;  // seconds

constexpr const char* kNewToken =
    "create an API token with Read & Write in the project that has the zone (Security > API "
    "tokens) and give it to the provider";
constexpr const char* kContent = "check the addresses of the servers and the name of the domain";
constexpr const char* kThrottle =
    "use a project of its own for the zones: all tools of one project share 3,600 calls an hour";
constexpr const char* kUnprotect = "switch the protection of the record set off at Hetzner";
constexpr const char* kLook = "look at the zone at Hetzner; it is tried again";
constexpr const char* kWait = "nothing: it is tried again; another tool may be at work there";

constexpr std::array kRows{
    Row{0, "unauthorized", Rejected, Call, "the token is unknown or revoked", kNewToken},
    Row{0, "token_readonly", Rejected, Call, "the token may only read", kNewToken},
    Row{0, "forbidden", Rejected, Call, "the token may not do this", kNewToken},
    Row{0, "not_found", NotFound, Stale, "no such zone or record set",
        "check that the zone is in the token's project"},
    Row{0, "uniqueness_error", Conflict, Stale, "the record set exists already",
        "nothing: the record is read again before the next try"},
    Row{0, "protected", Conflict, OneRecord, "the record set is protected against changes",
        kUnprotect},
    Row{0, "resource_locked", Rejected, Call, "Hetzner has locked the zone",
        "ask Hetzner's support"},
    Row{0, "locked", Transient, OneRecord, "another action is running on it", kWait},
    Row{0, "conflict", Transient, Stale, "it changed under the call", kWait},
    Row{0, "incorrect_zone_mode", Conflict, Call, "the zone is no primary one",
        "change the records where its primary is"},
    Row{0, "invalid_input", Rejected, OneRecord, "the change was refused", kContent},
    Row{0, "json_error", Rejected, OneRecord, "the request was not understood", ""},
    Row{0, "resource_limit_exceeded", Rejected, OneRecord, "the project's limit is reached",
        "delete unused records, or ask Hetzner for a higher limit"},
    Row{0, "deprecated_api_endpoint", Rejected, Call, "the API has gone from there",
        "take a newer version of Understudy"},
    Row{0, "rate_limit_exceeded", Throttled, Call, "too many calls", kThrottle, kPause},
    Row{0, "action_failed", Transient, OneRecord, "the action failed", kLook},
    Row{200, "", Transient, OneRecord, "the action failed", kLook},
    Row{401, "", Rejected, Call, "the token is unknown or revoked", kNewToken},
    Row{403, "", Rejected, Call, "the token may not do this", kNewToken},
    Row{404, "", NotFound, Call, "no such zone, or no API at this address",
        "check settings.base_url"},
    Row{409, "", Transient, Stale, "it changed under the call", kWait},
    Row{423, "", Transient, OneRecord, "another action is running on it", kWait},
    Row{429, "", Throttled, Call, "too many calls", kThrottle, kPause},
    Row{400, "", Rejected, OneRecord, "the change was refused", kContent},
    Row{422, "", Rejected, OneRecord, "the change was refused", kContent},
};

Dialect::Words words_of(json::Value body) {
    return {text_of(body["error"]["code"]), text_of(body["error"]["message"])};
}

ListPage page_of(const HttpResponse&, json::Value body) {
    const auto pages = body["meta"]["pagination"];
    const auto next = pages["next_page"].integer().value_or(0);
    return {next > 0 ? "page=" + std::to_string(next) : std::string{},
            pages["total_entries"].integer().value_or(-1)};
}

// Secondary zones get their content from elsewhere.
Result<FoundZone> read_zone(json::Value value) {
    const auto id = value["id"].integer();
    const auto name = read_zone_name("Hetzner", value["name"]);
    if (!name) return name.error();
    if (!id) return transient("no usable answer from Hetzner: a zone without id");
    FoundZone zone{{std::to_string(*id), *name}, {}, {}};
    if (text_of(value["mode"]) == "secondary") {
        zone.unusable = conflict("the zone '" + *name +
                                     "' is secondary: its records come from "
                                     "its primary",
                                 "change the records where the primary is");
    }
    const auto delegation = text_of(value["authoritative_nameservers"]["delegation_status"]);
    if (delegation == "invalid" || delegation == "unregistered") {
        zone.warnings.push_back("the zone '" + *name +
                                "' is not delegated to Hetzner's name "
                                "servers: nobody asks them");
    }
    return zone;
}

constexpr Dialect kDialect{
    .answering = {.name = "Hetzner"},
    .base_url = "https://api.hetzner.cloud/v1",
    .rows = kRows,
    .words = words_of,
    .page = page_of,
    .zones = "/zones",
    .zones_query = "per_page=50&",
    .zones_key = "zones",
    .zone_key = "zone",
    .read_zone = read_zone,
    .create_zone = "create the zone, or use the token of the project that has it",
};

// A set without a TTL has the zone's, and is told with 0 here.
Result<std::pair<std::string, RecordSet>> read_set(json::Value value) {
    RecordSet set;
    set.type = text_of(value["type"]);
    const auto name = text_of(value["name"]);
    const auto ttl = value["ttl"].integer().value_or(0);
    if (set.type.empty() || name.empty() || ttl < 0 || ttl > INT32_MAX)
        return transient("no usable answer from Hetzner: a record set without name, type or ttl");
    set.ttl = static_cast<std::uint32_t>(ttl);
    set.locked = value["protection"]["change"].boolean().value_or(false);
    value["records"].each([&set](json::Value record) {
        set.records.push_back({text_of(record["value"]), text_of(record["comment"])});
    });
    return std::pair{name, std::move(set)};
}

bool lacks_ttl(const RecordSets& names) {
    return std::ranges::any_of(names, [](const auto& name) {
        return std::ranges::any_of(name.second, [](const RecordSet& set) { return set.ttl == 0; });
    });
}

Talk<std::optional<Error>> take_ttl_of_zone(const Project& project, std::string zone,
                                            RecordSets& names) {
    const auto body = co_await project.get(project.zone_path(zone));
    if (!body) co_return body.error();
    const auto ttl = body->root()["zone"]["ttl"].integer().value_or(0);
    if (ttl <= 0 || ttl > INT32_MAX)
        co_return transient("no usable answer from Hetzner: a zone without ttl");
    for (auto& [name, sets] : names) {
        for (auto& set : sets) {
            if (set.ttl == 0) set.ttl = static_cast<std::uint32_t>(ttl);
        }
    }
    co_return std::nullopt;
}

}  // namespace

// Tokens of a project have 64 characters, those of the former DNS Console had 32.
Result<std::unique_ptr<Provider>> Project::make(std::string_view settings,
                                                const Secret& credential) {
    auto terms = terms_of(kDialect, settings, credential);
    if (!terms) return terms.error();
    const auto& token = terms->secret.reveal();
    if (token.size() == 32 && std::ranges::all_of(token, is_letter_or_digit)) {
        return invalid(kCredentialField, "looks like a token of the former DNS Console", kNewToken);
    }
    return make_provider_of(std::make_unique<const Project>(Project{*std::move(terms), kDialect}));
}

Capabilities Project::capabilities() const {
    return {.operation_size = 100,
            .minimum_ttl_s = 60,
            .whole_names = false,
            .calls_per_window = kBucket,
            .window = std::chrono::minutes{1}};
}

// Some have come back in the time that a throttled call waits.
std::optional<CallsLeft> Project::calls_left(const HttpResponse& response) const {
    auto left = RestService::calls_left(response);
    if (left) left->renewed_in = std::chrono::seconds{kPause};
    return left;
}

Talk<Service::Read> Project::read(ZoneRef zone, std::vector<std::string> names, Extent) const {
    NameList list;
    list.path = zone_path(zone.id, "rrsets");
    list.query = "per_page=50&";
    list.key = "rrsets";
    list.by_name = [&zone](const std::string& name) {
        return "name=" + url_encode(relative_name(name, zone));
    };
    auto reading = read_sets(*this, zone, std::move(list), std::move(names), read_set);
    auto sets = co_await reading;
    if (!sets) co_return sets.error();
    if (lacks_ttl(*sets)) {
        if (const auto error = co_await take_ttl_of_zone(*this, zone.id, *sets)) co_return *error;
    }
    co_return make_names(*this, zone, *std::move(sets));
}

}  // namespace understudy::hetzner
