// The check "tcp": a connection to an address and port can be opened. See check.h.
#pragma once

#include "agent/checks/check.h"
#include "agent/checks/stream.h"

namespace understudy {

class TcpProbe : public Probe {
  public:
    explicit TcpProbe(TcpCheck settings) : settings_(std::move(settings)) {}
    void start(Reactor& reactor, Report report) override;

  private:
    TcpCheck settings_;
    Stream stream_;
};

}  // namespace understudy
