#include "controller/hub/agent_listener.h"

#include <libwebsockets.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "base/ensure.h"
#include "base/log.h"
#include "controller/hub/vhost.h"
#include "schema/wire.h"

namespace understudy {

struct AgentListener::Connection {
    enum class Stage : std::uint8_t { Making, Linked, Leaving };

    AgentListener* owner = nullptr;
    lws* socket = nullptr;  // null once it closes
    Peer peer;
    Stage stage = Stage::Making;
    bool counted = true;    // by Admission
    bool upgraded = false;  // WebSocket: closes with a code
    std::uint16_t close_code = 0;
    Liveness::Slot slot = Liveness::kNone;
    LinkId id = 0;
    Instant deadline = kNever;      // while watched
    std::optional<AgentLink> link;  // from the login on
    std::string name;
    std::string text;  // fragments of a message, or why we close
};

namespace {

constexpr Duration kCloseTime{5'000};  // for our close to be taken and answered
constexpr Duration kCheckPeriod{250};
constexpr std::size_t kStopWave = 500;
constexpr Duration kStopWavePeriod{50};
constexpr std::size_t kCloseReasonBytes = 120;  // RFC 6455 5.5: 125 with the code
constexpr std::string_view kBearer = "Bearer ";

std::string header(lws* socket, lws_token_indexes token) {
    std::string value(static_cast<std::size_t>(lws_hdr_total_length(socket, token)) + 1, '\0');
    const int length = lws_hdr_copy(socket, value.data(), static_cast<int>(value.size()), token);
    value.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
    return value;
}

// Sec-WebSocket-Protocol is a comma-separated list.
bool offers_subprotocol(std::string_view offered) {
    while (!offered.empty()) {
        const std::size_t comma = std::min(offered.find(','), offered.size());
        std::string_view item = offered.substr(0, comma);
        offered.remove_prefix(std::min(comma + 1, offered.size()));
        while (!item.empty() && item.front() == ' ')
            item.remove_prefix(1);
        while (!item.empty() && item.back() == ' ')
            item.remove_suffix(1);
        if (item == wire::kSubprotocol) return true;
    }
    return false;
}

}  // namespace

// libwebsockets calls with a socket; everything else is a method of the listener.
struct AgentListener::Callback {
    static Connection* connection_of(lws* socket) {
        return static_cast<Connection*>(lws_get_opaque_user_data(socket));
    }

    static int load_certificate(void* vhost, void* context) {
        auto* listener =
            static_cast<AgentListener*>(lws_vhost_user(static_cast<lws_vhost*>(vhost)));
        const Result<Done> loaded = listener->tls_->adopt(static_cast<ssl_ctx_st*>(context));
        if (!loaded) log::error("hub", loaded.error().text());
        return loaded ? 0 : -1;
    }

    static int handle(lws* socket, lws_callback_reasons reason, void* user, void* in,
                      std::size_t length) {
        if (reason == LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS) {
            return load_certificate(in, user);
        }
        switch (reason) {
            case LWS_CALLBACK_HTTP:
            case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
            case LWS_CALLBACK_ESTABLISHED:
            case LWS_CALLBACK_RECEIVE:
            case LWS_CALLBACK_RECEIVE_PONG:
            case LWS_CALLBACK_SERVER_WRITEABLE:
            case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
            case LWS_CALLBACK_CLOSED:
            case LWS_CALLBACK_CLOSED_HTTP:
            case LWS_CALLBACK_WSI_DESTROY: {
                Connection* connection = connection_of(socket);
                if (connection == nullptr) return 0;
                return on(*connection, socket, reason,
                          std::string_view{static_cast<const char*>(in), in ? length : 0});
            }
            default:
                return 0;
        }
    }

    static int on(Connection& connection, lws* socket, lws_callback_reasons reason,
                  std::string_view in) {
        AgentListener& listener = *connection.owner;
        switch (reason) {
            case LWS_CALLBACK_HTTP:
                ++listener.counters_.refused_upgrade;
                return listener.refuse_upgrade(connection, "426 Upgrade Required",
                                               "agents connect here by WebSocket");
            case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
                return listener.upgrade(connection);
            case LWS_CALLBACK_ESTABLISHED:
                connection.upgraded = true;
                return 0;
            case LWS_CALLBACK_RECEIVE:
                return receive(connection, socket, in);
            case LWS_CALLBACK_RECEIVE_PONG:
                if (connection.slot != Liveness::kNone) {
                    listener.liveness_.seen(connection.slot, BootClock::now());
                    listener.events_.push_back(AgentSeen{connection.link->server(), connection.id});
                }
                return 0;
            case LWS_CALLBACK_SERVER_WRITEABLE:
                return writeable(connection, socket);
            case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
                closed_by_peer(connection, in);
                return 0;
            case LWS_CALLBACK_CLOSED:
            case LWS_CALLBACK_CLOSED_HTTP:
                connection.socket = nullptr;
                listener.leave(connection, departure(connection), "connection closed");
                return 0;
            case LWS_CALLBACK_WSI_DESTROY:
                connection.socket = nullptr;
                listener.leave(connection, departure(connection), "connection closed");
                lws_set_opaque_user_data(socket, nullptr);
                listener.forget(connection);
                return 0;
            default:
                return 0;
        }
    }

    static Departure departure(const Connection& connection) {
        return connection.link ? connection.link->departure() : Departure::Closed;
    }

    static void closed_by_peer(Connection& connection, std::string_view payload) {
        std::string detail = "closed by the agent";
        if (payload.size() >= 2) {
            const auto high = static_cast<unsigned char>(payload[0]);
            const auto low = static_cast<unsigned char>(payload[1]);
            detail += " with code " + std::to_string(high * 256 + low);
        }
        connection.owner->leave(connection, departure(connection), detail);
    }

    // Pieces of at most rx_buffer_size; most messages are one.
    static int receive(Connection& connection, lws* socket, std::string_view piece) {
        AgentListener& listener = *connection.owner;
        if (connection.stage == Connection::Stage::Leaving) return 0;
        if (lws_frame_is_binary(socket)) {
            listener.apply(connection,
                           refuse(wire::kCloseProtocolError, "protocol_error",
                                  "messages are JSON in text frames, this one is binary"));
            return 0;
        }
        if (connection.text.size() + piece.size() + lws_remaining_packet_payload(socket) >
            wire::kMessageLimitBytes) {
            listener.apply(connection,
                           refuse(wire::kCloseProtocolError, "message_too_big",
                                  "a message may have " + std::to_string(wire::kMessageLimitBytes) +
                                      " bytes"));
            return 0;
        }
        const bool whole = lws_is_final_fragment(socket) != 0;
        if (!whole) {
            connection.text.append(piece);
        } else if (connection.text.empty()) {
            listener.receive(connection, piece);
        } else {
            std::string text = std::move(connection.text);
            connection.text = std::string{};
            listener.receive(connection, text.append(piece));
        }
        return 0;
    }

    // Only asked for to close: what was sent before has left by now.
    static int writeable(Connection& connection, lws* socket) {
        if (connection.close_code == 0) return 0;
        std::string why = connection.text.substr(0, kCloseReasonBytes);
        lws_close_reason(socket, static_cast<lws_close_status>(connection.close_code),
                         reinterpret_cast<unsigned char*>(why.data()), why.size());
        return -1;
    }
};

namespace {

// rx_buffer_size is kept by each connection for good; a heartbeat has some 40 bytes.
const lws_protocols kProtocols[] = {
    {"understudy.agent.v1",
     [](lws* socket, lws_callback_reasons reason, void* user, void* in, std::size_t length) {
         return AgentListener::Callback::handle(socket, reason, user, in, length);
     },
     0, 512, 0, nullptr, 0},
    {nullptr, nullptr, 0, 0, 0, nullptr, 0},
};

}  // namespace

AgentListener::AgentListener(const Options& options, const AgentDirectory& directory,
                             std::vector<Event>& events)
    : terms_(options.terms),
      login_time_(options.login_time),
      agents_limit_(options.agents_limit),
      directory_(directory),
      events_(events),
      admission_(options.admission) {
    ensure(kProtocols[0].name == wire::kSubprotocol);
}

AgentListener::~AgentListener() = default;

Result<Done> AgentListener::open(Loop& loop, Tls* tls,
                                 const std::vector<ListenAddress>& addresses) {
    tls_ = tls;
    Result<lws_vhost*> made = make_vhost(loop, {"agents", kProtocols, this, tls});
    if (!made) return made.error();
    vhost_ = *made;
    acceptor_ = std::make_unique<Acceptor>(
        loop.uv(), [this] { return !admission_.full(); },
        [this](int descriptor, const Peer& peer) { accept(descriptor, peer); });
    for (const ListenAddress& address : addresses) {
        Result<Done> listening = acceptor_->listen(address);
        if (!listening) return listening;
    }
    return Done{};
}

void AgentListener::accept(int descriptor, const Peer& peer) {
    ++counters_.agents_accepted;
    using enum Admission::Verdict;
    const Admission::Verdict verdict = connections_.size() >= agents_limit_
                                           ? TooManyFromAddress
                                           : admission_.admit(peer, BootClock::now());
    if (verdict != Admit) {
        ++(verdict == TooManyFailures ? counters_.refused_failures : counters_.refused_crowded);
        ::close(descriptor);
        return;
    }
    auto made = std::make_unique<Connection>();
    Connection& connection = *made;
    connections_.emplace(&connection, std::move(made));
    connection.owner = this;
    connection.peer = peer;
    watch(connection, login_time_);
    lws* socket = adopt(vhost_, descriptor, true, &connection);
    if (socket == nullptr) {
        finish_login(
            connection);  // the connection itself goes with its socket, or with this listener
        watched_.erase(&connection);
        return;
    }
    connection.socket = socket;
}

int AgentListener::upgrade(Connection& connection) {
    lws* socket = connection.socket;
    const bool websocket = strcasecmp(header(socket, WSI_TOKEN_UPGRADE).c_str(), "websocket") == 0;
    if (!websocket || header(socket, WSI_TOKEN_VERSION) != "13") {
        ++counters_.refused_upgrade;
        return refuse_upgrade(connection, "426 Upgrade Required",
                              "agents connect here by WebSocket, version 13");
    }
    if (!offers_subprotocol(header(socket, WSI_TOKEN_PROTOCOL))) {
        ++counters_.refused_upgrade;
        return refuse_upgrade(connection, "400 Bad Request",
                              "the request must offer the sub-protocol " +
                                  std::string(wire::kSubprotocol) + " in Sec-WebSocket-Protocol");
    }
    std::string authorization = header(socket, WSI_TOKEN_HTTP_AUTHORIZATION);
    std::optional<AgentDirectory::Agent> agent;
    if (strncasecmp(authorization.c_str(), kBearer.data(), kBearer.size()) == 0) {
        agent = directory_.authenticate(std::string_view{authorization}.substr(kBearer.size()));
    }
    explicit_bzero(authorization.data(), authorization.size());
    if (!agent) {
        ++counters_.refused_token;
        admission_.failed(connection.peer, BootClock::now());
        log::warning("hub", "an agent's token was refused",
                     {{"peer", connection.peer.to_string()}});
        return refuse_upgrade(
            connection, "401 Unauthorized",
            "unknown agent token: make a new one with "
            "'understudyctl server rotate-token <name>' and put it into the agent's token file");
    }
    connection.link.emplace(agent->server, BootClock::now());
    connection.name = std::move(agent->name);
    return 0;
}

// A plain text an operator finds in the agent's log.
int AgentListener::refuse_upgrade(Connection& connection, std::string_view status,
                                  std::string_view text) {
    std::string answer = "HTTP/1.1 " + std::string(status) + "\r\n";
    if (status.starts_with("401"))
        answer += "WWW-Authenticate: Bearer realm=\"understudy agents\"\r\n";
    if (status.starts_with("426")) {
        answer += "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";
    }
    answer += "Content-Type: text/plain; charset=utf-8\r\nContent-Length: " +
              std::to_string(text.size() + 1) + "\r\nConnection: close\r\n\r\n" +
              std::string(text) + "\n";
    frame_.assign(LWS_PRE, '\0');
    frame_ += answer;
    lws_write(connection.socket, reinterpret_cast<unsigned char*>(frame_.data()) + LWS_PRE,
              answer.size(), LWS_WRITE_HTTP);
    return -1;
}

void AgentListener::receive(Connection& connection, std::string_view text) {
    if (!connection.link) return;
    const Instant now = BootClock::now();
    ++counters_.messages;
    AgentLink::Identity identity;
    std::string peer;
    if (connection.stage == Connection::Stage::Making) {
        connection.id = last_link_ + 1;
        peer = connection.peer.to_string();
        identity.peer = peer;
        identity.name = connection.name;
    }
    identity.link = connection.id;
    const AgentLink::Outcome outcome =
        connection.link->receive(text, terms_, identity, now, events_);
    if (outcome.close_code == 0 && connection.slot != Liveness::kNone) {
        liveness_.seen(connection.slot, now);
    }
    apply(connection, outcome);
}

void AgentListener::apply(Connection& connection, const AgentLink::Outcome& outcome) {
    if (outcome.linked) link(connection);
    if (!outcome.reply.empty()) send(connection, outcome.reply);
    if (outcome.close_code == 0) return;
    ++counters_.protocol_errors;
    log::warning("hub", "closing an agent's connection",
                 {{"peer", connection.peer.to_string()},
                  {"server", connection.name},
                  {"reason", outcome.close_reason}});
    leave(connection, Departure::Closed, outcome.close_reason);
    begin_close(connection, outcome.close_code, outcome.close_reason);
}

// The newest connection of an agent wins: a second one usually means that the first is dead and its
// end has not been heard of yet. Nothing is reported about the older one, it is simply not the link
// any more.
void AgentListener::link(Connection& connection) {
    last_link_ = connection.id;
    ++counters_.agents_linked;
    connection.stage = Connection::Stage::Linked;
    finish_login(connection);
    watched_.erase(&connection);
    connection.slot = liveness_.add(&connection, terms_.heartbeat_interval, BootClock::now());
    Connection*& current = by_server_[connection.link->server()];
    Connection* older = std::exchange(current, &connection);
    if (older != nullptr) {
        ++counters_.replaced;
        begin_close(*older, wire::kCloseReplaced, "a newer connection of this agent took over");
    }
}

// Bookkeeping when a link ends, for whatever reason; the socket may live on for a moment.
void AgentListener::leave(Connection& connection, Departure how, std::string_view detail) {
    const bool was_linked = connection.stage == Connection::Stage::Linked;
    connection.stage = Connection::Stage::Leaving;
    if (connection.slot != Liveness::kNone) {
        liveness_.remove(std::exchange(connection.slot, Liveness::kNone));
    }
    if (!was_linked) return;
    connection.link->set_left();
    const auto current = by_server_.find(connection.link->server());
    if (current == by_server_.end() || current->second != &connection) return;
    by_server_.erase(current);
    if (stopping_ || abandoned_) return;
    events_.push_back(connection.link->left(connection.id, how, std::string(detail)));
}

void AgentListener::begin_close(Connection& connection, std::uint16_t code, std::string_view why) {
    connection.stage = Connection::Stage::Leaving;
    if (connection.slot != Liveness::kNone) {
        liveness_.remove(std::exchange(connection.slot, Liveness::kNone));
    }
    if (connection.socket == nullptr) return;
    if (!connection.upgraded) return drop(connection.socket);
    connection.close_code = code;
    connection.text = why;
    watch(connection, kCloseTime);
    lws_callback_on_writable(connection.socket);
}

void AgentListener::send(Connection& connection, std::string_view text) {
    // A peer that does not read gets no more acks: libwebsockets would keep them all.
    if (connection.socket == nullptr || lws_partial_buffered(connection.socket) != 0) return;
    frame_.assign(LWS_PRE, '\0');
    frame_ += text;
    lws_write(connection.socket, reinterpret_cast<unsigned char*>(frame_.data()) + LWS_PRE,
              text.size(), LWS_WRITE_TEXT);
}

void AgentListener::finish_login(Connection& connection) {
    if (!std::exchange(connection.counted, false)) return;
    admission_.finished(connection.peer);
    if (!admission_.full() && !stopping_) acceptor_->resume();
}

void AgentListener::forget(Connection& connection) {
    finish_login(connection);
    watched_.erase(&connection);
    connections_.erase(&connection);
}

void AgentListener::watch(Connection& connection, Duration time) {
    const Instant now = BootClock::now();
    connection.deadline = now + time;
    watched_.insert(&connection);
    next_check_ = std::min(next_check_, now + std::min(kCheckPeriod, time));
}

Instant AgentListener::next_deadline() const {
    return std::min({next_check_, liveness_.next_sweep(), next_wave_});
}

void AgentListener::tick(Instant now) {
    check_deadlines(now);
    check_silence(now);
    close_wave(now);
}

void AgentListener::check_deadlines(Instant now) {
    if (now < next_check_) return;
    for (Connection* connection : std::vector<Connection*>(watched_.begin(), watched_.end())) {
        if (now < connection->deadline || connection->socket == nullptr) continue;
        if (connection->stage == Connection::Stage::Making) {
            ++counters_.login_timeouts;
            connection->stage = Connection::Stage::Leaving;
            if (connection->upgraded) {
                const AgentLink::Outcome outcome =
                    refuse(wire::kCloseProtocolError, "no_hello", "no hello in time");
                send(*connection, outcome.reply);
                begin_close(*connection, outcome.close_code, outcome.close_reason);
                continue;
            }
        }
        connection->deadline = now + kCloseTime;
        drop(connection->socket);
    }
    next_check_ = watched_.empty() ? kNever : now + std::min(kCheckPeriod, login_time_);
}

void AgentListener::check_silence(Instant now) {
    if (now < liveness_.next_sweep()) return;
    const Liveness::Findings findings = liveness_.sweep(now);
    for (void* owner : findings.ping) {
        // With a payload: libwebsockets tells us nothing of an empty pong.
        lws* socket = static_cast<Connection*>(owner)->socket;
        frame_.assign(LWS_PRE, '\0');
        frame_ += '?';
        if (lws_partial_buffered(socket) == 0) {
            lws_write(socket, reinterpret_cast<unsigned char*>(frame_.data()) + LWS_PRE, 1,
                      LWS_WRITE_PING);
        }
    }
    for (void* owner : findings.silent) {
        Connection& connection = *static_cast<Connection*>(owner);
        ++counters_.silent;
        leave(connection, Departure::Silent, "no answer to a ping");
        drop(connection.socket);
    }
}

void AgentListener::close_agent(ServerId server, std::uint16_t code, std::string_view why) {
    const auto found = by_server_.find(server);
    if (found == by_server_.end()) return;
    Connection& connection = *found->second;
    send(connection, refuse(code, code == wire::kCloseTokenRevoked ? "token_revoked" : "closed",
                            std::string(why))
                         .reply);
    leave(connection, Departure::Replaced, why);
    begin_close(connection, code, why);
}

void AgentListener::begin_stop() {
    if (std::exchange(stopping_, true)) return;
    if (acceptor_) acceptor_->close();
    for (const auto& [server, connection] : by_server_)
        to_stop_.push_back(server);
    for (Connection* connection : watched_) {
        if (connection->stage == Connection::Stage::Making && connection->socket != nullptr) {
            drop(connection->socket);
        }
    }
    next_wave_ = BootClock::now();
}

// All at once would be one long turn, and all the agents back at the next controller in the same
// instant.
void AgentListener::close_wave(Instant now) {
    if (now < next_wave_) return;
    for (std::size_t i = 0; i < kStopWave && !to_stop_.empty(); ++i) {
        const ServerId server = to_stop_.back();
        to_stop_.pop_back();
        const auto found = by_server_.find(server);
        if (found == by_server_.end()) continue;
        Connection& connection = *found->second;
        leave(connection, Departure::Replaced, "");
        begin_close(connection, wire::kCloseStopping, "the controller stops, come back soon");
    }
    next_wave_ = to_stop_.empty() ? kNever : now + kStopWavePeriod;
}

void AgentListener::abandon() {
    abandoned_ = true;
    if (acceptor_) acceptor_->close();
}

void AgentListener::add_to(HubCounters& counters) const {
    counters = counters_;  // the agents' share; HTTP adds its own
}

}  // namespace understudy
