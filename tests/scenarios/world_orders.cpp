// Commands that give people's orders: overrides, and what moves a pool.
#include "tests/scenarios/script.h"
#include "tests/scenarios/world.h"

namespace understudy::scenarios {

const World::Commands& World::order_commands() {
    static const Commands commands{{"accept-losses", &World::order_for_all<AcceptLosses>},
                                   {"end-maintenance", &World::end_maintenance},
                                   {"failback", &World::failback},
                                   {"failover", &World::failover},
                                   {"hold", &World::hold},
                                   {"maintenance", &World::maintenance},
                                   {"observe", &World::observe},
                                   {"pause", &World::order_for_all<PauseAll>},
                                   {"pin", &World::pin},
                                   {"release", &World::order_about_pool<ReleasePool>},
                                   {"resume", &World::order_alone<ResumeAll>},
                                   {"switchover", &World::switchover},
                                   {"unobserve", &World::unobserve}};
    return commands;
}

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
    const Rehearsal rehearsal = engine_->rehearse(std::move(*batch_), now_);
    batch_.reset();
    for (const RefusedOrder& each : rehearsal.refused)
        note("refused: " + each.error.text());
    for (const MovedDomain& domain : rehearsal.domains)
        note("would move " + domain.name + " " + domain.from + " -> " + domain.to);
    for (const Rehearsal::Later& later : rehearsal.later)
        note((later.moves ? "then moves: " : "then ") + engine_->fleet().pool(later.pool)->name +
             " " + later.next);
}

// [for=2h] [why=kernel]; a negative time is one that has passed.
Wish World::wish(const Words& words, std::size_t from) const {
    Wish wish;
    for (const auto& [key, text] : options(words, from)) {
        if (key == "for") wish.until = wall() + duration_of(text);
        if (key == "why") wish.why = text;
    }
    return wish;
}

void World::maintenance(const Words& words) {
    order(
        StartMaintenance{server(words.at(1)), wish(words, 2), options(words, 2).contains("force")});
}

void World::end_maintenance(const Words& words) {
    order(EndMaintenance{server(words.at(1))});
}

void World::switchover(const Words& words) {
    order(SwitchPool{pool(words.at(1)), server(words.at(2)), wish(words, 3),
                     options(words, 3).contains("force")});
}

// failover POOL [SERVER] [force]
void World::failover(const Words& words) {
    const bool named = words.size() > 2 && words[2] != "force";
    order(SwitchPool{
        pool(words.at(1)), named ? server(words[2]) : ServerId{}, {}, words.back() == "force"});
}

void World::failback(const Words& words) {
    order(FailbackPool{pool(words.at(1)), options(words, 2).contains("force")});
}

void World::hold(const Words& words) {
    order(HoldPool{pool(words.at(1)), {}, wish(words, 2)});
}

void World::pin(const Words& words) {
    order(HoldPool{pool(words.at(1)), server(words.at(2)), wish(words, 3),
                   options(words, 3).contains("force")});
}

// observe [POOL] [for=..]; without a pool: everything.
void World::observe(const Words& words) {
    const bool one = words.size() > 1 && words[1].find('=') == std::string::npos;
    if (one) {
        order(ObservePool{pool(words[1]), wish(words, 2)});
    } else {
        order(ObserveAll{wish(words, 1)});
    }
}

void World::unobserve(const Words& words) {
    if (words.size() > 1) {
        order(UnobservePool{pool(words[1])});
    } else {
        order(UnobserveAll{});
    }
}

}  // namespace understudy::scenarios
