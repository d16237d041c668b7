#include "controller/hub/agent_socket.h"

#include <libwebsockets.h>

#include <algorithm>
#include <array>

#include "base/log.h"
#include "controller/hub/vhost.h"
#include "schema/wire.h"

namespace understudy {
namespace {

constexpr std::string_view kBearer = "Bearer ";
constexpr std::size_t kHeadLimit = 8 * 1024;
constexpr std::size_t kKeyLetters = 24;  // RFC 6455 4.1: 16 bytes in base64
constexpr std::string_view kAcceptGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
constexpr std::size_t kSha1Bytes = 20;
constexpr std::uint16_t kPolicyViolation = 1008;  // RFC 6455 7.4.1
// Frames that are no messages are work too.
constexpr Rate kControlRate{wire::kMessagesAtOnce, wire::kMessagesPerSecond};
constexpr std::string_view kUseWebSocket = "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";

// Of "name:port", "[address]:port" or either without the port.
std::string_view host_name(std::string_view host) {
    if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
    return host.substr(0, host.find(':'));
}

// Calls visit(item) for the items of a comma-separated list until one is true.
template <typename Visit>
bool any_item(std::string_view list, Visit visit) {
    while (!list.empty()) {
        std::string_view item = list.substr(0, list.find(','));
        list.remove_prefix(std::min(item.size() + 1, list.size()));
        while (item.starts_with(' '))
            item.remove_prefix(1);
        while (item.ends_with(' '))
            item.remove_suffix(1);
        if (visit(item)) return true;
    }
    return false;
}

bool asks_for_websocket(const HttpMessage& request) {
    return request.method == "GET" && request.upgrades &&
           any_item(request.upgrade, [](std::string_view item) {
               return strcasecmp(std::string(item).c_str(), "websocket") == 0;
           });
}

bool is_key(std::string_view key) {
    const auto is_letter = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               c == '+' || c == '/';
    };
    return key.size() == kKeyLetters && key.ends_with("==") &&
           std::ranges::all_of(key.substr(0, kKeyLetters - 2), is_letter);
}

// RFC 6455 4.2.2: shows that we know what a WebSocket is.
std::string accept_of(const std::string& key) {
    const std::string text = key + std::string(kAcceptGuid);
    std::array<unsigned char, kSha1Bytes> hash{};
    lws_SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), hash.data());
    std::array<char, 64> encoded{};
    const int size = lws_b64_encode_string(reinterpret_cast<const char*>(hash.data()), kSha1Bytes,
                                           encoded.data(), static_cast<int>(encoded.size()));
    return {encoded.data(), static_cast<std::size_t>(std::max(size, 0))};
}

std::string close_detail(const Said& said) {
    const std::string detail = "closed by the agent";
    return said.code == 0 ? detail : detail + " with code " + std::to_string(said.code);
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
        // Many others come with a `socket` that is none.
        if (reason != LWS_CALLBACK_RAW_RX && reason != LWS_CALLBACK_RAW_CLOSE &&
            reason != LWS_CALLBACK_WSI_DESTROY) {
            return 0;
        }
        auto* connection = static_cast<AgentSocket*>(lws_get_opaque_user_data(socket));
        if (connection == nullptr) return 0;
        return on(*connection, socket, reason, {static_cast<const char*>(in), length});
    }

    static int on(AgentSocket& connection, lws* socket, lws_callback_reasons reason,
                  std::string_view in) {
        if (reason == LWS_CALLBACK_RAW_RX) {
            // Deadlines are the owner's from here; libwebsockets' own timer covers the handshake.
            lws_set_timeout(socket, NO_PENDING_TIMEOUT, 0);
            connection.receive(in);
            return 0;
        }
        connection.socket_ = nullptr;
        connection.owner_.closed(connection, "connection closed", 0);
        if (reason != LWS_CALLBACK_WSI_DESTROY) return 0;
        lws_set_opaque_user_data(socket, nullptr);
        connection.owner_.freed(connection);
        return 0;
    }

    static const lws_protocols kProtocols[2];
};

const lws_protocols AgentSocket::Callback::kProtocols[2] = {
    {wire::kSubprotocol.data(), handle, 0, 0, 0, nullptr, 0},
    {nullptr, nullptr, 0, 0, 0, nullptr, 0},
};

AgentSocket::AgentSocket(Owner& owner)
    : owner_(owner),
      head_(std::make_unique<HttpReader>(kHeadLimit)),
      frames_(wire::kMessageLimitBytes),
      pings_(kControlRate, BootClock::now()) {}

AgentSocket::~AgentSocket() = default;

Result<lws_vhost*> AgentSocket::make_vhost(const Loop& loop, Owner& owner) {
    return understudy::make_vhost(loop, {"agents", Callback::kProtocols, &owner, owner.tls()});
}

bool AgentSocket::open(lws_vhost* vhost, int descriptor) {
    socket_ = adopt(vhost, descriptor, false, this);
    return socket_ != nullptr;
}

void AgentSocket::receive(std::string_view bytes) {
    if (closing_ && !upgraded_) return;
    if (upgraded_) {
        frames_.feed(bytes);
        return read_frames();
    }
    head_->feed(bytes);
    read_upgrade();
}

void AgentSocket::read_upgrade() {
    switch (head_->next()) {
        case HttpReader::Next::NeedMore:
            return;
        case HttpReader::Next::Request:
            return upgrade(head_->take());
        case HttpReader::Next::Body:  // an upgrade has none
        case HttpReader::Next::Continue:
        case HttpReader::Next::Refused:
            return refuse_upgrade("400 Bad Request", "agents connect here by WebSocket");
    }
}

void AgentSocket::upgrade(const HttpMessage& request) {
    if (!asks_for_websocket(request) || request.websocket_version != "13") {
        return refuse_upgrade("426 Upgrade Required",
                              "agents connect here by WebSocket, version 13", kUseWebSocket);
    }
    const auto offers = [&](std::string_view protocol) {
        return any_item(request.websocket_protocols,
                        [&](std::string_view item) { return item == protocol; });
    };
    const bool enrolls = offers(wire::kEnrollProtocol);
    if (!enrolls && !offers(wire::kSubprotocol)) {
        return refuse_upgrade("400 Bad Request", "the request must offer the sub-protocol " +
                                                     std::string(wire::kSubprotocol) +
                                                     " in Sec-WebSocket-Protocol");
    }
    if (!is_key(request.websocket_key)) {
        return refuse_upgrade("400 Bad Request",
                              "Sec-WebSocket-Key must be 16 bytes in base64, once");
    }
    accept(request, enrolls ? wire::kEnrollProtocol : wire::kSubprotocol);
}

void AgentSocket::accept(const HttpMessage& request, std::string_view protocol) {
    std::string_view token = request.authorization;
    const bool bearer =
        strncasecmp(request.authorization.c_str(), kBearer.data(), kBearer.size()) == 0;
    token = bearer ? token.substr(kBearer.size()) : std::string_view{};
    const Result<Done> known = protocol == wire::kEnrollProtocol ? owner_.enroll(*this, token)
                                                                 : owner_.log_in(*this, token);
    if (!known) return refuse(known.error());
    if (owner_.tls() != nullptr) owner_.tls()->agent_came_by(host_name(request.host));
    const std::string rest = head_->take_rest();
    head_.reset();
    upgraded_ = true;
    write(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: " +
        accept_of(request.websocket_key) + "\r\nSec-WebSocket-Protocol: " + std::string(protocol) +
        "\r\n\r\n");
    frames_.feed(rest);
    read_frames();
}

void AgentSocket::refuse_upgrade(std::string_view status, std::string_view text,
                                 std::string_view headers) {
    owner_.upgrade_refused(*this);
    refuse(status, text, headers);
}

void AgentSocket::refuse(const Error& error) {
    if (!error.retry_after) {
        return refuse("401 Unauthorized", error.text(),
                      "WWW-Authenticate: Bearer realm=\"understudy agents\"\r\n");
    }
    refuse("429 Too Many Requests", error.text(),
           "Retry-After: " + std::to_string(error.retry_after->count()) + "\r\n");
}

// A plain text that an operator finds in the agent's log.
void AgentSocket::refuse(std::string_view status, std::string_view text, std::string_view headers) {
    write("HTTP/1.1 " + std::string(status) + "\r\n" + std::string(headers) +
          "Content-Type: text/plain; charset=utf-8\r\nConnection: close\r\nContent-Length: " +
          std::to_string(text.size() + 1) + "\r\n\r\n" + std::string(text) + "\n");
    closing_ = true;
    drop();
}

void AgentSocket::read_frames() {
    while (socket_ != nullptr) {
        const auto said = frames_.next();
        if (!said) return;
        take(*said);
    }
}

void AgentSocket::take(const Said& said) {
    if (closing_) {  // only their answer to our close matters
        if (said.kind == Said::Kind::Close) owner_.closed(*this, close_detail(said), said.code);
        if (said.kind == Said::Kind::Close || said.kind == Said::Kind::Broken) drop();
        return;
    }
    switch (said.kind) {
        case Said::Kind::Text:
            return owner_.received(*this, said.text);
        case Said::Kind::Binary:
            return owner_.misused(*this, "protocol_error",
                                  "messages are JSON in text frames, this one is binary");
        case Said::Kind::TooBig:
            return owner_.misused(
                *this, "message_too_big",
                "a message may have " + std::to_string(wire::kMessageLimitBytes) + " bytes");
        case Said::Kind::Ping:
        case Said::Kind::Pong:
            return take_control(said);
        case Said::Kind::Close:
            return answer_close(said);
        case Said::Kind::Broken:
            return end_with(said.code, said.text);
    }
}

void AgentSocket::take_control(const Said& said) {
    if (!pings_.take(kControlRate, BootClock::now())) {
        return end_with(kPolicyViolation, "too many pings and pongs");
    }
    if (said.kind == Said::Kind::Pong) return owner_.ponged(*this);
    if (lws_partial_buffered(socket_) == 0) write(frame_of(Opcode::Pong, said.text));
}

void AgentSocket::end_with(std::uint16_t code, std::string_view problem) {
    close(code, problem);
    owner_.broke(*this, problem);
}

void AgentSocket::answer_close(const Said& said) {
    closing_ = true;
    write(said.code == 0 ? frame_of(Opcode::Close, {}) : close_frame(said.code, {}));
    owner_.closed(*this, close_detail(said), said.code);
    drop();
}

void AgentSocket::write(std::string_view bytes) {
    if (socket_ == nullptr) return;
    static thread_local std::string room;  // libwebsockets wants some in front of the bytes
    room.assign(LWS_PRE, '\0');
    room += bytes;
    const int written = lws_write(socket_, reinterpret_cast<unsigned char*>(room.data()) + LWS_PRE,
                                  bytes.size(), LWS_WRITE_RAW);
    if (written < 0) drop();
}

// A peer that does not read gets no more: libwebsockets would keep it all.
void AgentSocket::send(std::string_view text) {
    if (socket_ == nullptr || lws_partial_buffered(socket_) != 0) return;
    write(frame_of(Opcode::Text, text));
}

void AgentSocket::ping() {
    if (socket_ == nullptr || lws_partial_buffered(socket_) != 0) return;
    write(frame_of(Opcode::Ping, "?"));
}

void AgentSocket::close(std::uint16_t code, std::string_view why) {
    if (socket_ == nullptr || closing_) return;
    if (!upgraded_) return drop();
    closing_ = true;
    write(close_frame(code, why));
}

void AgentSocket::drop() {
    if (socket_ != nullptr) understudy::drop(socket_);
}

}  // namespace understudy
