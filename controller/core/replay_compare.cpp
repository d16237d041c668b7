#include <algorithm>
#include <tuple>

#include "controller/core/replay.h"

namespace understudy::replay {
namespace {

constexpr Duration kSame{1000};
// Farther apart they are not the same switch any more.
constexpr Duration kFarthest = std::chrono::hours{3};

// Only what goes from the same to the same in the same pool can be the same switch.
using Way = std::tuple<PoolId, std::string, std::string>;
struct Ways {
    std::vector<const Move*> usual, other;
};

Duration apart(const Move& one, const Move& other) {
    return std::chrono::abs(one.at - other.at);
}

// Whether `next` belongs to `partner` rather than `candidate` does.
bool outdone(const std::vector<const Move*>& list, std::size_t candidate, const Move& partner) {
    return candidate + 1 < list.size() &&
           apart(*list[candidate + 1], partner) < apart(*list[candidate], partner);
}

void compare(const Ways& ways, std::vector<Difference>& out) {
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < ways.usual.size() && j < ways.other.size()) {
        const Move& usual = *ways.usual[i];
        const Move& other = *ways.other[j];
        const bool far = apart(usual, other) > kFarthest;
        if (outdone(ways.usual, i, other) || (far && usual.at < other.at)) {
            out.push_back({Differs::NotSwitched, usual, {}});
            ++i;
        } else if (outdone(ways.other, j, usual) || far) {
            out.push_back({Differs::Additional, other, {}});
            ++j;
        } else {
            const Differs how = usual.at < other.at ? Differs::Later : Differs::Earlier;
            if (apart(usual, other) >= kSame) out.push_back({how, usual, other.at});
            ++i;
            ++j;
        }
    }
    for (; i < ways.usual.size(); ++i)
        out.push_back({Differs::NotSwitched, *ways.usual[i], {}});
    for (; j < ways.other.size(); ++j)
        out.push_back({Differs::Additional, *ways.other[j], {}});
}

}  // namespace

std::vector<Difference> compare(std::span<const Move> usual, std::span<const Move> other) {
    std::map<Way, Ways> ways;
    for (const Move& move : usual)
        ways[{move.pool, move.from, move.to}].usual.push_back(&move);
    for (const Move& move : other)
        ways[{move.pool, move.from, move.to}].other.push_back(&move);
    std::vector<Difference> out;
    for (const auto& [way, moves] : ways)
        compare(moves, out);
    std::ranges::stable_sort(out, {}, [](const Difference& each) { return each.move.at; });
    return out;
}

}  // namespace understudy::replay
