// A non-blocking TLS connection for probes, with the face of Stream: connect, shake hands, send one
// request, collect the answer. Lives in the Reactor and never blocks; the caller's deadline bounds
// it. Used by attempt.h. The only file beside link.cpp that knows OpenSSL.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "agent/checks/stream.h"
#include "agent/reactor.h"

struct ssl_st;
struct ssl_ctx_st;

namespace understudy {

// What connections share, made with the first one: an agent that probes nobody pays nothing. It
// outlives its streams. Authorities are those of the system, read one by one when one is needed.
class TlsClient {
  public:
    TlsClient() = default;
    TlsClient(const TlsClient&) = delete;
    TlsClient& operator=(const TlsClient&) = delete;
    ~TlsClient();
    ssl_ctx_st* context();  // null: there is no memory

  private:
    ssl_ctx_st* context_ = nullptr;
};

class TlsStream {
  public:
    using Progress = Stream::Progress;
    using Handler = Stream::Handler;

    struct Peer {
        std::string address;  // numeric
        std::uint16_t port = 443;
        std::string name;           // that TLS is told, unless it is an address
        bool verify = false;        // the certificate must be for it, by an authority that we know
        bool proxy_header = false;  // Stream::begin_with_proxy_header()
    };
    TlsStream() = default;
    TlsStream(const TlsStream&) = delete;
    TlsStream& operator=(const TlsStream&) = delete;
    ~TlsStream();

    // As Stream::open_tcp().
    bool open(TlsClient& client, Reactor& reactor, const Peer& peer, std::string request,
              Handler handler);
    void stop();

    const std::string& received() const { return received_; }
    const std::string& problem() const { return problem_; }
    // ENOMEM: it never came to TLS, for reasons of this machine.
    int error() const { return error_ != 0 ? error_ : tcp_.error(); }

  private:
    bool prepare(TlsClient& client, const Peer& peer);
    void connected();
    void go_on();
    bool shake_hands();
    bool send();
    void receive();
    void call_back(Reactor::Interest interest);
    bool wait_or_fail(int result);
    void fail(std::string problem);
    std::string why_no_tls() const;

    Reactor* reactor_ = nullptr;
    Stream tcp_;  // until it is connected
    Descriptor socket_;
    Reactor::Watch watch_;  // after socket_: ends before it
    ssl_st* ssl_ = nullptr;
    Handler handler_;
    std::string request_;
    std::string received_;
    std::string problem_;
    int error_ = 0;
    bool shaken_ = false;
};

}  // namespace understudy
