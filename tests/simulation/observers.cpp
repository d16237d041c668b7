#include "tests/simulation/observers.h"

#include <algorithm>

namespace understudy::simulation {
namespace {

constexpr Duration kInterval{5'000};
// A word is repeated rarely here, and is good for longer, so that weeks of many servers stay cheap.
constexpr Duration kRepeat{30'000};
constexpr Duration kValid{75'000};
// Three failures that overlap, of 3 s each; two successes.
constexpr Duration kFall{5'000};
constexpr Duration kRise{1'000};

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
    for (std::size_t i = 1; i <= std::min(kSiblings, others.size() - 1); ++i)
        looks_.insert({server, {others[(own + i) % others.size()], service}});
}

void Observers::tick() {
    for (const About& about : looks_)
        look(about);
    schedule_.in(kInterval, [this] { tick(); });
}

bool Observers::reaches(const About& about) const {
    const auto cut = cut_off_.find(about.second.by);
    const bool off = cut != cut_off_.end() && schedule_.now() < cut->second;
    return !off && agents_.serves(about.first);
}

void Observers::look(const About& about) {
    const Said& said = said_[about];
    if (said.deciding || !speaks(about.second.by)) return;
    const Verdict truth = reaches(about) ? Verdict::Serves : Verdict::Dead;
    if (truth != said.verdict) return decide(about, truth == Verdict::Dead ? kFall : kRise);
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
    const Verdict verdict = reaches(about) ? Verdict::Serves : Verdict::Dead;
    said_[about] = {verdict, schedule_.now(), said_[about].deciding};
    tell_(ServiceProbed{about.first, about.second.by, about.second.service, verdict, "model",
                        Duration{0}, kValid},
          schedule_.now());
}

void Observers::ask(ServerId server) {
    for (const About& about : looks_) {
        if (about.first != server) continue;
        schedule_.in(reaches(about) ? kRise : kFall, [this, about] {
            if (looks_.contains(about)) say(about);
        });
    }
}

void Observers::cut_off(ServerId by, Duration length) {
    cut_off_[by] = schedule_.now() + length;
}

}  // namespace understudy::simulation
