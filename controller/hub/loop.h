// Loop: the one event loop of the controller. Owns the libuv loop, the libwebsockets context that
// runs on it, the timer of a turn, the wake-up and the signals. Used by Hub; loop thread only, but
// for wake().
//
// libuv and not libwebsockets' own poll loop: poll() looks at every descriptor at every wake-up,
// which at 10,000 links takes a whole core. libwebsockets loads its libuv glue by name at run time
// (Debian package libwebsockets-evlib-uv).
#pragma once

#include <atomic>
#include <memory>

#include "base/clock.h"
#include "base/result.h"

struct lws_context;
struct uv_loop_s;

namespace understudy {

struct LoopSignals {
    bool stop = false;    // SIGTERM or SIGINT
    bool reload = false;  // SIGHUP
};

struct LoopOptions {
    bool tls = true;            // prepare OpenSSL
    bool catch_signals = true;  // SIGTERM, SIGINT, SIGHUP; SIGPIPE is always ignored
    int logins_limit = 256;     // upgrades under way at once: header buffers are kept for so many
    Duration step_deadline{5'000};  // for each step of a handshake; rounded up to seconds
};

class Loop {
  public:
    // Also raises the soft limit of open descriptors to the hard one (at most 65,536).
    static Result<std::unique_ptr<Loop>> make(const LoopOptions& options);
    ~Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    // Handles what is ready, waiting for it no longer than `until`. Returns after socket activity,
    // a signal, wake() or the deadline; more often than needed is normal.
    void run_once(Instant until);

    // Makes run_once() return soon. Any thread, as long as the Loop lives.
    void wake();

    // Signals since the last call.
    LoopSignals take_signals();

    lws_context* context() const { return context_; }
    uv_loop_s* uv() const;

    // Closes all sockets and gives the context back; callbacks of their owners still run.
    // Idempotent.
    void close();

  private:
    struct Handles;
    Loop();
    Result<Done> open(const LoopOptions& options);
    void open_handles(bool catch_signals);

    std::unique_ptr<Handles> handles_;
    lws_context* context_ = nullptr;
    LoopSignals signals_;
};

}  // namespace understudy
