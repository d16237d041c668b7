#include "controller/core/audit.h"

#include <algorithm>
#include <type_traits>
#include <variant>

#include "base/json.h"
#include "base/text_form.h"
#include "controller/core/model_fields.h"
#include "controller/core/order_fields.h"

namespace understudy::audit {
namespace {

// --- a value, by its type ------------------------------------------------------------------------

class Pen {
  public:
    Pen(json::Writer& out, const Fleet& fleet) : out_(out), fleet_(fleet) {}

    void put(const std::string& value) { out_.value(value); }
    void put(bool value) { out_.value(value); }
    void put(std::int64_t value) { out_.value(value); }
    void put(std::uint32_t value) { out_.value(std::int64_t{value}); }
    void put(std::chrono::seconds value) { out_.value(std::int64_t{value.count()}); }
    void put(std::chrono::minutes value) { out_.value(std::int64_t{value.count()}); }
    void put(Duration value) { out_.value(to_text(value)); }
    void put(WallTime value) { value == WallTime{} ? out_.null() : out_.value(to_rfc3339(value)); }
    void put(ServerId id) { named(fleet_.server(id), id.value); }
    void put(PoolId id) { named(fleet_.pool(id), id.value); }
    void put(ProviderId id) { named(fleet_.provider(id), id.value); }
    void put(DomainId id) { named(fleet_.domain(id), id.value); }
    void put(ChannelId id) { named(fleet_.channel(id), id.value); }
    template <typename Tag>
    void put(Id<Tag> id) {
        id ? out_.value(id.value) : out_.null();
    }
    template <Worded Enum>
    void put(Enum value) {
        out_.value(to_text(value));
    }
    template <typename Value>
    requires requires(const Value& value) {
        { to_string(value) } -> std::same_as<std::string>;
    }
    void put(const Value& value) { out_.value(to_string(value)); }
    template <typename Value>
    void put(const std::optional<Value>& value) {
        value ? put(*value) : static_cast<void>(out_.null());
    }
    void put(const std::map<std::string, std::string>& labels) {
        out_.begin_object();
        for (const auto& [key, value] : labels)
            out_.field(key, value);
        out_.end_object();
    }
    template <typename List>
    requires requires(const List& list) {
        typename List::value_type;
        list.begin();
        list.size();
    }
    void put(const List& list) {
        out_.begin_array();
        for (const auto& each : list)
            put(each);
        out_.end_array();
    }
    void put(const Target& target) { put(target.servers); }
    void put(const ChangeCount& changes) { put(changes.count); }
    void put(const SharedToken& shared) { put(shared.by); }
    void put(const Override& by) {
        out_.begin_object().field("who", by.who).field("why", by.why);
        out_.field("since", by.since).field("until", by.until).end_object();
    }
    void put(const Drill& drill) {
        out_.begin_object().field("to", drill.to_name).field("since", drill.started).end_object();
    }
    void put(const Hold& hold) { steered(hold.by, hold.pinned); }
    void put(const Preference& preferred) { steered(preferred.by, preferred.server); }
    void put(const Wish& wish) {
        out_.begin_object().field("why", wish.why).field("until", wish.until).key("for");
        put(wish.length);
        out_.end_object();
    }

  private:
    template <typename Thing>
    void named(const Thing* thing, std::int64_t id) {
        if (thing != nullptr) {
            out_.value(thing->name);
        } else if (id != 0) {
            out_.value(id);
        } else {
            out_.null();
        }
    }
    void steered(const Override& by, ServerId server) {
        out_.begin_object().key("by");
        put(by);
        out_.key("server");
        put(server);
        out_.end_object();
    }

    json::Writer& out_;
    const Fleet& fleet_;
};

template <typename Value>
std::string json_of(const Fleet& fleet, const Value& value) {
    json::Writer out;
    Pen{out, fleet}.put(value);
    return out.take();
}

template <Described Thing>
void paint(const Fleet& fleet, const Thing& thing, Portrait& portrait) {
    each_field<Thing>([&](const auto& field) {
        const auto& value = thing.*field.member;
        using Value = std::remove_cvref_t<decltype(value)>;
        if constexpr (Described<Value>) {
            paint(fleet, value, portrait);
        } else if (!field.secret) {
            // Those without a column have a table of their own.
            constexpr bool kDrill = std::is_same_v<Value, std::optional<Drill>>;
            const std::string_view first = field.name.substr(0, field.name.find(','));
            const std::string name{!first.empty() ? first : kDrill ? "drill" : "members"};
            portrait.emplace_back(name, json_of(fleet, value));
        }
    });
}

// --- what an order is about ----------------------------------------------------------------------

template <typename Thing>
Portrait of(const Fleet& fleet, const Thing* thing) {
    Portrait portrait;
    if (thing != nullptr) paint(fleet, *thing, portrait);
    return portrait;
}

template <typename OrderType>
Portrait about(const Fleet& fleet, const OrderType& order, std::int64_t id) {
    using T = OrderType;
    if constexpr (std::is_same_v<T, AddServer>)
        return of(fleet, fleet.server(ServerId{id}));
    else if constexpr (std::is_same_v<T, AddPool>)
        return of(fleet, fleet.pool(PoolId{id}));
    else if constexpr (std::is_same_v<T, AddDomain>)
        return of(fleet, fleet.domain(DomainId{id}));
    else if constexpr (std::is_same_v<T, AddProvider>)
        return of(fleet, fleet.provider(ProviderId{id}));
    else if constexpr (std::is_same_v<T, AddChannel>)
        return of(fleet, fleet.channel(ChannelId{id}));
    else if constexpr (std::is_same_v<T, EditChannel>)
        return of(fleet, fleet.channel(order.channel.id));
    else if constexpr (std::is_same_v<T, AddToken>)
        return of(fleet, fleet.token(TokenId{id}));
    else if constexpr (requires { ServerId{order.server}; })
        return of(fleet, fleet.server(order.server));
    else if constexpr (requires { PoolId{order.pool}; })
        return of(fleet, fleet.pool(order.pool));
    else if constexpr (requires { DomainId{order.domain}; })
        return of(fleet, fleet.domain(order.domain));
    else if constexpr (requires { ProviderId{order.provider}; })
        return of(fleet, fleet.provider(order.provider));
    else if constexpr (requires { ChannelId{order.channel}; })
        return of(fleet, fleet.channel(order.channel));
    else if constexpr (requires { IncidentId{order.incident}; })
        return of(fleet, fleet.incident(order.incident));
    else if constexpr (requires { TokenId{order.token}; })
        return of(fleet, fleet.token(order.token));
    else
        return of(fleet, &fleet.controls());
}

// --- the order itself ----------------------------------------------------------------------------

template <typename OrderType>
constexpr std::string_view kWord = Describe<OrderType>::word;
template <>
constexpr std::string_view kWord<AddServer> = "add_server";
template <>
constexpr std::string_view kWord<EditServer> = "edit_server";
template <>
constexpr std::string_view kWord<RotateToken> = "rotate_token";
template <>
constexpr std::string_view kWord<EnrollAgent> = "enroll_agent";
template <>
constexpr std::string_view kWord<AddPool> = "add_pool";
template <>
constexpr std::string_view kWord<SetPolicy> = "set_policy";
template <>
constexpr std::string_view kWord<AddDomain> = "add_domain";
template <>
constexpr std::string_view kWord<MoveDomains> = "move_domains";
template <>
constexpr std::string_view kWord<AdoptDomain> = "adopt_domain";
template <>
constexpr std::string_view kWord<EnforceDomain> = "enforce_domain";
template <>
constexpr std::string_view kWord<AddProvider> = "add_provider";
template <>
constexpr std::string_view kWord<ReplaceCredential> = "replace_credential";
template <>
constexpr std::string_view kWord<AddChannel> = "add_channel";
template <>
constexpr std::string_view kWord<EditChannel> = "edit_channel";
template <>
constexpr std::string_view kWord<DisableChannel> = "disable_channel";
template <>
constexpr std::string_view kWord<AddToken> = "add_token";
template <>
constexpr std::string_view kWord<RemoveToken> = "revoke_token";
template <>
constexpr std::string_view kWord<TokenUsed> = "token_used";

// What it says beyond the thing that it makes or changes, which stands beside it.
template <typename OrderType>
void write_order(json::Writer& out, const Fleet& fleet, const OrderType& order) {
    Pen pen{out, fleet};
    out.begin_object().field("order", kWord<OrderType>);
    if constexpr (Described<OrderType>) {
        each_field<OrderType>([&](const auto& field) {
            out.key(field.name.empty() ? std::string_view{"wish"} : field.name);
            pen.put(order.*field.member);
        });
    } else {
        if constexpr (requires { ServerId{order.server}; })
            pen.put((out.key("server"), order.server));
        if constexpr (requires { PoolId{order.pool}; }) pen.put((out.key("pool"), order.pool));
        if constexpr (requires { DomainId{order.domain}; })
            pen.put((out.key("domain"), order.domain));
        if constexpr (requires { order.domains; }) pen.put((out.key("domains"), order.domains));
        if constexpr (requires { ProviderId{order.provider}; })
            pen.put((out.key("provider"), order.provider));
        if constexpr (requires { bool{order.force}; }) out.field("force", order.force);
        if constexpr (requires { bool{order.at_once}; }) out.field("at_once", order.at_once);
    }
    out.end_object();
}

void write_half(json::Writer& out, std::string_view name, const Portrait& one,
                const Portrait& other) {
    out.key(name);
    if (one.empty()) {
        out.null();
        return;
    }
    out.begin_object();
    for (const auto& field : one)
        if (std::ranges::find(other, field) == other.end()) out.key(field.first).raw(field.second);
    out.end_object();
}

}  // namespace

Portrait portrait_of(const Fleet& fleet, const OrderAction& action, std::int64_t id) {
    return std::visit([&](const auto& order) { return about(fleet, order, id); }, action);
}

std::string record_of(const Fleet& fleet, const Caller& by, const OrderAction& action,
                      const Portrait& before, const Portrait& after) {
    json::Writer out;
    out.begin_object();
    out.field("accessor", by.accessor ? std::optional{by.accessor.value} : std::nullopt);
    out.field("source", by.source).key("order");
    std::visit([&](const auto& order) { write_order(out, fleet, order); }, action);
    write_half(out, "before", before, after);
    write_half(out, "after", after, before);
    return out.end_object().take();
}

bool wanted(const Caller& by, const OrderAction& action) {
    return !by.source.empty() && !std::holds_alternative<TokenUsed>(action);
}

}  // namespace understudy::audit
