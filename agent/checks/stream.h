// A non-blocking connection for probes: connect, send one request, collect the answer. Used by tcp,
// http and haproxy, and for others' services; lives in the Reactor and never blocks. The caller's
// deadline bounds it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "agent/reactor.h"

namespace understudy {

class Stream {
  public:
    enum class Progress { Connected, Data, End, Failed };
    // Told after every step; the handler must not destroy the Stream, but may call stop().
    using Handler = std::function<void(Progress)>;

    // Before it is opened: the PROXY protocol's header (version 1) is sent as soon as it is
    // connected, about this connection itself.
    void begin_with_proxy_header() { proxy_header_ = true; }
    // False: `problem()` says why at once and the handler is not called. request: may be empty.
    bool open_tcp(Reactor& reactor, const std::string& address, std::uint16_t port,
                  std::string request, Handler handler);
    bool open_unix(Reactor& reactor, const std::string& path, std::string request, Handler handler);
    void stop();
    // Hands the connection over, to who goes on with it in another way.
    Descriptor release();

    const std::string& received() const { return received_; }
    const std::string& problem() const { return problem_; }
    int error() const { return error_; }  // errno behind the problem; 0: none

  private:
    bool open(Reactor& reactor, int family, const void* address, unsigned size);
    void writable();
    void send_proxy_header();
    void readable();
    void fail(int error);

    Reactor* reactor_ = nullptr;
    Descriptor socket_;
    Reactor::Watch watch_;  // after socket_: ends before it
    Handler handler_;
    std::string peer_;
    std::string request_;
    std::string received_;
    std::string problem_;
    int error_ = 0;
    bool connected_ = false;
    bool proxy_header_ = false;
};

}  // namespace understudy
