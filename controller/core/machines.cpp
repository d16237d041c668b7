#include "controller/core/machines.h"

#include <utility>

namespace understudy {
namespace {

constexpr int kTurns = 2;
constexpr Duration kTurnsWithin = std::chrono::hours{1};
constexpr std::size_t kBootIdShown = 8;

// One that says nothing of itself is told from nobody.
bool same(const Machine& one, const Machine& other) {
    const auto silent = [](const Machine& each) {
        return each.hostname.empty() && each.boot_id.empty();
    };
    if (silent(one) || silent(other)) return true;
    return one.hostname == other.hostname && one.boot_id == other.boot_id;
}

}  // namespace

std::optional<MachineBook::Pair> MachineBook::linked(const AgentLinked& event, Instant now) {
    Entry& entry = book_[event.server];
    if (event.link <= entry.link) return std::nullopt;
    const bool first = entry.link == 0;
    const LinkId before = std::exchange(entry.link, event.link);
    if (first || same(event.machine, entry.machine)) {
        entry.machine = event.machine;
        return std::nullopt;
    }
    const bool back = entry.other_link != 0 && same(event.machine, entry.other);
    if (!back || now - entry.first_turn > kTurnsWithin) entry.turns = 0;
    if (back && entry.turns++ == 0) entry.first_turn = now;
    entry.other = std::exchange(entry.machine, event.machine);
    entry.other_link = before;
    if (entry.turns < kTurns) return std::nullopt;
    return Pair{entry.machine, entry.other};
}

std::optional<MachineBook::Pair> MachineBook::displaced(const AgentDisplaced& event) const {
    const Entry* known = book_.find(event.server);
    if (known == nullptr || event.link >= known->link) return std::nullopt;
    const Entry& entry = *known;
    Machine other = entry.other_link == event.link ? entry.other : entry.machine;
    other.address = event.address;
    return Pair{entry.machine, std::move(other)};
}

const Machine* MachineBook::of(ServerId server) const {
    const Entry* known = book_.find(server);
    return known == nullptr ? nullptr : &known->machine;
}

std::string to_text(const Machine& machine) {
    std::string text =
        machine.hostname.empty() ? "a host without a name" : "host '" + machine.hostname + "'";
    if (!machine.boot_id.empty()) text += " (boot " + machine.boot_id.substr(0, kBootIdShown) + ")";
    return text + (machine.address.empty() ? "" : " at " + machine.address);
}

}  // namespace understudy
