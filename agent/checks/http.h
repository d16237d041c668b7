// The check "http": one request without TLS, answered with an expected status. Only the status line
// is read (RFC 9112 4). See check.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/checks/check.h"
#include "agent/checks/stream.h"

namespace understudy {

// The status of an answer that begins so: none while the status line is incomplete, 0 when this is
// not HTTP.
std::optional<int> read_status_line(std::string_view answer);

class HttpProbe : public Probe {
  public:
    explicit HttpProbe(HttpCheck settings) : settings_(std::move(settings)) {}
    void start(Reactor& reactor, Report report) override;

  private:
    std::string request() const;
    Outcome judge(int status) const;

    HttpCheck settings_;
    Stream stream_;
};

}  // namespace understudy
