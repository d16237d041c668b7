// MassLoss (rule 9): when more than half of the servers vanish within one window, it is rather the
// controller's network that is gone. Volatile: after a start the warm-up asks anew who is there.
//
// A server has vanished when its link ended without a goodbye, when it has been unseen for the
// health timeout, or when it has not come back by the end of the warm-up. One that reports an error
// or says goodbye speaks to us, and so proves nothing against our network.
#pragma once

#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "controller/core/guard_limits.h"

namespace understudy {

class MassLoss {
  public:
    explicit MassLoss(const GuardLimits& limits) : limits_(limits) {}

    enum class Turn { None, Began, Ended };
    // expected: how many servers could vanish at all.
    Turn vanished(ServerId server, Instant now, int expected);
    Turn back(ServerId server, int expected);
    // A person believes it: the present loss, and what joins it, is acted on until it is over.
    Turn accept();

    // Whether it would begin to doubt if these vanished now as well.
    bool would_doubt(std::span<const ServerId> servers, Instant now, int expected) const;

    // Until when the servers lost just now may be the first of most: so many within the spread in
    // which those of one cause are found. In the past: it is over.
    Instant settles_at() const;

    bool doubted() const { return doubted_; }
    bool accepted() const { return accepted_; }
    int missing() const { return static_cast<int>(since_.size()); }
    // Whose loss it is, in the order in which they were lost.
    std::set<std::pair<Instant, ServerId>> missing_servers() const;
    // Of them, those that the doubt is about, and who was lost after them: not who was missing long
    // before.
    std::vector<ServerId> lost_together() const;
    bool is_missing(ServerId server) const { return since_.contains(server); }

  private:
    bool too_many(int count, int expected) const {
        return count >= limits_.mass_loss_servers &&
               count * 100 > expected * limits_.mass_loss_percent;
    }

    GuardLimits limits_;
    std::unordered_map<ServerId, Instant> since_;    // who is missing
    std::set<std::pair<Instant, ServerId>> recent_;  // of them, those lost within the window
    bool doubted_ = false;
    Instant began_{};        // the first loss of those that are doubted
    bool accepted_ = false;  // until the present loss is over
};

}  // namespace understudy
