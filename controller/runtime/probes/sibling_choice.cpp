#include "controller/runtime/probes/sibling_choice.h"

#include <algorithm>
#include <string>
#include <utility>

namespace understudy {
namespace {

// Of very many that is enough to find one elsewhere, if there are any to speak of.
constexpr std::size_t kLookedAt = 64;

bool differs(const Server& one, const Server& other, const char* label) {
    const std::string* mine = one.label(label);
    const std::string* theirs = other.label(label);
    return mine != nullptr && theirs != nullptr && *mine != *theirs;
}

// What fails together most often shares a hosting company, and then a region. An unknown one may
// be the same.
int distance(const Server& one, const Server& other) {
    return 2 * int{differs(one, other, "hosting")} + int{differs(one, other, "region")};
}

constexpr int kFarthest = 3;

// From the nearest of those who are asked already.
int apart(const Fleet& fleet, std::span<const ServerId> chosen, const Server& server) {
    int nearest = kFarthest;
    for (const ServerId id : chosen)
        if (const Server* other = fleet.server(id))
            nearest = std::min(nearest, distance(*other, server));
    return nearest;
}

}  // namespace

SiblingChoice::SiblingChoice(const Fleet& fleet, const std::function<bool(ServerId)>& can_probe,
                             Random& random)
    : fleet_(fleet) {
    for (const Server* server : fleet.servers()) {
        if (!server->maintenance && can_probe(server->id)) able_.push_back(server);
    }
    for (std::size_t i = able_.size(); i > 1; --i)
        std::swap(able_[i - 1], able_[random.below(i)]);
}

ServerId SiblingChoice::choose(const Server& server, std::span<const ServerId> chosen,
                               const std::unordered_map<ServerId, int>& services,
                               Random& random) const {
    const Server* best = nullptr;
    constexpr int kBest = (kFarthest + 1) * kFarthest + kFarthest;
    int farthest = -1;
    const std::size_t begin = able_.empty() ? 0 : random.below(able_.size());
    for (std::size_t i = 0; i < std::min(able_.size(), kLookedAt) && farthest < kBest; ++i) {
        const Server* each = able_[(begin + i) % able_.size()];
        if (each->id == server.id || std::ranges::find(chosen, each->id) != chosen.end()) continue;
        const auto has = services.find(each->id);
        if (has != services.end() && has->second >= kServicesOfSibling) continue;
        const int away = (kFarthest + 1) * distance(server, *each) + apart(fleet_, chosen, *each);
        if (away <= farthest) continue;
        farthest = away;
        best = each;
    }
    return best == nullptr ? ServerId{} : best->id;
}

}  // namespace understudy
