// The check "haproxy": HAProxy's own view of its proxies, by `show stat` on its statistics socket
// (HAProxy management guide, 9.1 CSV format). See check.h.
#pragma once

#include <string>
#include <string_view>

#include "agent/checks/check.h"
#include "agent/checks/stream.h"

namespace understudy {

// Judges the CSV that `show stat` gives.
Outcome judge_haproxy(std::string_view csv, const HaproxyCheck& settings);

class HaproxyProbe : public Probe {
  public:
    explicit HaproxyProbe(HaproxyCheck settings) : settings_(std::move(settings)) {}
    void start(Reactor& reactor, Report report) override;

  private:
    HaproxyCheck settings_;
    Stream stream_;
};

}  // namespace understudy
