// SiblingChoice: which agents are asked about a server's service: by lot, from other failure
// domains first, apart from each other next, so that one company's fault is not three witnesses,
// and never more of one agent than it can do. Pure. Used by SiblingRounds.
#pragma once

#include <functional>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/random.h"
#include "controller/core/fleet.h"

namespace understudy {

// So many agents are asked about one service.
inline constexpr std::size_t kSiblings = 3;
// Services that one agent is asked about: at one a minute each a probe every two seconds.
inline constexpr int kServicesOfSibling = 30;

class SiblingChoice {
  public:
    // Those who can and may be asked, in an order by lot.
    SiblingChoice(const Fleet& fleet, const std::function<bool(ServerId)>& can_probe,
                  Random& random);

    bool empty() const { return able_.empty(); }
    // One more for that server; none: there is nobody left. services: how many each has already.
    ServerId choose(const Server& server, std::span<const ServerId> chosen,
                    const std::unordered_map<ServerId, int>& services, Random& random) const;

  private:
    const Fleet& fleet_;
    std::vector<const Server*> able_;
};

}  // namespace understudy
