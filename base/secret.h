// Secret: text that must not leak. It has no printing operator, is wiped when it goes, and is read
// only through reveal(), so that every place that uses one is found by that word.
#pragma once

#include <string>
#include <string_view>

namespace understudy {

class Secret {
  public:
    Secret() = default;
    explicit Secret(std::string value) : value_(std::move(value)) {}
    Secret(const Secret&) = default;
    Secret& operator=(const Secret&);
    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret&& other) noexcept;
    ~Secret();

    bool empty() const { return value_.empty(); }
    const std::string& reveal() const { return value_; }

  private:
    std::string value_;
};

}  // namespace understudy
