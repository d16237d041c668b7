#include "controller/hub/agent_socket.h"

#include <libwebsockets.h>

#include <algorithm>

#include "base/log.h"
#include "controller/hub/vhost.h"
#include "schema/wire.h"

namespace understudy {
namespace {

constexpr std::size_t kCloseReasonBytes = 120;  // RFC 6455 5.5: 125 with the code
// LWS_WRITE_CLOSE of libwebsockets 4.1: a number the library keeps to its own headers.
constexpr int kWriteClose = 4;
constexpr std::string_view kBearer = "Bearer ";

std::string header(lws* socket, lws_token_indexes token) {
    std::string value(static_cast<std::size_t>(lws_hdr_total_length(socket, token)) + 1, '\0');
    const int length = lws_hdr_copy(socket, value.data(), static_cast<int>(value.size()), token);
    value.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
    while (value.ends_with(' ') || value.ends_with('\t'))
        value.pop_back();  // no part of it
    return value;
}

// Of "name:port", "[address]:port" or either without the port.
std::string host_name(const std::string& host) {
    if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
    return host.substr(0, host.find(':'));
}

// Sec-WebSocket-Protocol is a comma-separated list.
bool offers_subprotocol(std::string_view offered) {
    while (!offered.empty()) {
        std::string_view item = offered.substr(0, offered.find(','));
        offered.remove_prefix(std::min(item.size() + 1, offered.size()));
        while (item.starts_with(' '))
            item.remove_prefix(1);
        while (item.ends_with(' '))
            item.remove_suffix(1);
        if (item == wire::kSubprotocol) return true;
    }
    return false;
}

std::string close_detail(std::string_view payload) {
    std::string detail = "closed by the agent";
    if (payload.size() < 2) return detail;
    const int high = static_cast<unsigned char>(payload[0]);
    const int low = static_cast<unsigned char>(payload[1]);
    return detail + " with code " + std::to_string(high * 256 + low);
}

}  // namespace

// libwebsockets' way in. The certificate comes before any socket; the rest is one socket's.
struct AgentSocket::Callback {
    static int handle(lws* socket, lws_callback_reasons reason, void* user, void* in,
                      std::size_t length) {
        if (reason == LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS) {
            auto* owner = static_cast<Owner*>(lws_vhost_user(static_cast<lws_vhost*>(in)));
            const Result<Done> loaded = owner->tls()->adopt(static_cast<ssl_ctx_st*>(user));
            if (!loaded) log::error("hub", loaded.error().text());
            return loaded ? 0 : -1;
        }
        if (!is_ours(reason)) return 0;
        auto* connection = static_cast<AgentSocket*>(lws_get_opaque_user_data(socket));
        if (connection == nullptr) return 0;
        return on(*connection, reason, {static_cast<const char*>(in), in == nullptr ? 0 : length});
    }

    // Many others come with a `socket` that is none.
    static bool is_ours(lws_callback_reasons reason) {
        switch (reason) {
            case LWS_CALLBACK_HTTP:
            case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
            case LWS_CALLBACK_ESTABLISHED:
            case LWS_CALLBACK_RECEIVE:
            case LWS_CALLBACK_RECEIVE_PONG:
            case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
            case LWS_CALLBACK_CLOSED:
            case LWS_CALLBACK_CLOSED_HTTP:
            case LWS_CALLBACK_WSI_DESTROY:
                return true;
            default:
                return false;
        }
    }

    static int on(AgentSocket& connection, lws_callback_reasons reason, std::string_view in) {
        Owner& owner = connection.owner_;
        switch (reason) {
            case LWS_CALLBACK_HTTP:
                owner.upgrade_refused(connection);
                return connection.refuse("426 Upgrade Required",
                                         "agents connect here by WebSocket");
            case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
                return connection.upgrade();
            case LWS_CALLBACK_ESTABLISHED:
                connection.upgraded_ = true;
                return 0;
            case LWS_CALLBACK_RECEIVE:
                connection.receive(in);
                return 0;
            case LWS_CALLBACK_RECEIVE_PONG:
                owner.ponged(connection);
                return 0;
            case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
                owner.closed(connection, close_detail(in));
                return connection.closing_ ? -1
                                           : 0;  // their answer to our close, or ours to theirs
            case LWS_CALLBACK_CLOSED:
            case LWS_CALLBACK_CLOSED_HTTP:
                connection.socket_ = nullptr;
                owner.closed(connection, "connection closed");
                return 0;
            default:  // LWS_CALLBACK_WSI_DESTROY
                connection.socket_ = nullptr;
                owner.closed(connection, "connection closed");
                owner.freed(connection);
                return 0;
        }
    }

    // rx_buffer_size is kept by each connection for good; a heartbeat has some 40 bytes.
    static constexpr std::size_t kReceiveBytes = 512;
    static const lws_protocols kProtocols[2];
};

const lws_protocols AgentSocket::Callback::kProtocols[2] = {
    {wire::kSubprotocol.data(), handle, 0, kReceiveBytes, 0, nullptr, 0},
    {nullptr, nullptr, 0, 0, 0, nullptr, 0},
};

Result<lws_vhost*> AgentSocket::make_vhost(const Loop& loop, Owner& owner) {
    return understudy::make_vhost(loop, {"agents", Callback::kProtocols, &owner, owner.tls()});
}

bool AgentSocket::open(lws_vhost* vhost, int descriptor) {
    socket_ = adopt(vhost, descriptor, true, this);
    return socket_ != nullptr;
}

// Zero lets libwebsockets go on with the upgrade; otherwise an answer was sent and the connection
// ends.
int AgentSocket::upgrade() {
    const bool websocket = strcasecmp(header(socket_, WSI_TOKEN_UPGRADE).c_str(), "websocket") == 0;
    if (!websocket || header(socket_, WSI_TOKEN_VERSION) != "13") {
        owner_.upgrade_refused(*this);
        return refuse("426 Upgrade Required", "agents connect here by WebSocket, version 13");
    }
    if (!offers_subprotocol(header(socket_, WSI_TOKEN_PROTOCOL))) {
        owner_.upgrade_refused(*this);
        return refuse("400 Bad Request", "the request must offer the sub-protocol " +
                                             std::string(wire::kSubprotocol) +
                                             " in Sec-WebSocket-Protocol");
    }
    std::string authorization = header(socket_, WSI_TOKEN_HTTP_AUTHORIZATION);
    std::string_view token = authorization;
    const bool bearer = strncasecmp(authorization.c_str(), kBearer.data(), kBearer.size()) == 0;
    token = bearer ? token.substr(kBearer.size()) : std::string_view{};
    const Result<Done> known = owner_.log_in(*this, token);
    explicit_bzero(authorization.data(), authorization.size());
    if (known && owner_.tls() != nullptr) {
        owner_.tls()->agent_came_by(host_name(header(socket_, WSI_TOKEN_HOST)));
    }
    return known ? 0 : refuse("401 Unauthorized", known.error().text());
}

// A plain text that an operator finds in the agent's log.
int AgentSocket::refuse(std::string_view status, std::string_view text) {
    std::string answer = "HTTP/1.1 " + std::string(status) + "\r\n";
    if (status.starts_with("401"))
        answer += "WWW-Authenticate: Bearer realm=\"understudy agents\"\r\n";
    if (status.starts_with("426")) {
        answer += "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";
    }
    answer += "Content-Type: text/plain; charset=utf-8\r\nConnection: close\r\nContent-Length: " +
              std::to_string(text.size() + 1) + "\r\n\r\n" + std::string(text) + "\n";
    write(answer, LWS_WRITE_HTTP);
    return -1;
}

// Pieces have at most kReceiveBytes; most messages are one.
void AgentSocket::receive(std::string_view piece) {
    if (closing_) return;
    if (lws_frame_is_binary(socket_) != 0) {
        return owner_.misused(*this, "protocol_error",
                              "messages are JSON in text frames, this one is binary");
    }
    const std::size_t announced = lws_remaining_packet_payload(socket_);
    if (announced > wire::kMessageLimitBytes ||
        text_.size() + piece.size() + announced > wire::kMessageLimitBytes) {
        return owner_.misused(
            *this, "message_too_big",
            "a message may have " + std::to_string(wire::kMessageLimitBytes) + " bytes");
    }
    if (lws_is_final_fragment(socket_) == 0) {
        text_.append(piece);
    } else if (text_.empty()) {
        owner_.received(*this, piece);
    } else {
        const std::string whole = std::exchange(text_, std::string{}).append(piece);
        owner_.received(*this, whole);
    }
}

int AgentSocket::write(std::string_view bytes, int kind) {
    static thread_local std::string frame;  // libwebsockets writes its header in front of the bytes
    frame.assign(LWS_PRE, '\0');
    frame += bytes;
    return lws_write(socket_, reinterpret_cast<unsigned char*>(frame.data()) + LWS_PRE,
                     bytes.size(), static_cast<lws_write_protocol>(kind));
}

// A peer that does not read gets no more: libwebsockets would keep it all.
void AgentSocket::send(std::string_view text) {
    if (socket_ == nullptr || lws_partial_buffered(socket_) != 0) return;
    if (write(text, LWS_WRITE_TEXT) < 0) drop();
}

// With a payload: libwebsockets tells us nothing of an empty pong.
void AgentSocket::ping() {
    if (socket_ == nullptr || lws_partial_buffered(socket_) != 0) return;
    if (write("?", LWS_WRITE_PING) < 0) drop();
}

// The frame is written here and not left to lws_close_reason(): closing from the writable callback,
// Debian's libwebsockets 4.1.6 (built with _DEBUG) closes a second time on libuv, before the frame
// was sent.
void AgentSocket::close(std::uint16_t code, std::string_view why) {
    if (socket_ == nullptr || closing_) return;
    if (!upgraded_) return drop();
    closing_ = true;
    text_ = std::string{};
    std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
    payload += why.substr(0, kCloseReasonBytes);
    if (write(payload, kWriteClose) < 0) drop();
}

void AgentSocket::drop() {
    if (socket_ != nullptr) understudy::drop(socket_);
}

}  // namespace understudy
