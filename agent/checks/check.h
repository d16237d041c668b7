// A local check: its settings as the configuration gives them, and the face of one try (Probe).
//
// A new kind is a settings struct here, a file with its Probe, one line in make_probe() (probe.cpp)
// and one in the configuration's reader (check_settings.cpp).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "agent/reactor.h"
#include "base/clock.h"
#include "base/probe_target.h"

namespace understudy {

class ChildReaper;

// A TCP connection can be opened. A frozen process still passes: the kernel accepts for it.
struct TcpCheck {
    std::string address;  // numeric IPv4 or IPv6: no name lookup can hang
    std::uint16_t port = 0;
    friend bool operator==(const TcpCheck&, const TcpCheck&) = default;
};

// An HTTP/1.1 request, without TLS, is answered with an expected status.
struct HttpCheck {
    TcpCheck peer;
    std::string method = "GET";
    std::string path = "/";
    std::string host;  // Host header
    std::vector<StatusRange> expect{{200, 399}};
    friend bool operator==(const HttpCheck&, const HttpCheck&) = default;
};

// systemd says that the unit is active.
struct SystemdUnitCheck {
    std::string unit;
    friend bool operator==(const SystemdUnitCheck&, const SystemdUnitCheck&) = default;
};

// HAProxy says on its statistics socket that the proxies are up.
struct HaproxyCheck {
    std::string socket;  // path of a UNIX socket
    std::string proxy;   // its front end must be OPEN, its back end UP; empty: every proxy
    std::string server;  // of that proxy must be UP; empty: the back end as a whole counts
    friend bool operator==(const HaproxyCheck&, const HaproxyCheck&) = default;
};

// A program ends with exit code 0.
struct CommandCheck {
    std::vector<std::string> arguments;  // [0] is the program's absolute path
    friend bool operator==(const CommandCheck&, const CommandCheck&) = default;
};

using CheckKind = std::variant<TcpCheck, HttpCheck, SystemdUnitCheck, HaproxyCheck, CommandCheck>;

struct CheckSettings {
    std::string name;
    CheckKind kind;
    Duration interval{5'000};
    Duration timeout{2'000};  // at most the interval
    int rise = 2;
    int fall = 3;
    Duration fast_interval{1'000};  // as long as it is in doubt; at most the interval
    friend bool operator==(const CheckSettings&, const CheckSettings&) = default;
};

struct Outcome {
    bool ok = true;
    std::string problem;  // one sentence when not ok
};

// One try. It never blocks: it waits in the Reactor and reports once. Destroying it gives the try
// up and frees what it holds, a child process included.
class Probe {
  public:
    using Report = std::function<void(Outcome)>;
    virtual ~Probe() = default;
    // May report before it returns. The report must not destroy the probe.
    virtual void start(Reactor& reactor, Report report) = 0;
};

// Whether several tries may wait at a time: a connection more costs nobody anything, a program that
// runs twice may be in its own way.
bool may_overlap(const CheckKind& kind);

// reaper outlives the probe.
std::unique_ptr<Probe> make_probe(const CheckKind& kind, ChildReaper& reaper);

}  // namespace understudy
