#include "controller/hub/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <memory>

namespace understudy {
namespace {

struct ContextFree {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

std::string reason() {
    const unsigned long code = ERR_get_error();
    const char* text = ERR_reason_error_string(code);
    ERR_clear_error();
    return text == nullptr ? "unreadable" : text;
}

// Without it OpenSSL would ask for a passphrase on the terminal.
int no_passphrase(char*, int, int, void*) {
    return 0;
}

Result<Done> load(SSL_CTX* context, const TlsFiles& files) {
    ERR_clear_error();
    SSL_CTX_set_default_passwd_cb(context, no_passphrase);
    if (SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1) {
        return invalid(
            "tls.certificate", "cannot use " + files.certificate + ": " + reason(),
            "name a PEM file with the certificate and its intermediates, readable by this program");
    }
    if (SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(context) != 1) {
        return invalid(
            "tls.key", "cannot use " + files.key + ": " + reason(),
            "name the certificate's own key as an unencrypted PEM file, readable by this program");
    }
    return Done{};
}

}  // namespace

Result<Done> Tls::check() const {
    const std::unique_ptr<SSL_CTX, ContextFree> scratch{SSL_CTX_new(TLS_server_method())};
    return load(scratch.get(), files_);
}

Result<Done> Tls::adopt(ssl_ctx_st* context) {
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    // libwebsockets would look for a vhost of the name the client asked for, and hand the
    // connection to another listener's.
    SSL_CTX_set_tlsext_servername_callback(context, nullptr);
    Result<Done> loaded = load(context, files_);
    if (loaded) contexts_.push_back(context);
    return loaded;
}

Result<Done> Tls::reload() {
    Result<Done> good =
        check();  // first aside: a half-written pair must not reach a context in use
    if (!good) return good;
    for (SSL_CTX* context : contexts_) {
        Result<Done> loaded = load(context, files_);
        if (!loaded) return loaded;
    }
    return Done{};
}

}  // namespace understudy
