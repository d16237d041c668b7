// POST /api/v1/domains: check the body, ask the provider (or all of them, when none is named) where
// the name lives and what it holds, then order. The engine decides whether that content may be
// taken over.
#include <algorithm>

#include "base/policy_fields.h"
#include "controller/api/handlers.h"
#include "controller/api/lookup.h"
#include "controller/api/page.h"
#include "controller/api/view_parts.h"
#include "controller/api/wishes.h"
#include "controller/api/zone_directory.h"

namespace understudy::api {
namespace {

struct Registration {
    std::string name;
    PoolChoice pool;
    std::vector<ProviderId> providers;  // to be asked
    std::optional<bool> ipv6;
    bool enforce = false;
    std::optional<bool> proxied;  // of a record that is made
};

void read_pool_choice(const Context& api, Fields& fields, PoolChoice& choice) {
    for (const Server* server : read_servers(api.fleet(), fields, "servers"))
        choice.members.push_back(server->id);
    const auto pool_key = fields.text("pool");
    const bool has_servers = fields.has("servers");
    const json::Value policy = fields.member("policy");
    if (has_servers == pool_key.has_value()) {
        fields.complain("servers",
                        has_servers ? "servers and pool are both given" : "this is missing",
                        "give servers (the primary first), or the pool's name");
    } else if (has_servers && fields.member("servers").is_array() && choice.members.empty() &&
               fields.member("servers").size() == 0) {
        fields.complain("servers", "the list is empty",
                        "name the primary first, then the secondaries");
    }
    if (pool_key) {
        if (const auto pool = fields.take(as_field(find_pool(api.fleet(), *pool_key), "pool"))) {
            choice.name = (*pool)->name;
        }
        if (policy.exists()) {
            fields.complain("policy", "an existing pool has its policy already",
                            "leave policy out, or give servers instead of pool");
        }
    }
    if (policy.exists()) {
        choice.policy = read_policy(fields.object("policy"), api.settings.default_policy,
                                    api.settings.allow_private_addresses);
    }
}

void read_providers(const Fleet& fleet, Fields& fields, std::vector<ProviderId>& providers) {
    if (const auto key = fields.text("provider")) {
        const auto provider = fields.take(as_field(find_provider(fleet, *key), "provider"));
        if (provider) providers.push_back((*provider)->id);
        return;
    }
    for (const ProviderAccount* account : fleet.providers())
        providers.push_back(account->id);
    if (providers.empty()) {
        fields.complain("provider", "no provider is registered",
                        "register one first: understudyctl provider add");
    }
}

Registration read_registration(const Context& api, Fields& fields) {
    Registration wanted;
    wanted.name = fields.domain_name("name");
    read_pool_choice(api, fields, wanted.pool);
    read_providers(api.fleet(), fields, wanted.providers);
    wanted.ipv6 = fields.flag("ipv6");
    wanted.enforce = read_flag(fields, "enforce");
    wanted.proxied = fields.flag("proxied");
    return wanted;
}

// The very same registration again: nothing to do, the same answer.
const Domain* registered_alike(const Fleet& fleet, const Registration& wanted) {
    const Domain* domain = fleet.domain_named(wanted.name);
    if (domain == nullptr) return nullptr;
    const Pool& pool = *fleet.pool(domain->pool);
    const bool same_pool = wanted.pool.name.empty() ? pool.members == wanted.pool.members
                                                    : pool.name == wanted.pool.name;
    const bool same_policy = !wanted.pool.policy || *wanted.pool.policy == pool.policy;
    const bool same_provider =
        std::ranges::find(wanted.providers, domain->provider) != wanted.providers.end();
    const bool same_ipv6 = !wanted.ipv6 || *wanted.ipv6 == domain->with_ipv6;
    return same_pool && same_policy && same_provider && same_ipv6 && !wanted.enforce ? domain
                                                                                     : nullptr;
}

// The question to several providers at once; whoever answers last draws the conclusion.
struct Search {
    const Context* api;
    Caller caller;
    Api::Respond respond;
    Registration wanted;
    std::size_t open = 0;
    std::vector<std::pair<ProviderId, Location>> found;
    std::vector<std::pair<ProviderId, Error>> failures;

    std::string name_of(ProviderId provider) const {
        return api::name_of(api->fleet().provider(provider));
    }
};

void write_added(json::Writer& out, const Context& api, const Domain& domain,
                 const std::vector<std::string>& warnings) {
    out.begin_object().key("domain");
    write_domain(out, api, domain);
    out.list("warnings", warnings).end_object();
}

ApiResponse show_added(const Context& api, const Domain* domain,
                       const std::vector<std::string>& warnings) {
    return shown(domain, [&](json::Writer& out, const Domain& found) {
        write_added(out, api, found, warnings);
    });
}

std::optional<Error> ipv6_trouble(const Registration& wanted, const RecordState& state) {
    if (wanted.ipv6 != false || state.addresses.ipv6.empty()) return std::nullopt;
    return aaaa_left_behind(wanted.name, state.addresses);
}

// Only its owner knows whether a record that is made shall be proxied: a wrong guess unmasks a
// shield, or leads what is no web traffic into the proxy.
std::optional<Error> proxied_trouble(const Search& search, bool can) {
    const auto& proxied = search.wanted.proxied;
    if (can ? proxied.has_value() : !proxied.value_or(false)) return std::nullopt;
    const std::string record = "record '" + search.wanted.name + "' does not exist";
    if (!can) {
        return invalid("proxied", record + ", and the provider cannot proxy", "leave proxied out");
    }
    return invalid("proxied", record + ": whether it is to be proxied has to be said",
                   "say proxied: true or false (--proxied or --no-proxied)");
}

std::optional<Error> trouble_with(const Search& search, const Location& location) {
    if (auto trouble = ipv6_trouble(search.wanted, location.reading.state)) return trouble;
    const bool made = search.wanted.enforce && !location.reading.exists;
    return made ? proxied_trouble(search, location.can_proxy) : std::nullopt;
}

void order_domain(const Search& search, std::vector<std::string> warnings) {
    const auto& [provider, location] = search.found.front();
    warnings.insert(warnings.begin(), location.warnings.begin(), location.warnings.end());
    const RecordState& state = location.reading.state;
    if (const auto trouble = trouble_with(search, location))
        return search.respond(problem(*trouble));
    AddDomain order;
    order.name = search.wanted.name;
    order.provider = provider;
    order.zone_id = location.zone.id;
    order.zone_name = location.zone.name;
    order.pool = search.wanted.pool;
    order.with_ipv6 = search.wanted.ipv6.value_or(false) || !state.addresses.ipv6.empty();
    order.observed = state;
    order.exists = location.reading.exists;
    if (!order.exists) order.observed.proxied = search.wanted.proxied.value_or(false);
    order.enforce = search.wanted.enforce;
    const AfterCommit show = as_created(
        [warnings = std::move(warnings)](const Context& api, std::int64_t id) {
            return show_added(api, api.fleet().domain(DomainId{id}), warnings);
        },
        "/api/v1/domains/" + order.name);
    search.api->desk.give(
        search.caller, std::move(order), {},
        [api = search.api, respond = search.respond, show](const Result<OrderDone>& done) {
            respond(done ? show(*api, done->id) : problem(done.error()));
        });
}

// What stands in the way of the search: a provider that does not answer may be the one that has the
// zone, and guessing would be wrong. One whose credential is refused serves nobody: it is in
// nobody's way who is found elsewhere.
std::optional<Error> hindrance(const Search& search) {
    const bool found = search.found.size() == 1;
    for (const auto& [provider, failure] : search.failures) {
        if (failure.code == Errc::NotFound) continue;
        if (found && failure.code == Errc::Rejected) continue;
        Error error = failure;
        if (found) {
            const std::string other = "name the provider that has the zone (provider: " +
                                      search.name_of(search.found.front().first) + ")";
            error.remedy += (error.remedy.empty() ? "" : ", or ") + other;
        }
        return error;
    }
    return std::nullopt;
}

std::vector<std::string> warnings_of(const Search& search) {
    std::vector<std::string> warnings;
    for (const auto& [provider, failure] : search.failures) {
        if (failure.code != Errc::NotFound)
            warnings.push_back("not looked for there: " + failure.text());
    }
    return warnings;
}

void add_found(const Search& search) {
    if (const auto error = hindrance(search)) return search.respond(upstream_problem(*error));
    if (search.found.size() == 1) return order_domain(search, warnings_of(search));
    if (search.found.empty())
        return search.respond(upstream_problem(search.failures.front().second));
    std::vector<std::string> names;
    for (const auto& [id, location] : search.found)
        names.push_back(search.name_of(id));
    search.respond(
        problem(conflict("more than one provider has a zone for '" + search.wanted.name + "'",
                         "say which: " + listed(names), "provider")));
}

void start_search(const Call& call, Registration wanted) {
    auto search = std::make_shared<Search>(
        Search{&call.api, call.caller, call.respond, std::move(wanted), 0, {}, {}});
    const std::vector<ProviderId> providers = search->wanted.providers;
    search->open = providers.size();
    for (const ProviderId id : providers) {
        call.api.zones.locate(*call.api.fleet().provider(id), search->wanted.name, call.now,
                              [search, id](const Result<Location>& location) {
                                  if (location) {
                                      search->found.emplace_back(id, *location);
                                  } else {
                                      search->failures.emplace_back(id, location.error());
                                  }
                                  if (--search->open == 0) add_found(*search);
                              });
    }
}

}  // namespace

void add_domain(const Call& call) {
    Registration wanted;
    if (!read_body(call, [&](Fields& fields) { wanted = read_registration(call.api, fields); }))
        return;
    const Fleet& fleet = call.api.fleet();
    if (const Domain* known = registered_alike(fleet, wanted)) {
        return call.respond(show_added(call.api, known, {}));
    }
    if (fleet.domain_named(wanted.name) != nullptr) {
        return call.refuse(conflict("domain '" + wanted.name + "' is registered already",
                                    "remove it first to register it differently", "name"));
    }
    start_search(call, std::move(wanted));
}

}  // namespace understudy::api
