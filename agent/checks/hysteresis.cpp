#include "agent/checks/hysteresis.h"

#include <utility>

namespace understudy {

bool Hysteresis::add(bool ok) {
    const bool was_up = up();
    const bool first = !std::exchange(decided_, true);
    if (ok) {
        const bool enough = counter_ + 1 >= rise_;
        counter_ = first || enough ? top_ : counter_ + 1;
    } else {
        const bool enough = counter_ <= rise_;
        counter_ = first || enough ? 0 : counter_ - 1;
    }
    return up() != was_up;
}

bool Hysteresis::undecided(int open, bool late) const {
    if (!decided_) return false;
    if (!up()) return counter_ > 0 && counter_ + open < rise_;
    const int failures = top_ - counter_;
    const int fall = top_ + 1 - rise_;
    return (failures > 0 || late) && failures + open < fall;
}

}  // namespace understudy
