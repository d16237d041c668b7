// One attempt to find another server's service: a connection, and over HTTP and HTTPS one request
// and as much of the answer as decides. Lives in the Reactor and never blocks; the caller's
// deadline bounds it. Used by prober.h.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "agent/reactor.h"
#include "agent/siblings/tls_stream.h"
#include "schema/wire.h"

namespace understudy {

struct Finding {
    wire::ProbeVerdict verdict = wire::ProbeVerdict::Nothing;
    std::string found;  // "503", "Connection refused": nothing of the peer's but a status
};

class Attempt {
  public:
    using Report = std::function<void(Finding)>;
    virtual ~Attempt() = default;
    // Reports once, perhaps before it returns. The report must not destroy the attempt.
    virtual void start(Reactor& reactor, Report report) = 0;
};

// Of a kind that is known. tls outlives it.
std::unique_ptr<Attempt> make_attempt(const wire::Probe& probe, TlsClient& tls);

// What an answer that begins so says. ended: there is no more of it. None: more of it must come.
std::optional<Finding> judge_answer(std::string_view answer, bool ended, const wire::Probe& probe);

}  // namespace understudy
