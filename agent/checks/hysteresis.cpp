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

}  // namespace understudy
