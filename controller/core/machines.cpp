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

std::optional<MachineBook::Pair> MachineBook::linked(const AgentLinked& input, Instant now) {
    Entry& entry = book_[input.server];
    if (input.link <= entry.link) return std::nullopt;
    const bool first = entry.link == 0;
    const LinkId before = std::exchange(entry.link, input.link);
    if (first || same(input.machine, entry.machine)) {
        entry.machine = input.machine;
        return std::nullopt;
    }
    const bool back = entry.other_link != 0 && same(input.machine, entry.other);
    if (!back || now - entry.first_turn > kTurnsWithin) entry.turns = 0;
    if (back && entry.turns++ == 0) entry.first_turn = now;
    entry.other = std::exchange(entry.machine, input.machine);
    entry.other_link = before;
    if (entry.turns < kTurns) return std::nullopt;
    return Pair{entry.machine, entry.other};
}

std::optional<MachineBook::Pair> MachineBook::displaced(const AgentDisplaced& input) const {
    const Entry* known = book_.find(input.server);
    if (known == nullptr || input.link >= known->link) return std::nullopt;
    const Entry& entry = *known;
    Machine other = entry.other_link == input.link ? entry.other : entry.machine;
    other.address = input.address;
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
