#include "tests/simulation/observers.h"

#include <algorithm>
#include <utility>

namespace understudy::simulation {
namespace {

constexpr Duration kInterval{5'000};
// A word is repeated rarely here, and is good for longer, so that weeks of many servers stay cheap.
constexpr Duration kRepeat{30'000};
constexpr Duration kValid{75'000};
constexpr Duration kWhileResting{48 * 3'600'000};
// Three failures that overlap, of 3 s each; two successes.
constexpr Duration kFall{5'000};
constexpr Duration kRise{1'000};
// The longest answer, and its way.
constexpr Duration kUnanswered{10'000};
// That probes are late is said at once.
constexpr Duration kBehind{0};
// Every second request fails, whoever asks: by lot for each of those who do. Three of three fail,
// two of two succeed.
constexpr double kAllFail = 1.0 / 8;
constexpr double kAllPass = 1.0 / 4;

}  // namespace

void Observers::committed(const std::vector<Change>& changes) {
    bool changed = false;
    for (const Change& change : changes) {
        if (const auto* saved = std::get_if<SavePool>(&change)) {
            auto known = std::pair{saved->pool.members, service_of(saved->pool.policy)};
            auto& pool = pools_[saved->pool.id];
            changed = changed || pool != known;
            pool = std::move(known);
        } else if (const auto* gone = std::get_if<DeletePool>(&change)) {
            changed = pools_.erase(gone->id) > 0 || changed;
        } else if (const auto* server = std::get_if<SaveServer>(&change)) {
            if (std::ranges::find(servers_, server->server.id) != servers_.end()) continue;
            servers_.push_back(server->server.id);
            changed = true;
        } else if (const auto* no_server = std::get_if<DeleteServer>(&change)) {
            changed = std::erase(servers_, no_server->id) > 0 || changed;
        }
    }
    if (!changed) return;
    looks_.clear();
    for (const auto& [id, pool] : pools_) {
        for (const ServerId member : pool.first)
            observe(member, pool.second, servers_);
    }
    std::erase_if(said_, [&](const auto& each) { return !looks_.contains(each.first); });
}

// The next ones in the list: as good as by lot.
void Observers::observe(ServerId server, const std::string& service,
                        const std::vector<ServerId>& others) {
    const auto at = std::ranges::find(others, server);
    if (at == others.end()) return;
    looks_.insert({server, {{}, service}});
    const auto own = static_cast<std::size_t>(at - others.begin());
    for (std::size_t i = 1; i <= std::min(siblings_, others.size() - 1); ++i)
        looks_.insert({server, {others[(own + i) % others.size()], service}});
}

bool Observers::all_well() const {
    return std::ranges::all_of(looks_, [&](const About& about) {
        const auto said = said_.find(about);
        return said != said_.end() && said->second.verdict == Verdict::Serves &&
               !said->second.deciding && truth(about) == Verdict::Serves && speaks(about.second.by);
    });
}

void Observers::wake(Duration length) {
    const Instant until = schedule_.now() + length;
    awake_until_ = awake_until_ == kNever ? until : std::max(awake_until_, until);
    if (!std::exchange(rests_, false)) return;
    for (const About& about : looks_)
        say(about);
    schedule_.in(random_.between(Duration{0}, kInterval), [this] { tick(); });
}

void Observers::tick() {
    if (schedule_.now() >= awake_until_ && all_well()) {
        rests_ = true;
        for (const About& about : looks_)
            say(about);
        return;
    }
    for (const About& about : looks_)
        look(about);
    schedule_.in(kInterval, [this] { tick(); });
}

Verdict Observers::truth(const About& about) const {
    const ServerId by = about.second.by;
    if (lasts(overloaded_, by)) return Verdict::Nothing;
    const bool off = lasts(cut_off_, by) || (by && lasts(hidden_, about.first));
    if (off || !agents_.serves(about.first)) return Verdict::Dead;
    if (!agents_.grey(about.first)) return Verdict::Serves;
    const auto said = said_.find(about);
    return said != said_.end() && said->second.fails ? Verdict::Dead : Verdict::Serves;
}

void Observers::toss(const About& about, Said& said) {
    if (!agents_.grey(about.first)) {
        said.fails = false;
    } else if (random_.chance(said.fails ? kAllPass : kAllFail)) {
        said.fails = !said.fails;
    }
}

void Observers::look(const About& about) {
    Said& said = said_[about];
    if (said.deciding || !speaks(about.second.by)) return;
    toss(about, said);
    const Verdict found = truth(about);
    if (found != said.verdict) {
        return decide(about, found == Verdict::Dead     ? kFall
                             : found == Verdict::Serves ? kRise
                                                        : kBehind);
    }
    if (schedule_.now() - said.at >= kRepeat) say(about);
}

void Observers::decide(const About& about, Duration after) {
    said_[about].deciding = true;
    // Each probes in its own time.
    const Duration phase = random_.between(Duration{0}, kInterval);
    schedule_.in(after + phase, [this, about] {
        const auto said = said_.find(about);
        if (said == said_.end()) return;
        said->second.deciding = false;
        say(about);
    });
}

void Observers::say(const About& about) {
    if (!speaks(about.second.by)) return;
    const Verdict verdict = truth(about);
    Said& said = said_[about];
    said.verdict = verdict;
    said.at = schedule_.now();
    tell_(ServiceProbed{about.first, about.second.by, about.second.service, verdict, "model",
                        Duration{0}, rests_ ? kWhileResting : kValid},
          schedule_.now());
}

void Observers::ask(ServerId server) {
    for (const About& about : looks_) {
        if (about.first != server) continue;
        schedule_.in(truth(about) == Verdict::Dead ? kFall : kRise, [this, about] {
            if (looks_.contains(about)) say(about);
        });
        schedule_.in(kUnanswered, [this, about] {
            if (looks_.contains(about) && !speaks(about.second.by)) say_nothing(about);
        });
    }
}

// It was asked, and its question is given up.
void Observers::say_nothing(const About& about) {
    Said& said = said_[about];
    if (said.verdict == Verdict::Nothing) return;
    said.verdict = Verdict::Nothing;
    said.at = schedule_.now();
    tell_(ServiceProbed{about.first, about.second.by, about.second.service, Verdict::Nothing,
                        "model", Duration{0}, Duration{0}},
          schedule_.now());
}

void Observers::cut_off(ServerId by, Duration length) {
    cut_off_[by] = schedule_.now() + length;
}

void Observers::overload(ServerId by, Duration length) {
    overloaded_[by] = schedule_.now() + length;
}

void Observers::hide(ServerId server, Duration length) {
    hidden_[server] = schedule_.now() + length;
}

}  // namespace understudy::simulation
