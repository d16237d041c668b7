// HttpListener: the sockets of the API. Bytes go through HttpReader, requests out as ApiRequest,
// answers come by id, perhaps some turns later. libwebsockets carries bytes and TLS here; HTTP
// itself is HttpReader's, since libwebsockets' own parser knows no limit it answers for, few
// methods and no strict framing. Used by Hub; loop thread.
//
// Nobody is in another's way: each address has so many connections (Places), bodies are taken from
// those who may send them (HttpGate), and who holds most memory is refused when all hold too much.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
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
    // `headers`: in lower case, which the API reads beside those that have a place of their own.
    HttpListener(const HttpLimits& limits, std::vector<std::string> headers, const HttpGate& gate,
                 Arrivals& arrivals);
    ~HttpListener();

    Result<Done> open(Loop& loop, Tls* tls, const std::vector<ListenAddress>& addresses);
    // After open(): at a Unix socket too, where there is no TLS.
    Result<Done> open_locally(Loop& loop, const LocalSocket& local);
    const std::vector<ListenAddress>& bound() const { return acceptor_->bound(); }

    void respond(HttpRequestId request, const ApiResponse& response);
    void stream(HttpRequestId request, std::string_view bytes);
    void end_stream(HttpRequestId request);
    void tick(Instant now);  // deadlines
    Instant next_deadline() const { return std::min(next_check_, ask_names_at_); }

    void begin_stop();  // no new requests; those under way are answered
    bool stopped() const { return stopping_ && connections_.empty(); }
    void abandon();

    void add_to(HubCounters& counters) const;
    std::vector<Budget> budgets(Instant now) const;

    struct Connection;
    struct Callback;  // libwebsockets' way in

  private:
    void accept(int descriptor, const Peer& peer, const std::optional<LocalCredentials>& who);
    void take_in(int descriptor, const Peer& peer, std::optional<LocalPeer> local);
    void take_in_named(Instant now);
    void drop_unnamed();
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
    void note_forbidden(const Connection& connection);
    void deliver(Connection& connection, std::string_view bytes);
    void send(Connection& connection, std::string_view bytes);
    int writeable(Connection& connection);
    void set_deadline(Connection& connection, Duration time);
    void expire(Connection& connection);

    // http_streams.cpp
    bool begin_stream(Connection& connection, HttpRequestId request, const ApiResponse& response);
    void say(Connection& connection, std::string_view bytes);
    void get_on(Connection& connection);
    void drop_viewer(Connection& connection);
    void end_stream(Connection& connection);
    bool forget_stream(const Connection& connection, HttpRequestId request);
    std::optional<ApiResponse> no_more_streams(const Peer& peer);
    void add_stream_budgets(std::vector<Budget>& budgets) const;

    const HttpLimits limits_;
    const std::vector<std::string> headers_;
    const HttpGate& gate_;
    Arrivals& arrivals_;  // its requests, and those gone
    Places places_;
    WrongTokens wrong_tokens_;
    LogLimit token_log_, slow_log_, forbidden_log_;
    HubCounters counters_;
    std::uint64_t too_many_bytes_ = 0;
    std::uint64_t slowed_ = 0;  // of the wrong tokens, answered late
    lws_vhost* vhost_ = nullptr;
    lws_vhost* local_vhost_ = nullptr;
    LocalPeers local_peers_;
    struct Unnamed {
        int descriptor;
        Peer peer;
        LocalCredentials who;
        Instant patience;
    };
    std::vector<Unnamed> unnamed_;  // whose names are being looked up
    Instant ask_names_at_ = kNever;
    Tls* tls_ = nullptr;
    std::unique_ptr<Acceptor> acceptor_;
    std::unordered_map<Connection*, std::unique_ptr<Connection>> connections_;
    std::unordered_map<HttpRequestId, Connection*> waiting_, streams_;
    std::map<std::array<std::uint8_t, 16>, std::size_t> streams_of_;  // by Peer::group()
    std::uint64_t streams_refused_ = 0, streams_refused_to_address_ = 0, viewers_dropped_ = 0;
    HttpRequestId last_request_ = 0;
    std::size_t buffered_bytes_ = 0;  // of all connections
    Instant next_check_ = kNever;
    bool stopping_ = false;
    std::string frame_;
};

}  // namespace understudy
