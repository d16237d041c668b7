// HttpListener: the sockets of the API. Bytes go through HttpReader, requests out as ApiRequest,
// answers come by id, perhaps some turns later. libwebsockets carries bytes and TLS here; HTTP
// itself is HttpReader's, since libwebsockets' own parser knows no limit it answers for, few
// methods and no strict framing. Used by Hub; loop thread.
//
// Nobody is in another's way: each address has so many connections (Places), bodies are taken from
// those who may send them (HttpGate), and who holds most memory is refused when all hold too much.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/log_limit.h"
#include "base/result.h"
#include "controller/hub/acceptor.h"
#include "controller/hub/hub.h"

struct lws;
struct lws_vhost;

namespace understudy {

class HttpListener {
  public:
    HttpListener(const HttpLimits& limits, const HttpGate& gate, Arrivals& arrivals);
    ~HttpListener();

    Result<Done> open(Loop& loop, Tls* tls, const std::vector<ListenAddress>& addresses);
    const std::vector<ListenAddress>& bound() const { return acceptor_->bound(); }

    void respond(HttpRequestId request, const ApiResponse& response);
    void tick(Instant now);  // deadlines
    Instant next_deadline() const { return next_check_; }

    void begin_stop();  // no new requests; those under way are answered
    bool stopped() const { return stopping_ && connections_.empty(); }
    void abandon();

    void add_to(HubCounters& counters) const;
    std::vector<Budget> budgets(Instant now) const;

    struct Connection;
    struct Callback;  // libwebsockets' way in

  private:
    void accept(int descriptor, const Peer& peer);
    void give_way(Connection& connection);
    void receive(Connection& connection, std::string_view bytes);
    void pump(Connection& connection);
    bool allow_body(Connection& connection);
    void hand_over(Connection& connection);
    void recount(Connection& connection);
    void relieve();
    Connection* holder_of_most_bytes() const;
    void gone(Connection& connection);
    void forget_request(Connection& connection);

    // http_answering.cpp
    void refuse(Connection& connection, int status, const Error& error);
    void answer(Connection& connection, const ApiResponse& response, bool keep_alive);
    bool slowed(Connection& connection);
    void deliver(Connection& connection, std::string_view bytes);
    void send(Connection& connection, std::string_view bytes);
    int writeable(Connection& connection);
    void set_deadline(Connection& connection, Duration time);
    void expire(Connection& connection);

    const HttpLimits limits_;
    const HttpGate& gate_;
    Arrivals& arrivals_;  // its requests, and those gone
    Places places_;
    WrongTokens wrong_tokens_;
    LogLimit token_log_, slow_log_;
    HubCounters counters_;
    std::uint64_t too_many_bytes_ = 0;
    std::uint64_t slowed_ = 0;  // of the wrong tokens, answered late
    lws_vhost* vhost_ = nullptr;
    Tls* tls_ = nullptr;
    std::unique_ptr<Acceptor> acceptor_;
    std::unordered_map<Connection*, std::unique_ptr<Connection>> connections_;
    std::unordered_map<HttpRequestId, Connection*> waiting_;
    HttpRequestId last_request_ = 0;
    std::size_t buffered_bytes_ = 0;  // of all connections
    Instant next_check_ = kNever;
    bool stopping_ = false;
    std::string frame_;
};

}  // namespace understudy
