// Work: how much of a long look may still be done in one go, so that the loop is not held up. One
// is about what a look at a domain takes.
#pragma once

#include <cstddef>

namespace understudy {

class Work {
  public:
    explicit Work(std::size_t most) : left_(most) {}

    bool left() const { return left_ > 0; }
    std::size_t most() const { return left_; }
    // The last piece may be more than there was room for.
    void spend(std::size_t done) { left_ -= done < left_ ? done : left_; }

  private:
    std::size_t left_;
};

}  // namespace understudy
