#include "tests/simulation/scenario_text.h"

#include <algorithm>

#include "tests/simulation/people.h"
#include "tests/support/order_words.h"
#include "tests/support/policy_words.h"

namespace understudy::simulation {
namespace {

// A heartbeat and its way.
constexpr Duration kBeatEvery{11'000};
constexpr const char* kUnknown = "nobody";

template <typename Things, typename IdType>
std::string name_in(const Things& things, IdType id) {
    const auto found = things.find(id);
    return found == things.end() ? kUnknown : found->second.name;
}

std::string seconds_text(Duration duration) {
    return std::to_string(duration.count()) + "ms";
}

std::string joined(const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& name : names)
        out += (out.empty() ? "" : ",") + name;
    return out;
}

std::string without_blanks(std::string addresses) {
    std::erase(addresses, ' ');
    return addresses;
}

std::string guards_text(const GuardLimits& limits) {
    return "guards mass_loss=" + std::to_string(limits.mass_loss_percent) +
           " mass_loss_window=" + seconds_text(limits.mass_loss_window) +
           (limits.witnesses ? " witnesses=yes" : "") +
           " changes_per_record=" + std::to_string(limits.changes_per_record) +
           " changes_per_pool=" + std::to_string(limits.changes_per_pool) +
           " changes_per_provider=" + std::to_string(limits.changes_per_provider) +
           " brake_domains=" + std::to_string(limits.brake_domains);
}

std::string departure_text(const AgentLeft& left, const Told& told) {
    if (left.link != told.link) return "old";
    switch (left.how) {
        case Departure::Silent:
            return "silent";
        case Departure::Restart:
            return "restart";
        case Departure::Shutdown:
            return "shutdown";
        case Departure::Closed:
        case Departure::Replaced:
            break;
    }
    return "closed";
}

std::string refusal_text(const RecordRefused& refused) {
    const bool final = refused.error.code == Errc::Rejected;
    const char* how = final                                   ? "rejected"
                      : refused.error.code == Errc::Throttled ? "throttled"
                                                              : "transient";
    return std::string{how} + " " + std::to_string(refused.attempts);
}

// The commands of orders; for the others a comment.
struct OrderText {
    const Ledger& ledger;
    WallTime wall;

    std::string server(ServerId id) const { return " " + name_in(ledger.servers, id); }
    std::string pool(PoolId id) const { return " " + name_in(ledger.pools, id); }
    std::string domain(DomainId id) const { return " " + name_in(ledger.domains, id); }
    static std::string force(bool force) { return force ? " force" : ""; }

    // No id: nobody is named.
    std::string said(std::string_view, ServerId id) const { return id ? server(id) : ""; }
    std::string said(std::string_view, PoolId id) const { return pool(id); }
    std::string said(std::string_view, DomainId id) const { return domain(id); }
    std::string said(std::string_view, ProviderId id) const {
        return id ? " cloudflare" : " nobody";
    }
    std::string said(std::string_view, ChannelId id) const {
        return " " + name_in(ledger.channels, id);
    }
    std::string said(std::string_view, IncidentId id) const { return " " + to_string(id); }
    std::string said(std::string_view, const std::vector<std::string>& names) const {
        return " " + joined(names);
    }
    std::string said(std::string_view name, bool flag) const {
        return flag ? " " + std::string{name} : "";
    }
    std::string said(std::string_view, std::chrono::seconds stay) const {
        return " stay=" + std::to_string(stay.count()) + "s";
    }
    std::string said(std::string_view, const Wish& wish) const {
        return wish.until ? " for=" + seconds_text(*wish.until - wall) : "";
    }

    std::string operator()(const AddServer& order) const {
        std::string labels;
        for (const auto& [key, value] : order.labels)
            labels += " labels=" + key + ":" + value;
        return "server " + order.name + " " + to_string(order.ipv4) +
               (order.ipv6 ? "," + to_string(*order.ipv6) : "") + labels;
    }
    std::string operator()(const EditServer& order) const {
        const auto ipv6 = order.ipv6.value_or(std::nullopt);
        return "edit-server" + server(order.server) + " " + to_string(order.ipv4.value_or(Ipv4{})) +
               (ipv6 ? "," + to_string(*ipv6) : "");
    }
    std::string operator()(const AddPool& order) const {
        return "pool " + order.name + " " + joined(order.members) + " " +
               test::policy_words(order.policy.value_or(Policy{}));
    }
    std::string operator()(const SetPolicy& order) const {
        return "set-policy" + pool(order.pool) + " " + test::policy_words(order.policy);
    }
    std::string operator()(const AdoptDomain& order) const {
        return "adopt" + domain(order.domain) + " " +
               without_blanks(to_string(order.observed.addresses));
    }
    std::string operator()(const EnforceDomain& order) const {
        return "enforce" + domain(order.domain) + " " +
               without_blanks(to_string(order.observed.addresses));
    }
    std::string operator()(const MoveDomains& order) const {
        std::string names;
        for (const DomainId id : order.domains)
            names += domain(id);
        return "move" + names + pool(order.pool) + force(order.force);
    }
    std::string operator()(const AddDomain& order) const {
        return "domain " + order.name + " " + order.pool.name + (order.with_ipv6 ? " ipv6" : "") +
               (order.observed.proxied ? " proxied" : "") +
               " ttl=" + std::to_string(order.observed.ttl.seconds) + " zone=" + order.zone_name +
               " holds=" + without_blanks(to_string(order.observed.addresses));
    }
    std::string operator()(const AddChannel& order) const {
        return "channel " + order.channel.name;
    }
    template <Described Plain>
    std::string operator()(const Plain& order) const {
        std::string words;
        each_field<Plain>(
            [&](const auto& field) { words += said(field.name, order.*field.member); });
        bool member_named = false;
        if constexpr (requires { order.to; }) member_named = bool{order.to};
        if constexpr (requires { order.pinned; }) member_named = bool{order.pinned};
        return test::command_of<Plain>(member_named) + words;
    }
    template <typename Other>
    std::string operator()(const Other& order) const {
        return "# order " + std::string{name_of(OrderAction{order})};
    }
};

}  // namespace

void ScenarioText::tell_plan(const FleetPlan& plan) {
    line("timing warm_up=" + seconds_text(plan.timings.warm_up) +
         " maintenance=" + seconds_text(plan.timings.maintenance_interval));
    line(guards_text(plan.timings.guards));
    line("policy " + test::policy_words(plan.default_policy));
    line("provider manual");
}

// As commands have it: a linked agent beats until it is frozen.
void ScenarioText::freeze_the_silent() {
    std::vector<std::pair<Instant, ServerId>> silent;
    for (const auto& [id, book] : ledger_.server_books) {
        const bool speaks = book.told.linked && book.told.last_seen &&
                            schedule_.now() - *book.told.last_seen < kBeatEvery;
        if (speaks && frozen_.erase(id) > 0) teller_("thaw " + name_in(ledger_.servers, id));
        if (!speaks && book.told.linked && book.told.last_seen && frozen_.insert(id).second)
            silent.emplace_back(*book.told.last_seen, id);
    }
    std::ranges::sort(silent);
    for (const auto& [since, id] : silent) {
        pass(since);
        teller_("freeze " + name_in(ledger_.servers, id));
    }
}

void ScenarioText::pass(Instant until) {
    if (until <= told_until_) return;
    teller_("advance " + seconds_text(until - told_until_));
    told_until_ = until;
}

void ScenarioText::line(const std::string& text) {
    if (schedule_.now() > told_until_) freeze_the_silent();
    pass(schedule_.now());
    teller_(text);
}

std::string ScenarioText::sweep_text(const ReadinessFound& found) const {
    const std::string name = name_in(ledger_.servers, found.server);
    if (found.forgotten) return "# nothing of " + name + " is swept any more";
    if (!found.trouble.empty()) return "sweep " + name + " trouble=late";
    if (!found.reached) return "sweep " + name + " unreached";
    std::vector<std::string> unready;
    for (const PoolReadiness& pool : found.pools)
        for (const UnreadyDomain& each : pool.named)
            unready.push_back(name_in(ledger_.domains, each.domain));
    return "sweep " + name + (unready.empty() ? "" : " unready=" + joined(unready)) + " tls";
}

void ScenarioText::restarted() {
    frozen_.clear();
    line("restart");
}

void ScenarioText::tell(const Input& input) {
    if (const auto* stalled = std::get_if<Stalled>(&input)) {
        pass(schedule_.now() - stalled->late);
        teller_("stall " + seconds_text(stalled->late));
        told_until_ = schedule_.now();
        return;
    }
    const std::string command = command_of(input);
    // Nonsense names things that there are not; commands cannot.
    const bool sayable = command.find(kUnknown) == std::string::npos;
    if (!command.empty()) line(sayable ? command : "# " + command);
}

// Empty: the commands' world does that by itself.
std::string ScenarioText::command_of(const Input& input) {
    if (const auto* linked = std::get_if<AgentLinked>(&input)) {
        frozen_.erase(linked->server);
        return (linked->ok ? "link " : "link-failing ") + name_in(ledger_.servers, linked->server);
    }
    if (const auto* report = std::get_if<AgentReported>(&input))
        return "report " + name_in(ledger_.servers, report->server) +
               (report->ok ? " ok" : " check");
    if (const auto* left = std::get_if<AgentLeft>(&input)) {
        const auto book = ledger_.server_books.find(left->server);
        const Told told = book == ledger_.server_books.end() ? Told{} : book->second.told;
        return "leave " + name_in(ledger_.servers, left->server) + " " +
               departure_text(*left, told);
    }
    if (const auto* order = std::get_if<Order>(&input))
        return std::visit(OrderText{ledger_, schedule_.wall()}, order->action);
    if (const auto* batch = std::get_if<OrderBatch>(&input)) {
        for (const OrderAction& action : batch->actions)
            line(std::visit(OrderText{ledger_, schedule_.wall()}, action));
        return {};
    }
    if (const auto* answered = std::get_if<WitnessesAnswered>(&input)) {
        if (std::exchange(witnesses_, answered->answered) == answered->answered) return {};
        return "witnesses " + std::to_string(answered->answered);
    }
    if (const auto* probed = std::get_if<ServiceProbed>(&input)) {
        const std::string by =
            probed->by ? " by=" + name_in(ledger_.servers, probed->by) : std::string{};
        return "probe " + name_in(ledger_.servers, probed->server) + " " +
               (probed->verdict == Verdict::Nothing ? "silent" : to_text(probed->verdict)) + by;
    }
    if (const auto* found = std::get_if<ReadinessFound>(&input)) return sweep_text(*found);
    const auto* confirmed = std::get_if<RecordConfirmed>(&input);
    const auto* refused = std::get_if<RecordRefused>(&input);
    const auto* observed = std::get_if<RecordObserved>(&input);
    if (confirmed == nullptr && refused == nullptr && observed == nullptr) return {};
    const DomainId id = confirmed != nullptr ? confirmed->domain
                        : refused != nullptr ? refused->domain
                                             : observed->domain;
    const auto domain = ledger_.domains.find(id);
    if (domain == ledger_.domains.end()) return "# an answer about a domain that is gone";
    const Publication& record = domain->second.record;
    const std::string about = domain->second.name;
    const auto generation = confirmed != nullptr ? confirmed->generation
                            : refused != nullptr ? refused->generation
                                                 : observed->generation;
    if (generation != record.generation) return "# an answer about an older state of " + about;
    if (confirmed != nullptr) return "confirm " + about;
    if (refused != nullptr) return "refuse " + about + " " + refusal_text(*refused);
    if (!observed->problem.empty()) return "# " + about + ": " + observed->problem;
    const AddressSet& addresses = observed->observed.addresses;
    if (record.settled() && !record.in_conflict() && addresses == record.confirmed) return {};
    return "sees " + about + " " + without_blanks(to_string(addresses));
}

}  // namespace understudy::simulation
