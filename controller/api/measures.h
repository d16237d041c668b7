// What is measured while the controller runs, for /metrics: how long things took, and how often
// what happened. Kept by the runtime, loop thread only.
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <vector>

namespace understudy {

// As Prometheus counts: each bound with how many were not above it.
class Histogram {
  public:
    Histogram(std::initializer_list<double> bounds) : bounds_(bounds), counts_(bounds.size()) {}

    void add(double value) {
        const auto bucket = std::ranges::lower_bound(bounds_, value) - bounds_.begin();
        if (bucket < std::ssize(counts_)) ++counts_[static_cast<std::size_t>(bucket)];
        ++count_;
        sum_ += value;
    }
    const std::vector<double>& bounds() const { return bounds_; }
    // Of values between that bound and the one before it.
    const std::vector<std::uint64_t>& counts() const { return counts_; }
    std::uint64_t count() const { return count_; }
    double sum() const { return sum_; }

  private:
    std::vector<double> bounds_;
    std::vector<std::uint64_t> counts_;
    std::uint64_t count_ = 0;
    double sum_ = 0;
};

// Conversations with one account at a DNS provider in which something went wrong, by what follows.
struct ProviderErrors {
    std::size_t rejected = 0;   // a person must act
    std::size_t throttled = 0;  // nothing is asked for a while
    std::size_t transient = 0;  // it is tried again
};

struct Measures {
    // In seconds. Of the loop: a failover can begin no sooner than its turn ends.
    Histogram turn{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5};
    Histogram commit{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5};
    // Of failovers and ways home: from the loss to the decision; from the decision to the
    // provider's confirmation, and from there until the name servers answer with it, by record.
    Histogram detection{1, 2.5, 5, 10, 20, 30, 45, 60, 90, 120, 300};
    Histogram confirmation{0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 3600};
    Histogram serving{0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 3600};
    std::map<std::string, std::uint64_t> log_lines;  // by type
    std::map<std::string, std::uint64_t> drills;     // that have ended, by result
};

}  // namespace understudy
