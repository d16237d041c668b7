// Commands that give people's plain orders, one by one, as a batch or as a rehearsal.
#include "tests/scenarios/script.h"
#include "tests/scenarios/world.h"
#include "tests/support/order_words.h"

namespace understudy::scenarios {

void World::order(OrderAction action) {
    if (batch_) {
        batch_->push_back(std::move(action));
    } else {
        apply(Order{{1, "ops"}, std::move(action)});
    }
}

// batch ORDER ; ORDER ; ...
void World::give_batch(const Words& words) {
    batch_.emplace();
    Words one;
    for (std::size_t i = 1; i <= words.size(); ++i) {
        if (i < words.size() && words[i] != ";") {
            one.push_back(words[i]);
            continue;
        }
        run_one(one);
        one.clear();
    }
    const OrderBatch all{{1, "ops"}, std::move(*batch_)};
    batch_.reset();
    apply(all);
}

// rehearse ORDER
void World::rehearse(const Words& words) {
    batch_.emplace();
    run_one(Words{words.begin() + 1, words.end()});
    const Rehearsal rehearsal = engine_->rehearse(std::move(*batch_), now_, Engine::Later::Asked);
    batch_.reset();
    for (const RefusedOrder& each : rehearsal.refused)
        note("refused: " + each.error.text());
    for (const MovedDomain& domain : rehearsal.domains)
        note("would move " + domain.name + " " + domain.from + " -> " + domain.to);
    for (const Rehearsal::Later& later : rehearsal.later)
        note((later.moves ? "then moves: " : "then ") + engine_->fleet().pool(later.pool)->name +
             " " + later.next);
}

// The words of one order, as they are taken: names in the order of the description, the others by
// their keys.
class World::OrderLine {
  public:
    // member_named: by the command's word, as "pin" does it where "hold" does not.
    OrderLine(const World& world, const Words& words, bool member_named)
        : world_(world), member_named_(member_named) {
        for (std::size_t i = 1; i < words.size(); ++i) {
            if (words[i].find('=') == std::string::npos) names_.push_back(words[i]);
        }
        options_ = options(words, 1);
    }

    // Flags first: what is left is names.
    void take_flag(std::string_view name, bool& into) { into = std::erase(names_, name) > 0; }
    void take(ServerId& into, bool of_pool) {
        if (of_pool && !member_named_ && names_.empty()) return;
        into = named(&World::server);
    }
    void take(PoolId& into, bool) { into = named(&World::pool); }
    void take(DomainId& into, bool) { into = named(&World::domain); }
    void take(ProviderId& into, bool) { into = named(&World::provider); }
    void take(ChannelId& into, bool) { into = named(&World::channel); }
    void take(IncidentId& into, bool) { into = named(&World::incident); }
    void take(std::vector<std::string>& into, bool) { into = split(next(), ','); }
    // [stay=60s]
    void take(std::chrono::seconds& into, bool) {
        for (const auto& [key, text] : options_)
            if (key == "stay")
                into = std::chrono::duration_cast<std::chrono::seconds>(duration_of(text));
    }
    // [for=2h] [why=kernel]; a negative time is one that has passed.
    void take(Wish& into, bool) {
        for (const auto& [key, text] : options_) {
            if (key == "for") into.until = world_.wall() + duration_of(text);
            if (key == "why") into.why = text;
        }
    }
    // Nothing is missing, nothing is left over.
    bool fits() const { return !short_of_names_ && names_.empty(); }

  private:
    std::string next() {
        short_of_names_ = short_of_names_ || names_.empty();
        if (short_of_names_) return {};
        std::string name = names_.front();
        names_.erase(names_.begin());
        return name;
    }
    template <typename IdType>
    IdType named(IdType (World::*find)(const std::string&) const) {
        const std::string name = next();
        return short_of_names_ ? IdType{} : (world_.*find)(name);
    }

    const World& world_;
    bool member_named_;
    Words names_;
    std::map<std::string, std::string> options_;
    bool short_of_names_ = false;
};

// None: there is no such command, or not with these words.
std::optional<OrderAction> World::plain_order(const Words& words) const {
    std::optional<OrderAction> found;
    test::each_plain_order([&]<typename OrderType>(std::type_identity<OrderType>) {
        const bool plain = words[0] == test::command_of<OrderType>();
        const bool member_named = !plain && words[0] == test::command_of<OrderType>(true);
        if ((!plain && !member_named) || found) return;
        OrderType order{};
        OrderLine line{*this, words, member_named};
        each_field<OrderType>([&](const auto& field) {
            auto& value = order.*field.member;
            if constexpr (std::is_same_v<decltype(value), bool&>) line.take_flag(field.name, value);
        });
        constexpr bool kOfPool = requires {
            order.pool;
        };
        each_field<OrderType>([&](const auto& field) {
            auto& value = order.*field.member;
            if constexpr (!std::is_same_v<decltype(value), bool&>) line.take(value, kOfPool);
        });
        if (line.fits()) found = std::move(order);
    });
    return found;
}

}  // namespace understudy::scenarios
