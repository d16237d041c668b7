#include "providers/desec/account.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "providers/folding.h"
#include "providers/relative_name.h"
#include "providers/settings.h"

namespace understudy::desec {
namespace {

using enum Errc;
using enum RefusalScope;

using Row = ErrorRow;

constexpr std::uint32_t kWeek = 604'800;  // the most that a TTL may be

constexpr const char* kNewToken =
    "create a token at desec.io that may write A and AAAA of the domains served, and give it to "
    "the provider";
constexpr const char* kContent = "check the addresses of the servers and the name of the domain";
constexpr const char* kThrottle =
    "have fewer tools change the domain: it takes 15 changes a minute, 100 an hour, 300 a day";

constexpr std::array kRows{
    Row{401, "", Rejected, Call, "the token is unknown or deleted", kNewToken},
    Row{403, "", Rejected, Call, "the token may not do this", kNewToken},
    Row{404, "", NotFound, Call, "no such domain, or no API at this address",
        "check that the domain is in the token's account, and settings.base_url"},
    Row{409, "", Transient, Call, "another change is being made", ""},
    Row{429, "", Throttled, Call, "too many calls", kThrottle, 60},
    Row{400, "ttl", Rejected, OneRecord, "the TTL is not allowed",
        "look at the domain's minimum_ttl, and ask deSEC's support for a lower one"},
    Row{400, "", Rejected, OneRecord, "the change was refused", kContent},
};

// Of a list, for each of the sets that were sent: what is wrong with it.
bool is_sound(json::Value trouble) {
    return trouble.is_object() && trouble.size() == 0;
}

std::vector<bool> refused_items(json::Value body) {
    std::vector<bool> refused;
    body.each([&refused](json::Value each) { refused.push_back(!is_sound(each)); });
    return refused;
}

// A sentence in "detail", or what is wrong with the sets.
Dialect::Words words_of(json::Value body) {
    auto sentence = text_of(body["detail"]);
    if (sentence.empty() && !body.is_array()) sentence = body.text();
    body.each([&sentence](json::Value each) {
        const auto trouble = each.text();
        if (!is_sound(each) && sentence.find(trouble) == std::string::npos)
            add_item(sentence, trouble);
    });
    return {{}, std::move(sentence)};
}

ListPage page_of(const HttpResponse& response, json::Value) {
    const auto next = next_in_link(response, "cursor");
    return {next.empty() ? std::string{} : "cursor=" + next, -1};
}

std::uint32_t minimum_ttl_of(json::Value domain) {
    const auto ttl = domain["minimum_ttl"].integer().value_or(0);
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(ttl, 1, kWeek));
}

Result<FoundZone> read_zone(json::Value value) {
    const auto name = read_zone_name("deSEC", value["name"]);
    if (!name) return name.error();
    FoundZone zone{{*name, *name}, {}, {}};
    const auto minimum = minimum_ttl_of(value);
    if (is_slow(minimum))
        zone.warnings.push_back(slow_zone(*name, minimum, "deSEC's support lowers it on request"));
    return zone;
}

// Changes are throttled by domain, for up to a day: the account's other domains do not wait for
// one.
constexpr std::chrono::seconds kLongestWait{60};

constexpr Dialect kDialect{
    .answering = {.name = "deSEC", .longest_wait = kLongestWait},
    .base_url = "https://desec.io/api/v1",
    .prefix = "Token ",
    .rows = kRows,
    .words = words_of,
    .refused_items = refused_items,
    .first_page = "cursor=",
    .page = page_of,
    .zones = "/domains",
    .zones_end = "/",
    .read_zone = read_zone,
    .create_zone = "create the domain at desec.io, or use the token of the account that has it",
};

constexpr FoldingWords kWords{"at deSEC", alias_in_the_way, sets_differ_in_ttl};

Result<std::pair<std::string, RecordSet>> read_set(json::Value value) {
    RecordSet set;
    set.type = text_of(value["type"]);
    const auto name = value["subname"].string();
    const auto ttl = value["ttl"].integer().value_or(-1);
    if (set.type.empty() || !name || ttl < 0 || ttl > INT32_MAX)
        return transient("no usable answer from deSEC: a record set without subname, type or ttl");
    set.ttl = static_cast<std::uint32_t>(ttl);
    value["records"].each([&set](json::Value record) {
        set.records.push_back({text_of(record), {}});
    });
    return std::pair{std::string{*name}, std::move(set)};
}

class Names final : public NamesRead {
  public:
    Names(const Account& account, ZoneRef zone, RecordSets sets, std::uint32_t minimum_ttl_s)
        : account_(account),
          zone_(std::move(zone)),
          sets_(std::move(sets)),
          minimum_ttl_s_(minimum_ttl_s) {}

    RecordReading fold(const std::string& name) const override {
        return fold_sets(name, sets_.at(name), kWords);
    }
    std::uint32_t minimum_ttl_s() const override { return minimum_ttl_s_; }

    // One call for all sets of all names: 15 of them are all that a domain takes in a minute.
    Talk<WriteResult> write(Writes writes) const override {
        Sets sets = sets_to_send(writes);
        const auto reply = co_await account_.call("PATCH", account_.zone_path(zone_.id, "rrsets"),
                                                  std::move(sets.body));
        auto result = written(reply);
        if (auto* refused = std::get_if<Refused>(&result))
            refused->parts = names_of(refused->parts, sets.owners, writes.size());
        co_return result;
    }

  private:
    struct Sets {
        std::string body;
        std::vector<std::size_t> owners;  // of each set: the place of its name
    };

    static std::vector<bool> names_of(const std::vector<bool>& refused,
                                      const std::vector<std::size_t>& owners, std::size_t names) {
        if (refused.size() != owners.size()) return {};
        std::vector<bool> of_names(names);
        for (std::size_t i = 0; i < refused.size(); ++i) {
            if (refused[i]) of_names[owners[i]] = true;
        }
        return of_names;
    }

    Sets sets_to_send(const Writes& writes) const {
        const auto can = limits_of(account_, *this);
        Sets sets;
        json::Writer writer;
        writer.begin_array();
        for (std::size_t at = 0; at < writes.size(); ++at) {
            const Write* write = writes[at];
            const auto& name = write->wanted.name;
            const auto relative = relative_name(name, zone_);
            const auto ttl = ttl_to_write(can, *write).seconds;
            for (const auto& change : set_changes(*write, sets_.at(name), ttl)) {
                writer.begin_object().field("subname", relative == "@" ? "" : relative);
                writer.field("type", change.wanted.type).field("ttl", ttl);
                writer.list("records", change.wanted.records,
                            [&](const SetRecord& record) { writer.value(record.text); });
                writer.end_object();
                sets.owners.push_back(at);
            }
        }
        sets.body = writer.end_array().take();
        return sets;
    }

    const Account& account_;
    ZoneRef zone_;
    RecordSets sets_;
    std::uint32_t minimum_ttl_s_;
};

}  // namespace

Result<std::unique_ptr<Provider>> Account::make(std::string_view settings,
                                                const Secret& credential) {
    auto terms = terms_of(kDialect, settings, credential);
    if (!terms) return terms.error();
    if (terms->secret.reveal().find('@') != std::string::npos)
        return invalid(kCredentialField, "looks like a mail address, not a token", kNewToken);
    return make_provider_of(std::make_unique<const Account>(Account{*std::move(terms), kDialect}));
}

// What is counted are readings, of which an account has 50 a minute. Changes are counted for each
// domain: deSEC says when the next one may be made.
Capabilities Account::capabilities() const {
    return {.operation_size = 500,
            .batch_size = 100,
            .maximum_ttl_s = kWeek,
            .calls_per_window = 50,
            .window = std::chrono::minutes{1}};
}

// The least TTL is asked for where a change may follow.
Talk<Service::Read> Account::read(ZoneRef zone, std::vector<std::string> names,
                                  Extent extent) const {
    NameList list;
    list.path = zone_path(zone.id, "rrsets");
    list.by_name = [&zone](const std::string& name) {
        const auto relative = relative_name(name, zone);
        return "subname=" + (relative == "@" ? std::string{} : url_encode(relative));
    };
    auto reading = read_sets(*this, zone, std::move(list), std::move(names), read_set);
    auto sets = co_await reading;
    if (!sets) co_return sets.error();
    std::uint32_t minimum = 1;
    if (extent == Extent::Whole) {
        const auto domain = co_await get(zone_path(zone.id));
        if (!domain) co_return domain.error();
        minimum = minimum_ttl_of(domain->root());
    }
    co_return Read{std::make_unique<const Names>(*this, zone, *std::move(sets), minimum)};
}

}  // namespace understudy::desec
