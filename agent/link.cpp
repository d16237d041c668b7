#include "agent/link.h"

#include <fcntl.h>
#include <libwebsockets.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/distrust.h"
#include "base/log.h"
#include "schema/wire.h"

namespace understudy {

// Between libwebsockets' C callbacks and a Link.
struct LinkCallback {
    static int agent_protocol(lws* wsi, lws_callback_reasons reason, void* user, void* in,
                              std::size_t size);
    // The watched descriptor: that it ended the wait is all it is for.
    static int watched_descriptor(lws*, lws_callback_reasons, void*, void*, std::size_t) {
        return 0;
    }
};

namespace {

constexpr char kWatchedProtocol[] = "watched";
// Per connection, for good; longer messages arrive in pieces.
constexpr std::size_t kReceiveBufferBytes = 512;
// libwebsockets reads its tables of protocols through this address for the life of the context.
const std::array<lws_protocols, 4> kProtocols{{
    {wire::kSubprotocol.data(), LinkCallback::agent_protocol, 0, kReceiveBufferBytes, 0, nullptr,
     0},
    {wire::kEnrollProtocol.data(), LinkCallback::agent_protocol, 0, kReceiveBufferBytes, 0, nullptr,
     0},
    {kWatchedProtocol, LinkCallback::watched_descriptor, 0, 0, 0, nullptr, 0},
    {nullptr, nullptr, 0, 0, 0, nullptr, 0},
}};
// No validity pings and no retries by libwebsockets: the session decides about both.
const lws_retry_bo_t kNoPolicy{};

void library_log(int, const char* line) {
    std::string_view text{line};
    while (!text.empty() && text.back() == '\n')
        text.remove_suffix(1);
    log::debug("link", text);
}

void* as_opaque(std::uintptr_t generation) {
    return reinterpret_cast<void*>(generation);
}

}  // namespace

int LinkCallback::agent_protocol(lws* wsi, lws_callback_reasons reason, void*, void* in,
                                 std::size_t size) {
    auto* link = static_cast<Link*>(lws_context_user(lws_get_context(wsi)));
    if (link == nullptr || !link->is_current(wsi)) return 0;
    switch (reason) {
        case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
            return link->add_credential(wsi, in, size);
        case LWS_CALLBACK_CLIENT_HTTP_REDIRECT:
            return 1;
        case LWS_CALLBACK_CLIENT_FILTER_PRE_ESTABLISH:
            return link->check_upgrade(wsi);
        case LWS_CALLBACK_CLIENT_ESTABLISHED:
            link->opened();
            return 0;
        case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
            link->failed(wsi, static_cast<const char*>(in));
            return 0;
        case LWS_CALLBACK_CLIENT_RECEIVE:
            link->received(wsi, in, size);
            return 0;
        case LWS_CALLBACK_CLIENT_WRITEABLE:
            return link->write(wsi);
        case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
            link->peer_closes(in, size);
            return 0;
        case LWS_CALLBACK_CLIENT_CLOSED:
        case LWS_CALLBACK_WSI_DESTROY:
            link->gone("the connection was lost");
            return 0;
        default:
            return 0;  // libwebsockets has dozens; the others are not about a client's link
    }
}

Link::Link(LinkTarget target, std::string_view protocol)
    : target_(std::move(target)), protocol_(protocol) {}

Link::~Link() {
    drop();
    if (context_ != nullptr) lws_context_destroy(context_);
}

Result<std::unique_ptr<Link>> Link::create(LinkTarget target, int watched_fd,
                                           std::string_view protocol) {
    std::unique_ptr<Link> link{new Link(std::move(target), protocol)};
    if (const auto opened = link->open_context(watched_fd); !opened) return opened.error();
    return link;
}

Result<Done> Link::open_context(int watched_fd) {
    lws_set_log_level(LLL_ERR | LLL_WARN, library_log);
    lws_context_creation_info info{};
    info.port = CONTEXT_PORT_NO_LISTEN;
    info.protocols = kProtocols.data();
    info.user = this;
    info.retry_and_idle_policy = &kNoPolicy;
    // The session has limits of its own, shorter than these.
    info.timeout_secs = 30;
    info.connect_timeout_secs = 30;
    info.fd_limit_per_thread = 16;  // one link, one watched descriptor, and what is being dropped
    info.max_http_header_pool = 2;
    info.max_http_header_data = 2048;
    info.pt_serv_buf_size = 2048;
    if (target_.tls) {
        info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
        info.ssl_client_options_set = SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1;
    }
    if (target_.tls && !target_.ca_file.empty()) {
        info.client_ssl_ca_filepath = target_.ca_file.c_str();
        info.options |= LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS;
    }
    context_ = lws_create_context(&info);
    if (context_ == nullptr) return transient("cannot set up libwebsockets");

    // libwebsockets closes what it adopts, so it gets a descriptor of its own.
    lws_sock_file_fd_type descriptor;
    descriptor.filefd = fcntl(watched_fd, F_DUPFD_CLOEXEC, 3);
    lws_vhost* vhost = lws_get_vhost_by_name(context_, "default");
    if (descriptor.filefd < 0 || vhost == nullptr ||
        lws_adopt_descriptor_vhost(vhost, LWS_ADOPT_RAW_FILE_DESC, descriptor, kWatchedProtocol,
                                   nullptr) == nullptr) {
        return transient("cannot watch a descriptor in the loop of libwebsockets");
    }
    return Done{};
}

bool Link::is_current(lws* wsi) const {
    return generation_ != 0 && lws_get_opaque_user_data(wsi) == as_opaque(generation_);
}

void Link::connect(const Secret& token) {
    drop();
    authorization_ = Secret{"Bearer " + token.reveal()};
    lws_client_connect_info info{};
    info.context = context_;
    info.address = target_.host.c_str();
    info.port = target_.port;
    info.path = target_.path.c_str();
    info.host = target_.certificate_name.c_str();
    info.protocol = protocol_.data();
    info.local_protocol_name = protocol_.data();
    info.ssl_connection = target_.tls ? LCCSCF_USE_SSL : 0;
    info.opaque_user_data = as_opaque(generation_);
    info.retry_and_idle_policy = &kNoPolicy;
    const std::uintptr_t attempt = generation_;
    lws* wsi = lws_client_connect_via_info(&info);
    if (generation_ != attempt) return;  // it failed at once, and a callback told
    wsi_ = wsi;
    if (wsi == nullptr) gone("cannot connect to " + target_.host);
}

void Link::fail(const std::string& problem) {
    drop();
    gone(problem);
}

void Link::send(std::string text) {
    if (!open_ || closing_) return;
    outbox_.push_back(std::move(text));
    lws_callback_on_writable(wsi_);
}

void Link::close(std::uint16_t code, const std::string& reason) {
    if (!open_) return;
    closing_ = true;
    closing_code_ = code;
    closing_reason_ = reason;
    lws_callback_on_writable(wsi_);
}

// With a reset: where only the way from the controller is broken, nothing else arrives there, for
// what is to be sent waits behind what is not acknowledged.
void Link::drop() {
    if (wsi_ != nullptr) {
        const linger at_once{1, 0};
        setsockopt(lws_get_socket_fd(wsi_), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        lws_set_opaque_user_data(wsi_, nullptr);
        lws_set_timeout(wsi_, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_ASYNC);
    }
    events_.clear();
    forget();
}

void Link::forget() {
    ++generation_;
    wsi_ = nullptr;
    open_ = false;
    closing_ = false;
    outbox_.clear();
    incoming_.clear();
    incoming_refused_ = false;
    authorization_ = Secret{};
    end_ = {};
}

void Link::wait() {
    if (events_.empty()) lws_service(context_, 0);
}

std::optional<session::Event> Link::take_event() {
    if (events_.empty()) return std::nullopt;
    session::Event event = std::move(events_.front());
    events_.pop_front();
    return event;
}

int Link::add_credential(lws* wsi, void* buffer, std::size_t size) {
    if (authorization_.empty()) return -1;
    const Secret credential = std::exchange(authorization_, Secret{});
    const std::string& value = credential.reveal();
    auto** at = static_cast<unsigned char**>(buffer);
    return lws_add_http_header_by_token(wsi, WSI_TOKEN_HTTP_AUTHORIZATION,
                                        reinterpret_cast<const unsigned char*>(value.data()),
                                        static_cast<int>(value.size()), at, *at + size);
}

// libwebsockets takes an answer without a sub-protocol for consent (RFC 6455 4.1 leaves that to the
// client).
int Link::check_upgrade(lws* wsi) {
    std::array<char, 64> chosen{};
    const int size =
        lws_hdr_copy(wsi, chosen.data(), static_cast<int>(chosen.size()), WSI_TOKEN_PROTOCOL);
    if (size > 0 && std::string_view{chosen.data()} == protocol_) return 0;
    end_.problem = "the peer does not offer the sub-protocol " + std::string{protocol_};
    return -1;
}

void Link::opened() {
    open_ = true;
    events_.emplace_back(session::LinkOpened{});
}

// Empty: the handshake did not fail for the controller's certificate.
std::string Link::why_not_trusted(lws* wsi) const {
    const SSL* ssl = target_.tls ? lws_get_ssl(wsi) : nullptr;
    const long result = ssl == nullptr ? X509_V_OK : SSL_get_verify_result(ssl);
    if (result == X509_V_OK) return {};
    return distrust(result, {"the controller", target_.certificate_name,
                             "controller, certificate_name", "ca_file", target_.ca_file})
        .text();
}

void Link::failed(lws* wsi, const char* problem) {
    end_.http_status = static_cast<int>(lws_http_client_http_response(wsi));
    std::string text = "cannot link to " + target_.host + " port " + std::to_string(target_.port);
    if (!end_.problem.empty()) {
        text += ": " + end_.problem;
    } else if (const std::string distrusted = why_not_trusted(wsi); !distrusted.empty()) {
        text += ": " + distrusted;
    } else if (end_.http_status != 0 && end_.http_status != 101) {
        text += ": HTTP status " + std::to_string(end_.http_status);
    } else if (problem != nullptr) {
        text += std::string{": "} + problem;
    }
    end_.problem = text;
    gone(text);
}

void Link::peer_closes(const void* frame, std::size_t size) {
    end_.problem = "the controller closed the link";
    if (size < 2) return;
    const auto* bytes = static_cast<const unsigned char*>(frame);
    end_.close_code = static_cast<std::uint16_t>(bytes[0] << 8U | bytes[1]);
    end_.problem += " (code " + std::to_string(end_.close_code) + ")";
}

void Link::received(lws* wsi, const void* piece, std::size_t size) {
    if (closing_) return;
    if (lws_is_first_fragment(wsi) != 0) {
        incoming_.clear();
        incoming_refused_ = false;
    }
    if (incoming_refused_) return;
    if (lws_frame_is_binary(wsi) != 0 || incoming_.size() + size > wire::kMessageLimitBytes) {
        incoming_refused_ = true;
        incoming_ = {};
        events_.emplace_back(session::NonsenseReceived{
            lws_frame_is_binary(wsi) != 0
                ? "a binary message"
                : "a message of more than " + std::to_string(wire::kMessageLimitBytes) + " bytes"});
        return;
    }
    incoming_.append(static_cast<const char*>(piece), size);
    if (lws_is_final_fragment(wsi) == 0 || lws_remaining_packet_payload(wsi) != 0) return;
    events_.emplace_back(session::MessageReceived{std::exchange(incoming_, {})});
}

int Link::write(lws* wsi) {
    if (!outbox_.empty()) {
        const std::string text = std::move(outbox_.front());
        outbox_.pop_front();
        std::string frame(LWS_PRE, '\0');
        frame += text;
        auto* payload = reinterpret_cast<unsigned char*>(frame.data()) + LWS_PRE;
        if (lws_write(wsi, payload, text.size(), LWS_WRITE_TEXT) < 0) return -1;
        if (!outbox_.empty() || closing_) lws_callback_on_writable(wsi);
        return 0;
    }
    if (!closing_) return 0;
    lws_close_reason(wsi, static_cast<lws_close_status>(closing_code_),
                     reinterpret_cast<unsigned char*>(closing_reason_.data()),
                     closing_reason_.size());
    return -1;
}

void Link::gone(const std::string& problem) {
    if (end_.problem.empty()) end_.problem = problem;
    events_.emplace_back(std::move(end_));
    forget();
}

}  // namespace understudy
