#include "agent/siblings/tls_stream.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <cerrno>
#include <utility>

#include "base/ip_address.h"

namespace understudy {
namespace {

// Of one peer at a time: others wait for the Reactor too.
constexpr std::size_t kTakenAtOnceBytes = 64 * 1024;
constexpr const char* kNoTlsHere = "TLS cannot be set up here";

}  // namespace

TlsClient::~TlsClient() {
    SSL_CTX_free(context_);
}

ssl_ctx_st* TlsClient::context() {
    if (context_ != nullptr) return context_;
    context_ = SSL_CTX_new(TLS_client_method());
    if (context_ == nullptr) return nullptr;
    SSL_CTX_set_session_cache_mode(context_, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(context_, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                   SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    // The folder, not the bundle: that would cost megabytes.
    SSL_CTX_set_default_verify_dir(context_);
    return context_;
}

TlsStream::~TlsStream() {
    stop();
}

void TlsStream::stop() {
    tcp_.stop();
    watch_ = {};
    SSL_free(std::exchange(ssl_, nullptr));
    socket_ = {};
}

bool TlsStream::open(TlsClient& client, Reactor& reactor, const Peer& peer, std::string request,
                     Handler handler) {
    reactor_ = &reactor;
    handler_ = std::move(handler);
    request_ = std::move(request);
    if (!prepare(client, peer)) {
        problem_ = kNoTlsHere;
        error_ = ENOMEM;
        return false;
    }
    const auto progress = [this](Progress what) {
        if (what == Progress::Connected) return connected();
        fail(tcp_.problem());
    };
    if (peer.proxy_header) tcp_.begin_with_proxy_header();
    if (tcp_.open_tcp(reactor, peer.address, peer.port, {}, progress)) return true;
    problem_ = tcp_.problem();
    return false;
}

bool TlsStream::prepare(TlsClient& client, const Peer& peer) {
    SSL_CTX* context = client.context();
    ssl_ = context == nullptr ? nullptr : SSL_new(context);
    if (ssl_ == nullptr) return false;
    SSL_set_connect_state(ssl_);
    const bool numeric = parse_ipv4(peer.name) || parse_ipv6(peer.name);
    if (!numeric && SSL_set_tlsext_host_name(ssl_, peer.name.c_str()) != 1) return false;
    if (!peer.verify) return true;
    SSL_set_verify(ssl_, SSL_VERIFY_PEER, nullptr);
    return numeric ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_), peer.name.c_str()) == 1
                   : SSL_set1_host(ssl_, peer.name.c_str()) == 1;
}

void TlsStream::connected() {
    socket_ = tcp_.release();
    if (SSL_set_fd(ssl_, socket_.get()) != 1) {
        error_ = ENOMEM;
        return fail(kNoTlsHere);
    }
    handler_(Progress::Connected);
    if (ssl_ != nullptr) go_on();
}

// What OpenSSL keeps in its own buffers makes no descriptor ready: it is asked until it must wait
// or has given enough for once.
void TlsStream::go_on() {
    if (!shaken_ && !shake_hands()) return;
    if (!request_.empty() && !send()) return;
    receive();
}

bool TlsStream::shake_hands() {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_);
    if (result != 1) return wait_or_fail(result);
    shaken_ = true;
    return true;
}

bool TlsStream::send() {
    while (!request_.empty()) {
        ERR_clear_error();
        const int sent = SSL_write(ssl_, request_.data(), static_cast<int>(request_.size()));
        if (sent <= 0) return wait_or_fail(sent);
        request_.erase(0, static_cast<std::size_t>(sent));
    }
    return true;
}

void TlsStream::receive() {
    std::array<char, 4096> piece{};
    std::size_t taken = 0;
    while (ssl_ != nullptr) {
        // The socket can be written to, so this comes back soon, whatever OpenSSL still holds.
        if (taken >= kTakenAtOnceBytes) return call_back(Reactor::Interest::Write);
        ERR_clear_error();
        const int size = SSL_read(ssl_, piece.data(), static_cast<int>(piece.size()));
        if (size <= 0) {
            wait_or_fail(size);
            return;
        }
        taken += static_cast<std::size_t>(size);
        received_.append(piece.data(), static_cast<std::size_t>(size));
        handler_(Progress::Data);
    }
}

void TlsStream::call_back(Reactor::Interest interest) {
    watch_ = {};
    watch_ = reactor_->watch(socket_.get(), interest, [this] { go_on(); });
}

// Always false: the caller ends.
bool TlsStream::wait_or_fail(int result) {
    const int why = SSL_get_error(ssl_, result);
    if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) {
        call_back(why == SSL_ERROR_WANT_READ ? Reactor::Interest::Read : Reactor::Interest::Write);
        return false;
    }
    // Many close without TLS's own goodbye.
    const bool ended = shaken_ && !received_.empty();
    if (ended) {
        stop();
        handler_(Progress::End);
    } else {
        fail(shaken_ ? "closed without an answer" : "no TLS: " + why_no_tls());
    }
    return false;
}

// OpenSSL's own words, nothing of the peer's.
std::string TlsStream::why_no_tls() const {
    const long verified = SSL_get_verify_result(ssl_);
    const bool asked = (SSL_get_verify_mode(ssl_) & SSL_VERIFY_PEER) != 0;
    if (asked && verified != X509_V_OK)
        return std::string{"the certificate: "} + X509_verify_cert_error_string(verified);
    const char* reason = ERR_reason_error_string(ERR_peek_error());
    return reason == nullptr ? "closed during the handshake" : reason;
}

void TlsStream::fail(std::string problem) {
    problem_ = std::move(problem);
    stop();
    handler_(Progress::Failed);
}

}  // namespace understudy
