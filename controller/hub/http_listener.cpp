#include "controller/hub/http_listener.h"

#include <libwebsockets.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "base/log.h"
#include "controller/hub/http_connection.h"
#include "controller/hub/vhost.h"

namespace understudy {

namespace {

constexpr std::size_t kPipelinedBytes = 64 * 1024;  // behind a request that is being answered

// Who administers is called by his name, or by his number when that cannot be had so soon.
constexpr Duration kNamePeriod{5}, kNamePatience{2'000};
constexpr std::size_t kMostUnnamed = 64;

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

HttpListener::HttpListener(const HttpLimits& limits, std::vector<std::string> headers,
                           const HttpGate& gate, Arrivals& arrivals)
    : limits_(limits),
      headers_(std::move(headers)),
      gate_(gate),
      arrivals_(arrivals),
      places_(limits.places),
      wrong_tokens_(limits.wrong_tokens),
      local_peers_({}) {}

HttpListener::~HttpListener() = default;

Result<Done> HttpListener::open(Loop& loop, Tls* tls, const std::vector<ListenAddress>& addresses) {
    tls_ = tls;
    Result<lws_vhost*> made = make_vhost(loop, {"api", kProtocols, this, tls});
    if (!made) return made.error();
    vhost_ = *made;
    acceptor_ = std::make_unique<Acceptor>(
        loop.uv(), [this] { return places_.any_left(BootClock::now()); },
        [this](int descriptor, const Peer& peer, const auto& who) {
            accept(descriptor, peer, who);
        });
    for (const ListenAddress& address : addresses) {
        Result<Done> listening = acceptor_->listen(address);
        if (!listening) return listening;
    }
    return Done{};
}

Result<Done> HttpListener::open_locally(Loop& loop, const LocalSocket& local) {
    Result<lws_vhost*> made = make_vhost(loop, {"local", kProtocols, this, nullptr});
    if (!made) return made.error();
    local_vhost_ = *made;
    local_peers_ = LocalPeers{local.gids};
    return acceptor_->listen(local);
}

void HttpListener::accept(int descriptor, const Peer& peer,
                          const std::optional<LocalCredentials>& who) {
    if (!who) return take_in(descriptor, peer, std::nullopt);
    if (auto local = local_peers_.look_at(*who))
        return take_in(descriptor, peer, *std::move(local));
    if (unnamed_.size() >= kMostUnnamed)
        return take_in(descriptor, peer, local_peers_.by_number(*who));
    const Instant now = BootClock::now();
    unnamed_.push_back({descriptor, peer, *who, now + kNamePatience});
    ask_names_at_ = std::min(ask_names_at_, now + kNamePeriod);
}

void HttpListener::take_in_named(Instant now) {
    if (now < ask_names_at_) return;
    for (Unnamed& each : std::exchange(unnamed_, {})) {
        auto local = local_peers_.look_at(each.who);
        if (!local && now >= each.patience) local = local_peers_.by_number(each.who);
        if (local) {
            take_in(each.descriptor, each.peer, std::move(local));
        } else {
            unnamed_.push_back(std::move(each));
        }
    }
    ask_names_at_ = unnamed_.empty() ? kNever : now + kNamePeriod;
}

void HttpListener::drop_unnamed() {
    for (const Unnamed& each : std::exchange(unnamed_, {}))
        ::close(each.descriptor);
    ask_names_at_ = kNever;
}

void HttpListener::take_in(int descriptor, const Peer& peer, std::optional<LocalPeer> local) {
    const Instant now = BootClock::now();
    const Places::Room room = places_.make_room(peer, now);
    if (room.gives_way != nullptr) give_way(*static_cast<Connection*>(room.gives_way));
    if (!room.admitted) {
        ::close(descriptor);
        return;
    }
    ++counters_.http_connections;
    auto made = std::make_unique<Connection>(this, peer, limits_.head_bytes, headers_);
    Connection& connection = *made;
    connections_.emplace(&connection, std::move(made));
    connection.place = places_.take(peer, &connection, now);
    set_deadline(connection, limits_.head_time);
    connection.local = std::move(local);
    connection.socket =
        adopt(connection.local ? local_vhost_ : vhost_, descriptor, false, &connection);
}

void HttpListener::give_way(Connection& connection) {
    connection.place = Places::kNone;
    forget_request(connection);
    connection.stage = Connection::Stage::Lingering;
    set_deadline(connection, Connection::kLingerTime);
    if (connection.socket != nullptr) drop(connection.socket);
}

void HttpListener::receive(Connection& connection, std::string_view bytes) {
    if (connection.over()) return;
    connection.reader.feed(bytes);
    recount(connection);
    if (!connection.reading()) {
        if (connection.reader.buffered_bytes() > kPipelinedBytes) drop(connection.socket);
        return;
    }
    relieve();
    pump(connection);
}

// Reads on until a request is complete, more is needed or the client is refused.
void HttpListener::pump(Connection& connection) {
    while (connection.reading()) {
        switch (connection.reader.next()) {
            case HttpReader::Next::NeedMore:
                recount(connection);
                if (connection.reader.in_body()) {
                    if (!std::exchange(connection.in_body, true)) {
                        set_deadline(connection, limits_.body_time);
                    }
                } else if (!connection.reader.idle() && !std::exchange(connection.in_head, true)) {
                    set_deadline(connection, limits_.head_time);
                }
                return;
            case HttpReader::Next::Body:
                if (!allow_body(connection)) return;
                break;
            case HttpReader::Next::Continue:
                send(connection, "HTTP/1.1 100 Continue\r\n\r\n");
                break;
            case HttpReader::Next::Request:
                hand_over(connection);
                return;
            case HttpReader::Next::Refused:
                refuse(connection, connection.reader.refusal().status,
                       connection.reader.refusal().error);
                return;
        }
    }
}

namespace {

ApiRequest request_of(HttpMessage message, const Peer& peer,
                      const std::optional<LocalPeer>& local) {
    ApiRequest request;
    request.method = message.method == "HEAD" ? "GET" : std::move(message.method);
    request.path = std::move(message.path);
    request.query = std::move(message.query);
    request.authorization = std::move(message.authorization);
    request.content_type = std::move(message.content_type);
    request.if_match = std::move(message.if_match);
    request.if_none_match = std::move(message.if_none_match);
    request.accepts_gzip = message.accepts_gzip;
    request.idempotency_key = std::move(message.idempotency_key);
    request.body = std::move(message.body);
    request.host = std::move(message.host);
    request.headers = std::move(message.kept);
    request.peer = peer.to_string();
    request.local = local;
    return request;
}

// By which a wrong token, or what stands for one, is told from the next.
std::size_t hash_of_shown(const ApiRequest& request) {
    if (!request.authorization.empty()) return std::hash<std::string>{}(request.authorization);
    // The body of who logs in has a token.
    return std::hash<std::string>{}(std::string{request.header("cookie")} + request.body);
}

}  // namespace

bool HttpListener::allow_body(Connection& connection) {
    const ApiRequest head = request_of(connection.reader.head(), connection.peer, connection.local);
    const auto allowed = gate_.body_allowed(head);
    if (const auto* limit = std::get_if<std::size_t>(&allowed)) {
        places_.keep(connection.place);  // who may send it is not in the way
        connection.reader.allow_body(*limit);
        return true;
    }
    ++counters_.http_refused;
    connection.token = hash_of_shown(head);
    connection.with_body = connection.reader.head().method != "HEAD";
    answer(connection, std::get<ApiResponse>(allowed), false);
    return false;
}

void HttpListener::hand_over(Connection& connection) {
    HttpMessage message = connection.reader.take();
    recount(connection);
    connection.in_head = connection.in_body = false;
    connection.with_body = message.method != "HEAD";
    connection.keep_alive = message.keep_alive && !stopping_;
    connection.in_chunks = message.takes_chunks;
    connection.request = ++last_request_;
    connection.stage = Connection::Stage::Waiting;
    waiting_.emplace(connection.request, &connection);
    places_.keep(connection.place);
    set_deadline(connection, limits_.answer_time);

    ApiRequest request = request_of(std::move(message), connection.peer, connection.local);
    request.id = connection.request;
    connection.token = hash_of_shown(request);
    ++counters_.http_requests;
    arrivals_.requests.push_back(std::move(request));
}

// Nobody waits for its answer any more: what it costs can be saved.
void HttpListener::forget_request(Connection& connection) {
    const HttpRequestId request = std::exchange(connection.request, 0);
    const bool waited = waiting_.erase(request) != 0;
    if (waited || forget_stream(connection, request)) arrivals_.gone.push_back(request);
}

void HttpListener::gone(Connection& connection) {
    forget_request(connection);
    places_.leave(connection.place);
    buffered_bytes_ -= connection.counted_bytes;
    connections_.erase(&connection);
    if (!stopping_) acceptor_->resume();
}

void HttpListener::tick(Instant now) {
    take_in_named(now);
    if (now < next_check_) return;
    std::vector<Connection*> due;
    for (const auto& [connection, owned] : connections_) {
        if (now >= connection->deadline && connection->socket != nullptr) due.push_back(connection);
    }
    for (Connection* connection : due)
        expire(*connection);
    const Duration shortest =
        std::min({Connection::kCheckPeriod, limits_.head_time, limits_.body_time});
    next_check_ = connections_.empty() ? kNever : now + shortest;
    if (!stopping_) acceptor_->resume();  // some may have stood still long enough to give way
}

void HttpListener::begin_stop() {
    if (std::exchange(stopping_, true)) return;
    drop_unnamed();
    if (acceptor_) acceptor_->close();
    for (const auto& [connection, owned] : connections_) {
        const bool idle = connection->reading() || connection->stage == Connection::Stage::Held;
        if (connection->stage == Connection::Stage::Streaming) end_stream(*connection);
        if (idle && connection->socket != nullptr) drop(connection->socket);
    }
}

void HttpListener::abandon() {
    stopping_ = true;
    drop_unnamed();
    if (acceptor_) acceptor_->close();
}

}  // namespace understudy
