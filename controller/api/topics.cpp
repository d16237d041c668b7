#include "controller/api/topics.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>
#include <vector>

#include "base/json.h"

namespace understudy {

// One overload for each kind, and none that takes them all.
struct Topics::Touch {
    Topics& topics;
    const Fleet& fleet;

    void operator()(const SaveServer& row) {
        server(row.server.id);
        incidents();
    }
    void operator()(const DeleteServer&) {
        removed(Topic::Servers, {Topic::Servers});
        incidents();
    }
    void operator()(const SavePool& row) {
        pool_and_domains(row.pool.id);
        members(row.pool);
        if (row.pool.drill) line(Topic::Drills, {0, row.pool.id.value, 0});
        incidents();
    }
    void operator()(const DeletePool&) {
        removed(Topic::Pools, {Topic::Pools, Topic::Servers});  // these name them
        incidents();
    }
    void operator()(const SaveDomain& row) {
        domain(row.domain);
        incidents();
    }
    void operator()(const DeleteDomain&) {
        // Pools and providers count them; there may be servers which could not take it over.
        removed(Topic::Domains, {Topic::Domains, Topic::Pools, Topic::Providers, Topic::Servers});
        incidents();
    }
    void operator()(const SaveProvider& row) { one(Topic::Providers, row.account.id.value); }
    void operator()(const DeleteProvider&) { removed(Topic::Providers, {Topic::Providers}); }
    void operator()(const SaveChannel& row) { one(Topic::Channels, row.channel.id.value); }
    void operator()(const DeleteChannel&) {
        removed(Topic::Channels, {Topic::Channels, Topic::Notifications});
        incidents();
    }
    void operator()(const SaveIncident& row) { one(Topic::Incidents, row.incident.id.value); }
    void operator()(const DeleteIncident&) { whole(Topic::Incidents); }
    void operator()(const SaveToken& row) { one(Topic::Tokens, row.token.id.value); }
    void operator()(const DeleteToken&) { removed(Topic::Tokens, {Topic::Tokens}); }
    void operator()(const SaveDrill& row) { line(Topic::Drills, {0, row.drill.pool.value, 0}); }
    void operator()(const SaveControls&) {
        whole(Topic::Controls);
        whole(Topic::Pools);  // what they wait for, and would serve
    }
    // Beside its row: what the row alone does not tell, since it is what is so afterwards.
    void operator()(const AppendLog& row) {
        line(Topic::Events, {row.line.server.value, row.line.pool.value, row.line.domain.value});
        if (row.line.server) server(row.line.server);
        if (row.line.pool) one(Topic::Pools, row.line.pool.value);
        if (row.line.domain) one(Topic::Domains, row.line.domain.value);
        if (const auto type = event_type_from(row.line.type)) event(*type, row.line);
    }
    void operator()(const AppendSighting& row) { server(row.server); }
    void operator()(const Enqueue& row) { notification_to(row.channel); }
    void operator()(const ReleaseHeld& row) { notification_to(row.id); }
    void operator()(const NotificationDelivered& row) { notification_to(row.channel); }
    void operator()(const NotificationDeferred& row) { notification_to(row.channel); }
    void operator()(const NotificationDead& row) { notification_to(row.channel); }
    // Whose it is only an order with a scope says; the next attempt does.
    void operator()(const NotificationRetried& row) {
        whole_for_all(Topic::Notifications);
        for (const ChannelId channel : row.among.value_or(std::vector<ChannelId>{}))
            notification_to(channel);
    }
    void operator()(const ChannelRetried& row) { notification_to(row.id); }
    void operator()(const NotificationsFolded& row) { notification_to(row.channel); }
    void operator()(const PruneHistory&) {}  // what nobody reads any more

    void operator()(const AgentLinked& input) {
        server(input.server);
        whole_for_all(Topic::Pools);  // one less of the losses that are doubted
    }
    void operator()(const AgentDisplaced& input) { server(input.server); }
    void operator()(const AgentSeen&) {}  // thousands a second, and nothing but an age
    void operator()(const AgentReported& input) { server(input.server); }
    void operator()(const AgentLeft& input) {
        server(input.server);
        whole_for_all(Topic::Pools);  // it may be one loss too many to be believed
    }
    void operator()(const ReadinessFound& input) { server(input.server); }
    void operator()(const AddressReported& input) { server(input.server); }
    void operator()(const AddressProbed& input) { server(input.server); }
    // Whether a loss is believed is said by no row.
    void operator()(const Stalled&) { whole(Topic::Pools); }
    void operator()(const WitnessesAnswered&) { whole(Topic::Pools); }
    // What matters of these makes rows.
    void operator()(const TimePassed&) {}
    void operator()(const RecordConfirmed&) {}
    void operator()(const RecordRefused&) {}
    void operator()(const RecordObserved&) {}
    void operator()(const CertificateSeen&) {}
    void operator()(const OwnCertificateSeen&) {}
    void operator()(const ServiceProbed&) {}
    void operator()(const RecordServed&) {}
    void operator()(const Order&) {}
    void operator()(const OrderBatch&) {}

    Touched& of(Topic topic) {
        auto& touched = topics.touched_.at(index_of(topic));
        if (!touched) touched = Touched{};
        return *touched;
    }
    void whole(Topic topic) {
        Touched& touched = of(topic);
        touched.whole = touched.others = true;
        touched.ids.clear();
        touched.of_pools.clear();
    }
    void one(Topic topic, std::int64_t id) {
        Touched& touched = of(topic);
        if (touched.others) return;
        touched.ids.insert(id);
        touched.whole = touched.whole || touched.ids.size() > kNamed;
        if (touched.ids.size() > kKept) whole(topic);
    }
    // More than are named, of one pool.
    void all_of(Topic topic, PoolId pool) {
        Touched& touched = of(topic);
        touched.whole = true;
        if (!touched.others) touched.of_pools.insert(pool);
    }
    void removed(Topic kind, std::initializer_list<Topic> shown_in) {
        for (const Topic topic : shown_in) {
            Touched& touched = of(topic);
            touched.whole = true;
            touched.removed.set(index_of(kind));
        }
    }
    // To be read as a whole by who sees all. Of a part something else says whether it is concerned:
    // should a link matter to everybody's pools, a line of the log.
    void whole_for_all(Topic topic) { of(topic).whole = true; }
    // Of a topic whose answers are not named one by one.
    void line(Topic topic, const About& about) {
        Touched& touched = of(topic);
        touched.whole = true;
        if (!touched.others) touched.lines.insert(about);
        if (touched.lines.size() > kKept) whole(topic);
    }
    void notification_to(ChannelId channel) {
        if (!channel) return whole(Topic::Notifications);  // of a row of before
        line(Topic::Notifications, {channel.value});
    }
    // Pools show their members.
    void server(ServerId id) {
        if (!id) return whole(Topic::Servers);  // a sighting of the controller itself
        one(Topic::Servers, id.value);
        for (const PoolId pool : fleet.pools_of(id))
            one(Topic::Pools, pool.value);
    }
    // What is derived from a pool is shown of its domains: status, reason.
    void pool_and_domains(PoolId id) {
        one(Topic::Pools, id.value);
        const auto& domains = fleet.domains_of(id);
        if (domains.size() > kNamed) return all_of(Topic::Domains, id);
        for (const DomainId each : domains)
            one(Topic::Domains, each.value);
    }
    // They say of which pools they are members, and whether they serve them.
    void members(const Pool& pool) {
        if (pool.members.size() > kNamed) return all_of(Topic::Servers, pool.id);
        for (const ServerId member : pool.members)
            one(Topic::Servers, member.value);
    }
    // They show what is broken of these; which one of them had to do with it before is not known.
    void incidents() {
        if (!fleet.incidents().empty()) whole(Topic::Incidents);
    }
    // A domain in another place: what each of its pools and their members show of it.
    void joined(const Domain& domain) {
        one(Topic::Providers, domain.provider.value);
        if (const Pool* pool = fleet.pool(domain.pool)) members(*pool);
    }
    void event(EventType type, const LogLine& line) {
        const Domain* domain = fleet.domain(line.domain);
        if (type == EventType::DomainAdded && domain != nullptr) joined(*domain);
        if (type == EventType::DomainMoved) moved(domain, fleet.pool_named(line.from));
        if (type == EventType::PoolMembersSet) whole(Topic::Servers);  // former ones
        if (concerns_all_pools(type)) whole(Topic::Pools);
    }
    void moved(const Domain* domain, const Pool* former) {
        if (domain != nullptr) joined(*domain);
        if (former == nullptr) return;  // gone with it, by a row of its own
        one(Topic::Pools, former->id.value);
        members(*former);
    }
    // What holds pools, or lets go of them.
    static bool concerns_all_pools(EventType type) {
        constexpr EventType kOfAll[] = {
            EventType::ControllerStarted, EventType::WarmUpEnded,     EventType::ControllerStalled,
            EventType::LossesAccepted,    EventType::FailoverHeld,    EventType::MassLossEnded,
            EventType::ObserverDoubted,   EventType::ObserverTrusted,
        };
        return std::ranges::find(kOfAll, type) != std::end(kOfAll);
    }
    void domain(const Domain& domain) {
        one(Topic::Domains, domain.id.value);
        one(Topic::Pools, domain.pool.value);
    }
};

namespace {

// By what the API's paths call them; none: it is gone, or not in that part of the fleet.
std::optional<std::string> name_now(const Fleet& fleet, Topic topic, std::int64_t id) {
    const auto name_of = [](const auto* thing) {
        return thing == nullptr ? std::nullopt : std::optional{thing->name};
    };
    switch (topic) {
        case Topic::Servers:
            return name_of(fleet.server(ServerId{id}));
        case Topic::Pools:
            return name_of(fleet.pool(PoolId{id}));
        case Topic::Domains:
            return name_of(fleet.domain(DomainId{id}));
        case Topic::Providers:
            return name_of(fleet.provider(ProviderId{id}));
        case Topic::Channels:
            return name_of(fleet.channel(ChannelId{id}));
        case Topic::Tokens:
            return name_of(fleet.token(TokenId{id}));
        case Topic::Incidents:
            if (fleet.part() && fleet.incident(IncidentId{id}) == nullptr) return std::nullopt;
            return std::to_string(id);
        case Topic::Controls:
        case Topic::Events:
        case Topic::Notifications:
        case Topic::Drills:
            break;
    }
    return std::nullopt;
}

bool in_part(const Fleet& part, const std::array<std::int64_t, 3>& line) {
    const auto [server, pool, domain] = line;
    return server + pool + domain != 0 &&
           (server == 0 || part.server(ServerId{server}) != nullptr) &&
           (pool == 0 || part.pool(PoolId{pool}) != nullptr) &&
           (domain == 0 || part.domain(DomainId{domain}) != nullptr);
}

}  // namespace

void Topics::note(const Change& change, const Fleet& fleet) {
    std::visit(Touch{*this, fleet}, change);
}

void Topics::note(const Input& input, const Fleet& fleet) {
    std::visit(Touch{*this, fleet}, input);
}

bool Topics::empty() const {
    return std::ranges::none_of(touched_, [](const auto& each) { return each.has_value(); });
}

TopicSet Topics::removed() const {
    TopicSet kinds;
    for (const auto& touched : touched_)
        if (touched) kinds |= touched->removed;
    return kinds;
}

// An incident ends with something that is there.
bool Topics::concerns_part(const Fleet& part, TopicSet lost, Topic topic,
                           const Touched& touched) const {
    if (topic == Topic::Providers) return false;
    if (topic == Topic::Incidents && touched.others) {
        return std::ranges::any_of(
            std::array{Topic::Servers, Topic::Pools, Topic::Domains}, [&](Topic each) {
                const auto& of_things = touched_.at(index_of(each));
                return of_things && concerns_part(part, lost, each, *of_things);
            });
    }
    return touched.others || (touched.removed & lost).any() ||
           std::ranges::any_of(touched.of_pools,
                               [&](PoolId pool) { return part.pool(pool) != nullptr; }) ||
           std::ranges::any_of(touched.lines,
                               [&](const About& about) {
                                   return topic == Topic::Notifications
                                              ? part.channel(ChannelId{about.front()}) != nullptr
                                              : in_part(part, about);
                               }) ||
           std::ranges::any_of(
               touched.ids, [&](std::int64_t id) { return name_now(part, topic, id).has_value(); });
}

// None: of many, of what is gone, or of the topic as a whole. Tokens are named to admins alone, and
// everybody hears this.
std::optional<std::vector<std::string>> Topics::names_of(const Fleet& fleet, TopicSet lost,
                                                         Topic topic, const Touched& touched) {
    const bool only_some = fleet.part() && !touched.others && touched.lines.empty() &&
                           (touched.removed & lost).none() &&
                           std::ranges::none_of(touched.of_pools, [&](PoolId pool) {
                               return fleet.pool(pool) != nullptr;
                           });
    if ((touched.whole && !only_some) || topic == Topic::Tokens) return std::nullopt;
    std::vector<std::string> names;
    for (const std::int64_t id : touched.ids) {
        auto name = name_now(fleet, topic, id);
        if (!name && !fleet.part()) return std::nullopt;
        if (name) names.push_back(*std::move(name));
    }
    return names.size() > kNamed ? std::nullopt : std::optional{std::move(names)};
}

std::string Topics::as_json(const Fleet& fleet, TopicSet lost) const {
    json::Writer out;
    out.begin_object();
    for (const auto& [topic, text] : kWordsOf<Topic>) {
        const auto& touched = touched_.at(index_of(topic));
        if (!touched || (fleet.part() && !concerns_part(fleet, lost, topic, *touched))) continue;
        if (const auto names = names_of(fleet, lost, topic, *touched)) {
            out.list(text, *names);
        } else {
            out.key(text).null();
        }
    }
    return out.end_object().take();
}

TopicSet lost_between(const Fleet& former, const Fleet& later) {
    TopicSet lost;
    const auto look = [&](Topic kind, const auto& things, const auto& find) {
        lost[index_of(kind)] = std::ranges::any_of(
            things, [&](const auto* thing) { return find(thing->id) == nullptr; });
    };
    look(Topic::Servers, former.servers(), [&](ServerId id) { return later.server(id); });
    look(Topic::Pools, former.pools(), [&](PoolId id) { return later.pool(id); });
    look(Topic::Domains, former.domains(), [&](DomainId id) { return later.domain(id); });
    look(Topic::Channels, former.channels(), [&](ChannelId id) { return later.channel(id); });
    look(Topic::Tokens, former.tokens(), [&](TokenId id) { return later.token(id); });
    return lost;
}

}  // namespace understudy
