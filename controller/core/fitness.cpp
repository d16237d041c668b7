#include "controller/core/fitness.h"

#include <algorithm>

namespace understudy {
namespace {

// What its agent's link says.
enum class Link { Up, Failing, Lost, Gone };

Instant stale_at(const Liveness& liveness, const FitnessRules& rules) {
    return *liveness.last_seen + rules.health_timeout + Duration{1};
}

Link link_of(const Liveness& liveness, Instant now, const FitnessRules& rules) {
    if (!liveness.last_seen) return Link::Lost;
    if (!liveness.linked) {
        const bool goodbye =
            liveness.departure == Departure::Restart || liveness.departure == Departure::Shutdown;
        return goodbye ? Link::Gone : Link::Lost;
    }
    if (now >= stale_at(liveness, rules)) return Link::Lost;
    return liveness.report_ok ? Link::Up : Link::Failing;
}

Instant lost_at(const Liveness& liveness) {
    if (!liveness.last_seen) return {};
    return liveness.linked ? *liveness.last_seen : liveness.left_at;
}

Fitness waiting(Instant since, Instant down_at, Instant now) {
    if (now >= down_at) return {Standing::Down, since, kNever};
    return {Standing::Suspect, since, down_at};
}

// vouched_until: observers found it serving till then.
Fitness by_link(const Liveness& liveness, Instant now, const FitnessRules& rules,
                Instant vouched_until = {}) {
    const Instant doubted_until = vouched_until + rules.confirm;
    const bool vouched = vouched_until > Instant{};
    if (!liveness.last_seen) {
        const Instant down_at =
            vouched ? std::max(rules.warm_up_ends, doubted_until) : rules.warm_up_ends;
        return waiting(down_at, down_at, now);
    }
    Instant unseen_at = stale_at(liveness, rules);
    if (vouched) unseen_at = std::max(unseen_at, doubted_until);
    if (now >= unseen_at) return {Standing::Down, *liveness.last_seen, kNever};
    if (!liveness.down_since) {
        if (now >= stale_at(liveness, rules))
            return {Standing::Suspect, *liveness.last_seen, unseen_at};
        return {Standing::Healthy, *liveness.healthy_since, unseen_at};
    }
    Duration confirm = rules.confirm;
    if (!liveness.linked && liveness.departure == Departure::Restart) {
        confirm = std::max(confirm, rules.restart_grace);
    }
    const Instant since = std::max(*liveness.down_since, vouched_until);
    Instant confirmed_at = std::min(since + confirm, unseen_at);
    if (!liveness.linked) confirmed_at = std::max(confirmed_at, rules.losses_settle);
    return waiting(*liveness.down_since, confirmed_at, now);
}

// Called dead: down after the wait, as long as they say so.
Fitness called_dead(const Word& word, Instant since, Instant down_at, Instant now) {
    Fitness fitness = waiting(since, down_at, now);
    fitness.changes_at = std::min(fitness.changes_at, word.changes_at);
    return fitness;
}

// Whichever finds it down first.
Fitness sooner(const Fitness& usual, const Fitness& agreed) {
    if (usual.standing == Standing::Down) return usual;
    Fitness fitness = agreed;
    fitness.changes_at = std::min(usual.changes_at, agreed.changes_at);
    return fitness;
}

// Healthy again only since observers have ceased to call it dead.
Fitness cleared(Fitness usual, const Word& word) {
    if (usual.standing == Standing::Healthy) usual.since = std::max(usual.since, word.cleared);
    return usual;
}

// As long as some call it dead, the others' silence may make them most.
Fitness until_changed(Fitness usual, const Word& word) {
    if (usual.standing != Standing::Down && word.dead > 0)
        usual.changes_at = std::min(usual.changes_at, word.changes_at);
    return usual;
}

Fitness failing(const Liveness& liveness, const Word& word, Instant now,
                const FitnessRules& rules) {
    const Fitness usual = by_link(liveness, now, rules);
    if (word.says != Word::Says::Dead) return usual;
    const Instant both = std::max(*liveness.down_since, word.since);
    const Instant first = std::min(*liveness.down_since, word.since);
    const Instant down_at = std::max(first + rules.confirm_agreed, both);
    return sooner(usual, called_dead(word, first, down_at, now));
}

Fitness lost(const Liveness& liveness, const Word& word, Instant now, const FitnessRules& rules) {
    const Fitness usual = by_link(liveness, now, rules, word.vouched_until);
    if (word.says == Word::Says::Serves) {
        const bool spared = by_link(liveness, now, rules).standing == Standing::Down;
        const Instant changes_at =
            spared ? word.changes_at : std::min(usual.changes_at, word.changes_at);
        return {Standing::Suspect, usual.since, changes_at, true, spared};
    }
    if (word.says != Word::Says::Dead || !word.agreed || !liveness.last_seen)
        return until_changed(usual, word);
    const Instant at = lost_at(liveness);
    const Instant first = std::min(liveness.down_since.value_or(at), *word.agreed);
    const Instant down_at = std::max({first + rules.confirm_agreed, *word.agreed, at,
                                      liveness.linked ? Instant{} : rules.losses_settle});
    return sooner(usual, called_dead(word, first, down_at, now));
}

// Its agent is content. What they said of one that was gone is old news when it has just come back:
// it counts from then, and of one that comes and goes from the first time since they say so, once
// they have looked again.
Fitness dead_though_up(const Liveness& liveness, const Word& word, Instant now,
                       const FitnessRules& rules) {
    const Instant back = *liveness.healthy_since;
    const auto first = std::ranges::upper_bound(liveness.returns, word.since);
    const bool looked_again = word.observed >= back && first != liveness.returns.end();
    const Instant since = std::max(word.since, looked_again ? *first : back);
    return called_dead(word, since, since + rules.confirm, now);
}

Fitness by_two(Link link, const Liveness& liveness, const Word& word, Instant now,
               const FitnessRules& rules) {
    switch (link) {
        case Link::Up:
            if (word.says == Word::Says::Dead) return dead_though_up(liveness, word, now, rules);
            return until_changed(cleared(by_link(liveness, now, rules), word), word);
        case Link::Failing:
            return failing(liveness, word, now, rules);
        case Link::Lost:
            return lost(liveness, word, now, rules);
        case Link::Gone:
            break;
    }
    return by_link(liveness, now, rules);
}

Fitness by_service(Link link, const Liveness& liveness, const Word& word, Instant now,
                   const FitnessRules& rules) {
    switch (word.says) {
        case Word::Says::Serves:
            return {Standing::Healthy, std::max(word.since, word.cleared), word.changes_at};
        case Word::Says::Dead: {
            const Duration wait = word.agreed ? rules.confirm_agreed : rules.confirm;
            const Instant down_at = std::max(word.since + wait, word.agreed.value_or(Instant{}));
            const Fitness called =
                called_dead(word, word.since, std::min(down_at, word.since + rules.confirm), now);
            // Of a lost link alone: another was overruled by them until now.
            if (link != Link::Lost) return called;
            return sooner(by_link(liveness, now, rules, word.vouched_until), called);
        }
        case Word::Says::Nothing:
        case Word::Says::Split:
            break;
    }
    return by_two(link, liveness, word, now, rules);
}

}  // namespace

Word word_about(const Liveness& liveness, std::span<const Testimony> testimony, Instant now,
                const FitnessRules& rules) {
    std::optional<Instant> since;
    if (link_of(liveness, now, rules) == Link::Lost) since = lost_at(liveness);
    return word_of(testimony, rules.service, since, now);
}

Fitness fitness_of(const Server& server, const Liveness& liveness,
                   std::span<const Testimony> testimony, Instant now, const FitnessRules& rules) {
    if (server.maintenance) return {Standing::Maintenance, now, kNever};
    if (!liveness.last_seen && !server.ever_seen) return {Standing::Absent, {}, kNever};
    const bool heard = !testimony.empty() && !rules.service.empty();
    if (rules.evidence == Evidence::Link || !heard) return by_link(liveness, now, rules);
    const Word word = word_about(liveness, testimony, now, rules);
    const Link link = link_of(liveness, now, rules);
    return rules.evidence == Evidence::Service ? by_service(link, liveness, word, now, rules)
                                               : by_two(link, liveness, word, now, rules);
}

}  // namespace understudy
