#include "controller/hub/tls_handshakes.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include "base/distrust.h"
#include "base/log.h"
#include "controller/hub/peer.h"

namespace understudy {
namespace {

// An agent that is refused comes back every few seconds, for as long as nobody looks.
constexpr Duration kLinePeriod{60'000};

std::string peer_of(const SSL* ssl) {
    sockaddr_storage name{};
    socklen_t length = sizeof name;
    if (getpeername(SSL_get_fd(ssl), reinterpret_cast<sockaddr*>(&name), &length) != 0) return {};
    return Peer::from(reinterpret_cast<sockaddr*>(&name)).to_string();
}

}  // namespace

// Hangs at every connection of OpenSSL, from its beginning to its end; those of others than the
// watched contexts never get an owner.
struct Handshakes::Attempt {
    Handshakes* owner = nullptr;
    bool done = false;
    std::string peer;
    std::string reason;
};

struct Handshakes::Hooks {
    static int context_index() {
        static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
        return index;
    }
    static int attempt_index() {
        static const int index = SSL_get_ex_new_index(0, nullptr, made, nullptr, gone);
        return index;
    }

    static void made(void*, void*, CRYPTO_EX_DATA* data, int index, long, void*) {
        CRYPTO_set_ex_data(data, index, new Attempt);
    }

    static void told(const SSL* ssl, int where, int value) {
        auto* attempt = static_cast<Attempt*>(SSL_get_ex_data(ssl, attempt_index()));
        // Messages after the handshake announce themselves as one more.
        if (attempt == nullptr || attempt->done) return;
        if ((where & SSL_CB_HANDSHAKE_START) != 0 && attempt->owner == nullptr) {
            attempt->owner = static_cast<Handshakes*>(
                SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), context_index()));
            attempt->peer = peer_of(ssl);
        } else if ((where & SSL_CB_HANDSHAKE_DONE) != 0) {
            *attempt = Attempt{nullptr, true, {}, {}};
        } else if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT) {
            attempt->reason = alert_sentence(value & 0xff);
        } else if ((where & SSL_CB_EXIT) != 0 && attempt->reason.empty()) {
            note_error(*attempt);
        }
    }

    static void note_error(Attempt& attempt) {
        const unsigned long error = ERR_peek_last_error();
        const char* text = error == 0 ? nullptr : ERR_reason_error_string(error);
        if (text != nullptr) attempt.reason = text;
    }

    static void gone(void* ssl, void* data, CRYPTO_EX_DATA*, int, long, void*) {
        auto* attempt = static_cast<Attempt*>(data);
        if (attempt == nullptr) return;
        // Whoever only looks whether the port is open says nothing.
        BIO* in = attempt->owner == nullptr ? nullptr : SSL_get_rbio(static_cast<SSL*>(ssl));
        if (in != nullptr && BIO_number_read(in) > 0) {
            if (attempt->reason.empty()) attempt->reason = why_ended(static_cast<SSL*>(ssl));
            attempt->owner->failed(*attempt);
        }
        delete attempt;
    }

    // Whoever closes with our bytes unread resets the connection, and what he said last may be lost
    // with it (RFC 1122 4.2.2.13).
    static const char* why_ended(SSL* ssl) {
        BIO* out = SSL_get_wbio(ssl);
        const bool answered = out != nullptr && BIO_number_written(out) > 0;
        return answered
                   ? "the connection ended when the certificate had been shown: it is probably "
                     "not trusted there"
                   : "the connection ended before it was over";
    }
};

void Handshakes::watch(SSL_CTX* context) {
    static_cast<void>(Hooks::attempt_index());
    SSL_CTX_set_ex_data(context, Hooks::context_index(), this);
    SSL_CTX_set_info_callback(context, Hooks::told);
}

void Handshakes::failed(const Attempt& attempt) {
    ++failures_.count;
    ++untold_;
    const std::string& reason = attempt.reason;
    failures_.last = FailedHandshake{wall_now(), attempt.peer, reason};
    const Instant now = BootClock::now();
    if (now < next_line_) return;
    next_line_ = now + kLinePeriod;
    log::warning(
        "hub", "a TLS handshake failed",
        {{"peer", attempt.peer}, {"reason", reason}, {"failed", static_cast<long long>(untold_)}});
    untold_ = 0;
}

}  // namespace understudy
