#include "controller/hub/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <memory>

namespace understudy {
namespace {

constexpr std::size_t kNamesKept = 64;

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

Result<OwnCertificate> Tls::check() const {
    const std::unique_ptr<SSL_CTX, ContextFree> scratch{SSL_CTX_new(TLS_server_method())};
    if (const Result<Done> loaded = load(scratch.get(), files_); !loaded) return loaded.error();
    return read_certificate(SSL_CTX_get0_certificate(scratch.get()));
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
    if (!loaded) return loaded;
    contexts_.push_back(context);
    view_.certificate = read_certificate(SSL_CTX_get0_certificate(context));
    handshakes_.watch(context);
    return loaded;
}

void Tls::agent_came_by(std::string_view name) {
    if (!view_.certificate || agents_names_.contains(name)) return;
    // Others than the certificate's are of agents that look for another name in it.
    if (agents_names_.size() >= kNamesKept || !covers(*view_.certificate, name)) return;
    agents_names_.emplace(name);
}

std::optional<Error> Tls::speaks_against(const OwnCertificate& wanted, WallTime now) const {
    if (auto problem = unfit(wanted, files_.certificate, files_.names, now)) return problem;
    const std::vector<std::string> used(agents_names_.begin(), agents_names_.end());
    auto problem = unfit(wanted, files_.certificate, used, now);
    if (problem) {
        problem->remedy =
            "agents connect by that name and could not come back; have it made for that name too, "
            "or restart the controller if none needs it any more";
    }
    return problem;
}

Result<Done> Tls::reload(WallTime now) {
    // First aside: a half-written pair must not reach a context in use.
    const Result<OwnCertificate> wanted = check();
    if (!wanted) return wanted.error();
    // Where the one in use is no better, the new one is at least what was asked for.
    const bool good = view_.certificate && !speaks_against(*view_.certificate, now);
    if (const auto problem = speaks_against(*wanted, now); good && problem) return *problem;
    for (SSL_CTX* context : contexts_) {
        Result<Done> loaded = load(context, files_);
        if (!loaded) return loaded;
    }
    view_.certificate = *wanted;
    return Done{};
}

}  // namespace understudy
