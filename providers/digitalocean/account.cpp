#include "providers/digitalocean/account.h"

#include <algorithm>
#include <array>

#include "providers/relative_name.h"
#include "providers/settings.h"

namespace understudy::digitalocean {
namespace {

using enum Errc;
using enum RefusalScope;

using Row = ErrorRow;

constexpr const char* kNewToken =
    "create a personal access token with the scopes domain:read, domain:create, domain:update and "
    "domain:delete, and give it to the provider";
constexpr const char* kContent = "check the addresses of the servers and the name of the domain";
constexpr const char* kThrottle =
    "use a token of its own for Understudy: one token has 250 calls a minute and 5,000 an hour";
constexpr const char* kReread = "nothing: the record is read again before the next try";

constexpr std::array kRows{
    Row{401, "", Rejected, Call, "the token is unknown, revoked or expired", kNewToken},
    Row{403, "", Rejected, Call, "the token may not do this", kNewToken},
    Row{404, "", NotFound, Stale, "no such domain or record", kReread},
    Row{409, "", Transient, Stale, "it changed under the call", kReread},
    Row{412, "", Rejected, Call, "the account may not do this",
        "look at the account at DigitalOcean: it may be locked"},
    Row{429, "", Throttled, Call, "too many calls", kThrottle, 60},
    Row{400, "", Rejected, OneRecord, "the change was refused", kContent},
    Row{422, "", Rejected, OneRecord, "the change was refused", kContent},
};

Dialect::Words words_of(json::Value body) {
    return {text_of(body["id"]), text_of(body["message"])};
}

ListPage page_of(const HttpResponse&, json::Value body) {
    const auto next = query_value(text_of(body["links"]["pages"]["next"]), "page");
    return {next.empty() ? std::string{} : "page=" + next,
            body["meta"]["total"].integer().value_or(-1)};
}

Result<FoundZone> read_zone(json::Value value) {
    const auto name = read_zone_name("DigitalOcean", value["name"]);
    if (!name) return name.error();
    return FoundZone{{*name, *name}, {}, {}};
}

constexpr Dialect kDialect{
    .answering = {.name = "DigitalOcean"},
    .base_url = "https://api.digitalocean.com/v2",
    .rows = kRows,
    .words = words_of,
    .page = page_of,
    .zones = "/domains",
    .zones_query = "per_page=200&",
    .zones_key = "domains",
    .zone_key = "domain",
    .read_zone = read_zone,
    .create_zone = "add the domain at DigitalOcean, or use the token of the team that has it",
};

constexpr std::uint32_t kTtlUntold = 1800;  // the service's own, where a record shows none

Result<Record> read_record(json::Value value) {
    const auto id = value["id"].integer().value_or(0);
    const auto ttl = value["ttl"].integer().value_or(kTtlUntold);
    Record record{std::to_string(id), text_of(value["type"]), text_of(value["data"]),
                  static_cast<std::uint32_t>(std::clamp<std::int64_t>(ttl, 0, INT32_MAX))};
    if (id <= 0 || record.type.empty() || (record.is_address() && record.content.empty()))
        return transient("no usable answer from DigitalOcean: a record without id, type or data");
    return record;
}

}  // namespace

// Tokens say what they are by their beginning; keys for Spaces are something else.
Result<std::unique_ptr<Provider>> Account::make(std::string_view settings,
                                                const Secret& credential) {
    auto terms = terms_of(kDialect, settings, credential);
    if (!terms) return terms.error();
    const auto& token = terms->secret.reveal();
    if (token.starts_with("dor_v1_"))
        return invalid(kCredentialField, "is a refresh token, not one for calls", kNewToken);
    if (token.size() == 20 && token.starts_with("DO"))
        return invalid(kCredentialField, "looks like a key for Spaces", kNewToken);
    return make_provider_of(std::make_unique<const Account>(Account{*std::move(terms), kDialect}));
}

Capabilities Account::capabilities() const {
    return {.operation_size = 100,
            .minimum_ttl_s = 30,
            .whole_names = false,
            .whole_sets = false,
            .calls_per_window = 250,
            .window = std::chrono::minutes{1}};
}

Talk<Service::Read> Account::read(ZoneRef zone, std::vector<std::string> names, Extent) const {
    RecordsByName found;
    NameList list;
    list.path = zone_path(zone.id, "records");
    list.query = "per_page=200&";
    list.key = "domain_records";
    // The filter takes whole names, although records are told without their zone.
    list.by_name = [](const std::string& name) { return "name=" + url_encode(name); };
    list.begin = [&] {
        for (const auto& name : names)
            found[name].clear();
    };
    list.take = [&](json::Value value) -> Result<std::string> {
        auto record = read_record(value);
        if (!record) return record.error();
        auto id = record->id;
        const auto entry = found.find(name_in(zone, text_of(value["name"])));
        if (entry != found.end() &&
            std::ranges::find(entry->second, id, &Record::id) == entry->second.end())
            entry->second.push_back(*std::move(record));
        return id;
    };
    auto reading = read_names(*this, list, names);
    if (const auto error = co_await reading) co_return *error;
    co_return make_names(*this, zone, std::move(found));
}

}  // namespace understudy::digitalocean
