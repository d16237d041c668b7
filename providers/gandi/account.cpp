#include "providers/gandi/account.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "providers/folding.h"
#include "providers/relative_name.h"
#include "providers/settings.h"

namespace understudy::gandi {
namespace {

using enum Errc;
using enum RefusalScope;

using Row = ErrorRow;

constexpr std::uint32_t kMinimumTtl = 300;
constexpr std::uint32_t kMaximumTtl = 2'592'000;

constexpr const char* kNewToken =
    "create a personal access token for the organisation of the domain with the right to manage "
    "domain name technical configurations, and give it to the provider; they end after a year at "
    "most";
constexpr const char* kContent = "check the addresses of the servers and the name of the domain";
constexpr const char* kThrottle = "make fewer calls from this address: 1,000 a minute are allowed";

constexpr std::array kRows{
    Row{401, "", Rejected, Call, "the token is unknown, deleted or expired", kNewToken},
    Row{403, "", Rejected, Call, "the token may not do this, or has expired", kNewToken},
    Row{404, "", NotFound, Stale, "no such domain or record set in LiveDNS",
        "check that the domain uses Gandi's LiveDNS, and that the token's organisation has it"},
    Row{409, "", Conflict, Stale, "a record of that name is in the way",
        "remove the CNAME or ALIAS at Gandi, or take the domain out"},
    Row{429, "", Throttled, Call, "too many calls", kThrottle, 60},
    Row{400, "", Rejected, OneRecord, "the change was refused", kContent},
    Row{422, "", Rejected, OneRecord, "the change was refused", kContent},
};

// A sentence, and where a field was wrong what is wrong with it.
Dialect::Words words_of(json::Value body) {
    auto sentence = text_of(body["message"]);
    body["errors"].each([&sentence](json::Value error) {
        if (!sentence.empty()) sentence += "; ";
        sentence += text_of(error["name"]) + ": " + text_of(error["description"]);
    });
    return {{}, std::move(sentence)};
}

ListPage page_of(const HttpResponse& response, json::Value) {
    const auto next = next_in_link(response, "page");
    const auto total = whole_number<int>(response.header("Total-Count"));
    return {next.empty() ? std::string{} : "page=" + next, total.value_or(-1)};
}

Result<FoundZone> read_zone(json::Value value) {
    const auto name = read_zone_name("Gandi", value["fqdn"]);
    if (!name) return name.error();
    return FoundZone{
        {*name, *name},
        {slow_zone(*name, kMinimumTtl, "where that is too long, delegate the name elsewhere")},
        {}};
}

constexpr Dialect kDialect{
    .answering = {.name = "Gandi"},
    .base_url = "https://api.gandi.net/v5/livedns",
    .rows = kRows,
    .words = words_of,
    .page = page_of,
    .zones = "/domains",
    .zones_query = "per_page=100&",
    .read_zone = read_zone,
    .create_zone =
        "let the domain use Gandi's LiveDNS, or use the token of the organisation that "
        "has it",
};

constexpr FoldingWords kWords{"at Gandi", alias_in_the_way, sets_differ_in_ttl};

Result<std::pair<std::string, RecordSet>> read_set(json::Value value) {
    RecordSet set;
    set.type = text_of(value["rrset_type"]);
    auto name = text_of(value["rrset_name"]);
    const auto ttl = value["rrset_ttl"].integer().value_or(-1);
    if (set.type.empty() || name.empty() || ttl < 0 || ttl > INT32_MAX)
        return transient("no usable answer from Gandi: a record set without name, type or ttl");
    set.ttl = static_cast<std::uint32_t>(ttl);
    value["rrset_values"].each([&set](json::Value record) {
        set.records.push_back({text_of(record), {}});
    });
    return std::pair{std::move(name), std::move(set)};
}

std::string body_of(const RecordSet& set) {
    json::Writer writer;
    writer.begin_object().field("rrset_ttl", set.ttl);
    writer.list("rrset_values", set.records,
                [&](const SetRecord& record) { writer.value(record.text); });
    return writer.end_object().take();
}

class Names final : public NamesRead {
  public:
    Names(const Account& account, ZoneRef zone, RecordSets sets)
        : account_(account), zone_(std::move(zone)), sets_(std::move(sets)) {}

    RecordReading fold(const std::string& name) const override {
        return fold_sets(name, sets_.at(name), kWords);
    }
    RecordReading fold_halfway(const std::string& name, Ttl wanted) const override {
        return fold_sets_halfway(name, sets_.at(name), wanted, kWords);
    }

    // batch_size is 1.
    Talk<WriteResult> write(Writes writes) const override {
        const Write& write = *writes.front();
        const auto records = account_.zone_path(zone_.id, "records/") +
                             url_encode(relative_name(write.wanted.name, zone_)) + "/";
        const auto ttl = ttl_to_write(account_.capabilities(), write).seconds;
        const auto changes = set_changes(write, sets_.at(write.wanted.name), ttl);
        bool begun = false;
        for (const auto& change : changes) {
            const bool goes = change.wanted.records.empty();
            auto call = account_.call(goes ? "DELETE" : "PUT", records + change.wanted.type,
                                      goes ? std::string{} : body_of(change.wanted));
            const auto reply = co_await call;
            auto result = written(reply);
            if (!std::holds_alternative<Written>(result)) co_return in_sequence(begun, result);
            begun = true;
        }
        co_return Written{};
    }

  private:
    const Account& account_;
    ZoneRef zone_;
    RecordSets sets_;
};

}  // namespace

// API keys of the former scheme have 24 characters.
Result<std::unique_ptr<Provider>> Account::make(std::string_view settings,
                                                const Secret& credential) {
    auto terms = terms_of(kDialect, settings, credential);
    if (!terms) return terms.error();
    const auto& token = terms->secret.reveal();
    if (token.size() == 24 && std::ranges::all_of(token, is_letter_or_digit))
        return invalid(kCredentialField, "looks like an API key of the former scheme", kNewToken);
    return make_provider_of(std::make_unique<const Account>(Account{*std::move(terms), kDialect}));
}

Capabilities Account::capabilities() const {
    return {.operation_size = 100,
            .minimum_ttl_s = kMinimumTtl,
            .maximum_ttl_s = kMaximumTtl,
            .whole_names = false,
            .calls_per_window = 1000,
            .window = std::chrono::minutes{1}};
}

Talk<Service::Read> Account::read(ZoneRef zone, std::vector<std::string> names, Extent) const {
    NameList list;
    list.path = zone_path(zone.id, "records");
    list.query = "per_page=100&";
    auto reading = read_sets(*this, zone, std::move(list), std::move(names), read_set);
    auto sets = co_await reading;
    if (!sets) co_return sets.error();
    co_return Read{std::make_unique<const Names>(*this, zone, *std::move(sets))};
}

}  // namespace understudy::gandi
