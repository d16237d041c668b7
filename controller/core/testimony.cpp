#include "controller/core/testimony.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace understudy {
namespace {

// Those of one cause are called dead within this.
constexpr Duration kWindow{60'000};
constexpr Duration kSweep{10'000};

// Repeated for so long: one word that is good for long is not.
bool settled(const Testimony& testimony) {
    return testimony.observed - testimony.since >= kSettled;
}

// Till when it counts as dead.
Instant dead_until(const Testimony& testimony) {
    return testimony.valid_until + (settled(testimony) ? kCalibrated : Duration{0});
}

Instant counts_until(const Testimony& testimony) {
    return testimony.verdict == Verdict::Dead ? dead_until(testimony) : testimony.valid_until;
}

bool calls_dead(const Testimony& testimony, Instant now) {
    return testimony.verdict == Verdict::Dead && now < dead_until(testimony);
}

bool found_serving_since(const Testimony& testimony, std::optional<Instant> lost) {
    return testimony.reached && (!lost || testimony.serving_begun >= *lost);
}

bool calls_serving(const Testimony& testimony, std::optional<Instant> lost, Instant now) {
    return testimony.verdict == Verdict::Serves && now < testimony.valid_until &&
           found_serving_since(testimony, lost);
}

// When most had come to say so, of whom these say so now and `against` others do not: before, they
// were of the other side. So were those who have no word now, till they left.
Instant since_most(const std::vector<Instant>& times, const std::vector<Instant>& left,
                   int against) {
    std::vector<std::pair<Instant, int>> turns;
    for (const Instant at : times)
        turns.emplace_back(at, 2);  // one more, and one less of the others
    for (const Instant at : left)
        turns.emplace_back(at, 1);
    std::ranges::sort(turns);
    int ahead = -against - static_cast<int>(turns.size());
    for (const auto& [at, turn] : turns) {
        ahead += turn;
        if (ahead > 0) return at;
    }
    return turns.back().first;
}

// Two of them, one not the controller. times: sorted.
std::optional<Instant> agreement(const std::vector<Instant>& times,
                                 const std::optional<Instant>& first_sibling) {
    if (times.size() < 2 || !first_sibling) return std::nullopt;
    return std::max(times[1], *first_sibling);
}

// What that observer says; the end: nothing.
template <typename Said>
auto said_by(Said& said, ServerId by, std::string_view service) {
    return std::ranges::find_if(
        said, [&](const Testimony& each) { return each.by == by && each.service == service; });
}

void take_dead(Testimony& testimony, Instant now) {
    const bool before = testimony.verdict == Verdict::Dead;
    testimony.verdict = before || calibrated(testimony, now) ? Verdict::Dead : Verdict::Nothing;
}

// A word that was not repeated in time is none.
void lapse(Testimony& testimony, Instant now) {
    if (testimony.verdict == Verdict::Serves && now >= testimony.valid_until) {
        testimony.since = testimony.serving_until = testimony.valid_until;
    } else if (testimony.verdict == Verdict::Dead && now >= dead_until(testimony)) {
        testimony.since = testimony.dead_until = dead_until(testimony);
    } else {
        return;
    }
    testimony.verdict = Verdict::Nothing;
}

void take(Testimony& testimony, const ServiceProbed& input, Instant now) {
    const Verdict before = testimony.verdict;
    if (input.verdict == Verdict::Dead) {
        take_dead(testimony, now);
    } else if (input.verdict == Verdict::Serves) {
        testimony.verdict = Verdict::Serves;
    } else if (before != Verdict::Dead || !settled(testimony)) {
        testimony.verdict = Verdict::Nothing;
    }
    if (before == Verdict::Serves && testimony.verdict != before)
        testimony.serving_until = std::min(now, testimony.valid_until);
    if (before == Verdict::Dead && testimony.verdict != before)
        testimony.dead_until = std::min(now, dead_until(testimony));
    if (testimony.verdict != before) testimony.since = now;

    testimony.sentence = input.sentence;
    if (testimony.verdict != input.verdict) return;
    testimony.valid_until = now;
    if (input.verdict == Verdict::Nothing) return;
    testimony.observed = now - input.took;
    testimony.valid_until = now + input.valid_for;
    if (input.verdict != Verdict::Serves) return;
    testimony.reached = now;
    testimony.carried = false;
    testimony.serving_begun = testimony.observed;
    testimony.serving_until = testimony.valid_until;
}

// Whoever is trusted again is heard anew.
void set_doubted(Testimony& testimony, bool doubted, Instant now) {
    testimony.doubted = doubted;
    if (!doubted) {
        testimony.since = now;
    } else if (testimony.verdict == Verdict::Dead) {
        testimony.dead_until = now;
    } else {
        testimony.serving_until = std::min(testimony.serving_until, now);
    }
}

}  // namespace

bool calibrated(const Testimony& testimony, Instant now) {
    return testimony.reached && !testimony.carried && now - *testimony.reached <= kCalibrated;
}

Word word_of(std::span<const Testimony> testimony, std::string_view service,
             std::optional<Instant> lost, Instant now) {
    Word word;
    std::vector<Instant> serving;
    std::vector<Instant> dead;
    std::optional<Instant> first_sibling;
    std::vector<Instant> looked;  // those who call it dead
    std::vector<Instant> left;    // when those did who found it serving and have no word now
    int unheard = 0;              // who found it serving just before the loss
    for (const Testimony& each : testimony) {
        if (each.service != service) continue;
        const Instant ceased =
            each.verdict == Verdict::Dead && !each.doubted ? dead_until(each) : each.dead_until;
        if (ceased <= now) word.cleared = std::max(word.cleared, ceased);
        if (lost && found_serving_since(each, lost) && each.serving_until <= now)
            word.vouched_until = std::max(word.vouched_until, each.serving_until);
        const bool silent = each.doubted || !calls_dead(each, now);
        if (silent && each.serving_until <= now) left.push_back(each.serving_until);
        if (each.doubted) continue;
        if (calls_dead(each, now)) {
            dead.push_back(each.since);
            looked.push_back(each.observed);
            word.changes_at = std::min(word.changes_at, dead_until(each));
            if (each.by) first_sibling = std::min(first_sibling.value_or(each.since), each.since);
        } else if (calls_serving(each, lost, now)) {
            serving.push_back(each.since);
            word.changes_at = std::min(word.changes_at, each.valid_until);
        } else if (calls_serving(each, std::nullopt, now)) {
            ++unheard;
            word.changes_at = std::min(word.changes_at, each.valid_until);
        }
    }
    word.serving = static_cast<int>(serving.size());
    word.dead = static_cast<int>(dead.size());
    if (word.observers() == 0) return word;
    std::ranges::sort(serving);
    std::ranges::sort(dead);
    if (lost && word.serving > 0 && word.dead > 0)
        word.vouched_until = std::max(word.vouched_until, dead.back());
    // Most called it dead till so many found it serving.
    if (word.dead > 0 && word.serving >= word.dead) {
        const Instant outweighed = serving[static_cast<std::size_t>(word.dead - 1)];
        word.cleared = std::max(word.cleared, outweighed);
    }
    if (word.serving == word.dead) {
        word.says = Word::Says::Split;
    } else if (word.serving > word.dead) {
        word.says = Word::Says::Serves;
        word.since = since_most(serving, {}, word.dead);
    } else {
        word.says = Word::Says::Dead;
        word.since = since_most(dead, left, word.serving);
        std::ranges::sort(looked, std::greater<>{});
        word.observed = looked[serving.size()];
        const bool most_for_sure = word.dead > word.serving + unheard;
        if (most_for_sure) {
            word.agreed = agreement(dead, first_sibling);
        } else if (lost) {
            // Most only since the loss made the others' words old: they are asked meanwhile.
            word.since = std::max(word.since, *lost);
        }
        if (word.agreed) word.agreed = std::max(*word.agreed, word.since);
    }
    return word;
}

TestimonyBook::Effect TestimonyBook::heard(const ServiceProbed& input, Instant now) {
    // It may only go on speaking of what it has reached.
    if (input.verdict != Verdict::Serves && !book_.contains(input.server)) return Effect::None;
    std::vector<Testimony>& said = book_[input.server];
    auto at = said_by(said, input.by, input.service);
    if (at == said.end()) {
        if (input.verdict != Verdict::Serves) return Effect::None;
        Testimony first;
        first.by = input.by;
        first.service = input.service;
        first.doubted = observers_[input.by].doubted;
        at = said.insert(said.end(), std::move(first));
    }
    const Verdict before = at->verdict;
    lapse(*at, now);
    const Verdict present = at->verdict;
    take(*at, input, now);
    const Verdict after = at->verdict;
    if (after == before && after == present) return Effect::None;
    Repute& repute = observers_[input.by];
    count(repute, before, after, now);
    if (after != present) sweep(now);
    return review(input.by, repute, now);
}

// Who has fallen silent knows nothing any more: else the words of removed probes would count for
// ever.
void TestimonyBook::sweep(Instant now) {
    if (now - *swept_at_ < kSweep) return;
    *swept_at_ = now;
    for (const auto& [server, unchanged] : book_.all()) {
        const bool any = std::ranges::any_of(unchanged, [&](const Testimony& each) {
            return each.verdict != Verdict::Nothing && now >= counts_until(each);
        });
        if (!any) continue;
        for (Testimony& each : *book_.edit(server)) {
            const Verdict before = each.verdict;
            lapse(each, now);
            if (each.verdict != before) count(observers_[each.by], before, each.verdict, now);
        }
    }
}

void TestimonyBook::count(Repute& repute, Verdict before, Verdict after, Instant now) const {
    repute.knows += int{after != Verdict::Nothing} - int{before != Verdict::Nothing};
    repute.dead += int{after == Verdict::Dead} - int{before == Verdict::Dead};
    if (after == Verdict::Dead) repute.recent.push_back(now);
    while (!repute.recent.empty() && repute.recent.front() + kWindow < now)
        repute.recent.pop_front();
}

// All of two say as much as more than half of many.
TestimonyBook::Effect TestimonyBook::review(ServerId by, Repute& repute, Instant now) {
    const auto too_many = [&](int dead) {
        return dead >= 2 && (dead == repute.knows || (dead >= 3 && 2 * dead > repute.knows));
    };
    if (!too_many(repute.dead)) {
        repute.accepted = false;
        if (!std::exchange(repute.doubted, false)) return Effect::Changed;
        mark(by, false, now);
        return Effect::Trusted;
    }
    if (repute.doubted || repute.accepted || !too_many(static_cast<int>(repute.recent.size())))
        return Effect::Changed;
    repute.doubted = true;
    mark(by, true, now);
    return Effect::Doubted;
}

void TestimonyBook::mark(ServerId by, bool doubted, Instant now) {
    for (const auto& [server, unchanged] : book_.all()) {
        for (Testimony& each : *book_.edit(server))
            if (each.by == by) set_doubted(each, doubted, now);
    }
}

bool TestimonyBook::doubts_any() const {
    return std::ranges::any_of(observers_.all(),
                               [](const auto& each) { return each.second.doubted; });
}

void TestimonyBook::trust_all(Instant now) {
    for (const auto& [by, unchanged] : observers_.all()) {
        Repute& repute = *observers_.edit(by);
        if (!std::exchange(repute.doubted, false)) continue;
        repute.accepted = true;
        mark(by, false, now);
    }
}

void TestimonyBook::forget_about(ServerId server, Instant now) {
    for (const Testimony& each : of(server)) {
        Repute& repute = observers_[each.by];
        count(repute, each.verdict, Verdict::Nothing, now);
    }
    book_.erase(server);
}

void TestimonyBook::forget(ServerId server, Instant now) {
    forget_about(server, now);
    if (!observers_.contains(server)) return;
    for (const auto& [judged, unchanged] : book_.all())
        std::erase_if(*book_.edit(judged),
                      [&](const Testimony& each) { return each.by == server; });
    observers_.erase(server);
}

void TestimonyBook::carry_over(ServerId server, const std::string& from, const std::string& to,
                               Instant now) {
    const auto in_force = [&](const Testimony& each) {
        return each.verdict != Verdict::Nothing && now < counts_until(each);
    };
    std::vector<Testimony> serving;
    for (const Testimony& each : of(server))
        if (each.service == from && calls_serving(each, std::nullopt, now)) serving.push_back(each);
    if (!book_.contains(server)) return;
    auto& said = book_[server];
    for (Testimony& each : said)
        if (each.service == to && !in_force(each)) each.carried = true;  // of another time
    for (Testimony& each : serving) {
        each.service = to;
        each.carried = true;
        const auto old = said_by(said, each.by, to);
        if (old != said.end() && in_force(*old)) continue;
        const Verdict before = old == said.end() ? Verdict::Nothing : old->verdict;
        count(observers_[each.by], before, each.verdict, now);
        if (old != said.end()) said.erase(old);
        said.push_back(std::move(each));
    }
}

std::span<const Testimony> TestimonyBook::of(ServerId server) const {
    const auto* said = book_.find(server);
    return said == nullptr ? std::span<const Testimony>{} : std::span{*said};
}

Verdict TestimonyBook::verdict_of(ServerId server, const Observer& observer) const {
    const auto said = of(server);
    const auto at = said_by(said, observer.by, observer.service);
    return at == said.end() ? Verdict::Nothing : at->verdict;
}

}  // namespace understudy
