#include "controller/hub/http_listener.h"

#include <libwebsockets.h>
#include <sys/socket.h>

#include <algorithm>

#include "base/log.h"
#include "controller/hub/http_answer.h"
#include "controller/hub/http_reader.h"
#include "controller/hub/vhost.h"

namespace understudy {

struct HttpListener::Connection {
    // Reading -> Waiting (the API has the request) -> Reading ... -> Flushing (last answer) ->
    // Lingering (our side is shut; what still comes is thrown away, so that no reset overtakes the
    // answer).
    enum class Stage : std::uint8_t { Reading, Waiting, Flushing, Lingering };

    Connection(HttpListener* listener, const Peer& other, const HttpLimits& limits)
        : owner(listener),
          peer(other),
          reader(limits.head_bytes, limits.body_bytes,
                 {limits.roomy_path, limits.roomy_body_bytes}) {}

    HttpListener* owner;
    lws* socket = nullptr;  // null once it closes
    Peer peer;
    HttpReader reader;
    Stage stage = Stage::Reading;
    bool keep_alive = true, with_body = true, in_head = false, in_body = false;
    HttpRequestId request = 0;
    std::size_t counted_bytes = 0;
    Instant deadline = kNever;
};

namespace {

constexpr Duration kCheckPeriod{250};
constexpr Duration kFlushTime{30'000};
constexpr Duration kLingerTime{2'000};
constexpr std::size_t kPipelinedBytes = 64 * 1024;    // behind a request that is being answered
constexpr std::size_t kAllBufferedBytes = 64u << 20;  // of all connections

}  // namespace

struct HttpListener::Callback {
    static int handle(lws* socket, lws_callback_reasons reason, void* user, void* in,
                      std::size_t length) {
        if (reason == LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS) {
            auto* listener =
                static_cast<HttpListener*>(lws_vhost_user(static_cast<lws_vhost*>(in)));
            const Result<Done> loaded = listener->tls_->adopt(static_cast<ssl_ctx_st*>(user));
            if (!loaded) log::error("hub", loaded.error().text());
            return loaded ? 0 : -1;
        }
        if (reason != LWS_CALLBACK_RAW_RX && reason != LWS_CALLBACK_RAW_WRITEABLE &&
            reason != LWS_CALLBACK_RAW_CLOSE && reason != LWS_CALLBACK_WSI_DESTROY) {
            return 0;
        }
        auto* connection = static_cast<Connection*>(lws_get_opaque_user_data(socket));
        if (connection == nullptr) return 0;
        HttpListener& listener = *connection->owner;
        switch (reason) {
            case LWS_CALLBACK_RAW_RX:
                // Deadlines are ours from here; libwebsockets' own timer covers the TLS handshake.
                lws_set_timeout(socket, NO_PENDING_TIMEOUT, 0);
                listener.receive(*connection, {static_cast<const char*>(in), length});
                return 0;
            case LWS_CALLBACK_RAW_WRITEABLE:
                return listener.writeable(*connection);
            case LWS_CALLBACK_RAW_CLOSE:
                connection->socket = nullptr;
                return 0;
            default:
                lws_set_opaque_user_data(socket, nullptr);
                listener.gone(*connection);
                return 0;
        }
    }
};

namespace {

const lws_protocols kProtocols[] = {
    {"http",
     [](lws* socket, lws_callback_reasons reason, void* user, void* in, std::size_t length) {
         return HttpListener::Callback::handle(socket, reason, user, in, length);
     },
     0, 0, 0, nullptr, 0},
    {nullptr, nullptr, 0, 0, 0, nullptr, 0},
};

}  // namespace

HttpListener::HttpListener(const HttpLimits& limits, std::vector<ApiRequest>& requests)
    : limits_(limits), requests_(requests) {}

HttpListener::~HttpListener() = default;

Result<Done> HttpListener::open(Loop& loop, Tls* tls, const std::vector<ListenAddress>& addresses) {
    tls_ = tls;
    Result<lws_vhost*> made = make_vhost(loop, {"api", kProtocols, this, tls});
    if (!made) return made.error();
    vhost_ = *made;
    acceptor_ = std::make_unique<Acceptor>(
        loop.uv(),
        [this] { return connections_.size() < static_cast<std::size_t>(limits_.connections); },
        [this](int descriptor, const Peer& peer) { accept(descriptor, peer); });
    for (const ListenAddress& address : addresses) {
        Result<Done> listening = acceptor_->listen(address);
        if (!listening) return listening;
    }
    return Done{};
}

void HttpListener::accept(int descriptor, const Peer& peer) {
    ++counters_.http_connections;
    auto made = std::make_unique<Connection>(this, peer, limits_);
    Connection& connection = *made;
    connections_.emplace(&connection, std::move(made));
    set_deadline(connection, limits_.head_time);
    connection.socket = adopt(vhost_, descriptor, false, &connection);
}

void HttpListener::receive(Connection& connection, std::string_view bytes) {
    if (connection.stage == Connection::Stage::Flushing ||
        connection.stage == Connection::Stage::Lingering) {
        return;
    }
    connection.reader.feed(bytes);
    buffered_bytes_ += bytes.size();
    connection.counted_bytes += bytes.size();
    if (connection.stage == Connection::Stage::Waiting) {
        if (connection.reader.buffered_bytes() > kPipelinedBytes) drop(connection.socket);
        return;
    }
    if (buffered_bytes_ > kAllBufferedBytes) {
        return refuse(connection, 503, "too much is being sent at once, try again");
    }
    pump(connection);
}

// Reads on until a request is complete, more is needed or the client is refused.
void HttpListener::pump(Connection& connection) {
    while (connection.stage == Connection::Stage::Reading) {
        switch (connection.reader.next()) {
            case HttpReader::Next::NeedMore:
                if (connection.reader.in_body()) {
                    if (!std::exchange(connection.in_body, true)) {
                        set_deadline(connection, limits_.body_time);
                    }
                } else if (!connection.reader.idle() && !std::exchange(connection.in_head, true)) {
                    set_deadline(connection, limits_.head_time);
                }
                return;
            case HttpReader::Next::Continue:
                send(connection, "HTTP/1.1 100 Continue\r\n\r\n");
                break;
            case HttpReader::Next::Request:
                hand_over(connection);
                return;
            case HttpReader::Next::Refused:
                refuse(connection, connection.reader.refusal().status,
                       connection.reader.refusal().message);
                return;
        }
    }
}

void HttpListener::hand_over(Connection& connection) {
    HttpMessage message = connection.reader.take();
    buffered_bytes_ -= connection.counted_bytes - connection.reader.buffered_bytes();
    connection.counted_bytes = connection.reader.buffered_bytes();
    connection.in_head = connection.in_body = false;
    connection.with_body = message.method != "HEAD";
    connection.keep_alive = message.keep_alive && !stopping_;
    connection.request = ++last_request_;
    connection.stage = Connection::Stage::Waiting;
    waiting_.emplace(connection.request, &connection);
    set_deadline(connection, limits_.answer_time);

    ApiRequest request;
    request.id = connection.request;
    request.method = connection.with_body ? std::move(message.method) : "GET";
    request.path = std::move(message.path);
    request.query = std::move(message.query);
    request.authorization = std::move(message.authorization);
    request.content_type = std::move(message.content_type);
    request.if_none_match = std::move(message.if_none_match);
    request.body = std::move(message.body);
    request.peer = connection.peer.to_string();
    ++counters_.http_requests;
    requests_.push_back(std::move(request));
}

void HttpListener::respond(HttpRequestId request, const ApiResponse& response) {
    const auto found = waiting_.find(request);
    if (found == waiting_.end()) return;
    Connection& connection = *found->second;
    waiting_.erase(found);
    connection.request = 0;
    connection.stage = Connection::Stage::Reading;
    answer(connection, response, connection.keep_alive && !stopping_, connection.with_body);
    pump(connection);
}

void HttpListener::refuse(Connection& connection, int status, const std::string& detail) {
    ++counters_.http_refused;
    answer(connection, http_problem(status, detail), false, true);
}

void HttpListener::answer(Connection& connection, const ApiResponse& response, bool keep_alive,
                          bool with_body) {
    send(connection, http_answer(response, keep_alive, with_body));
    if (keep_alive) return set_deadline(connection, limits_.idle_time);
    connection.stage = Connection::Stage::Flushing;
    set_deadline(connection, kFlushTime);
    if (connection.socket != nullptr) lws_callback_on_writable(connection.socket);
}

void HttpListener::send(Connection& connection, std::string_view bytes) {
    if (connection.socket == nullptr) return;
    frame_.assign(LWS_PRE, '\0');
    frame_ += bytes;
    const int written =
        lws_write(connection.socket, reinterpret_cast<unsigned char*>(frame_.data()) + LWS_PRE,
                  bytes.size(), LWS_WRITE_RAW);
    if (frame_.capacity() > kPipelinedBytes) frame_ = std::string{};
    if (written < 0) drop(connection.socket);
}

// Comes when everything has left. The socket stays open for the client to read the answer and hang
// up.
int HttpListener::writeable(Connection& connection) {
    if (connection.stage != Connection::Stage::Flushing) return 0;
    connection.stage = Connection::Stage::Lingering;
    set_deadline(connection, kLingerTime);
    shutdown(lws_get_socket_fd(connection.socket), SHUT_WR);
    return 0;
}

void HttpListener::gone(Connection& connection) {
    waiting_.erase(connection.request);
    buffered_bytes_ -= connection.counted_bytes;
    connections_.erase(&connection);
    if (!stopping_) acceptor_->resume();
}

void HttpListener::set_deadline(Connection& connection, Duration time) {
    const Instant now = BootClock::now();
    connection.deadline = now + time;
    next_check_ = std::min(next_check_, now + std::min(kCheckPeriod, time));
}

void HttpListener::tick(Instant now) {
    if (now < next_check_) return;
    std::vector<Connection*> due;
    for (const auto& [connection, owned] : connections_) {
        if (now >= connection->deadline && connection->socket != nullptr) due.push_back(connection);
    }
    for (Connection* connection : due)
        expire(*connection);
    const Duration shortest = std::min({kCheckPeriod, limits_.head_time, limits_.body_time});
    next_check_ = connections_.empty() ? kNever : now + shortest;
}

void HttpListener::expire(Connection& connection) {
    switch (connection.stage) {
        case Connection::Stage::Reading:
            if (connection.in_head || connection.in_body) {
                return refuse(connection, 408, "the request did not arrive in time");
            }
            break;
        case Connection::Stage::Waiting:
            waiting_.erase(std::exchange(connection.request, 0));
            return refuse(connection, 504, "the answer took too long; look whether it was done");
        case Connection::Stage::Flushing:
        case Connection::Stage::Lingering:
            break;
    }
    connection.deadline = BootClock::now() + kFlushTime;
    drop(connection.socket);
}

void HttpListener::begin_stop() {
    if (std::exchange(stopping_, true)) return;
    if (acceptor_) acceptor_->close();
    for (const auto& [connection, owned] : connections_) {
        const bool idle = connection->stage == Connection::Stage::Reading;
        if (idle && connection->socket != nullptr) drop(connection->socket);
    }
}

void HttpListener::abandon() {
    stopping_ = true;
    if (acceptor_) acceptor_->close();
}

void HttpListener::add_to(HubCounters& counters) const {
    counters.http_connections += counters_.http_connections;
    counters.http_requests += counters_.http_requests;
    counters.http_refused += counters_.http_refused;
}

}  // namespace understudy
