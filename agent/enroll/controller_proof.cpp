#include "agent/enroll/steps.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <memory>
#include <string_view>

#include "base/ascii.h"
#include "base/distrust.h"

namespace understudy::enroll {
namespace {

constexpr int kPatience_s = 10;

template <auto Free>
struct Freed {
    template <typename T>
    void operator()(T* what) const {
        Free(what);
    }
};
using Context = std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;

std::string fingerprint_of(X509* certificate) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
    unsigned int size = 0;
    X509_digest(certificate, EVP_sha256(), hash.data(), &size);
    return to_hex(std::string{hash.begin(), hash.begin() + size});
}

std::string pem_of(X509* certificate) {
    const Bio out{BIO_new(BIO_s_mem())};
    char* text = nullptr;
    if (!out || PEM_write_bio_X509(out.get(), certificate) != 1) return {};
    const long size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

// The controller has shown that it has the key of `chain`'s first. What signed that one is its
// authority, whoever sent it along.
std::string root_of(STACK_OF(X509) * chain) {
    for (int i = 0; i < sk_X509_num(chain); ++i) {
        X509* each = sk_X509_value(chain, i);
        if (X509_check_issued(each, each) == X509_V_OK) return pem_of(each);
    }
    return {};
}

// Verified, but without consequences: what is wrong is looked at afterwards.
Result<Bio> shake_hands(SSL_CTX* context, const LinkTarget& controller) {
    const std::string where = controller.host + " port " + std::to_string(controller.port);
    Bio connection{BIO_new_ssl_connect(context)};
    SSL* ssl = nullptr;
    BIO_get_ssl(connection.get(), &ssl);
    if (ssl == nullptr) return transient("TLS cannot be set up here");
    // Without brackets what follows a colon is taken for a port.
    const bool ipv6 = controller.host.find(':') != std::string::npos;
    BIO_set_conn_hostname(connection.get(),
                          (ipv6 ? "[" + controller.host + "]" : controller.host).c_str());
    BIO_set_conn_port(connection.get(), std::to_string(controller.port).c_str());
    SSL_set_tlsext_host_name(ssl, controller.certificate_name.c_str());
    SSL_set1_host(ssl, controller.certificate_name.c_str());
    BIO* plain = BIO_next(connection.get());
    if (BIO_do_connect_retry(plain, kPatience_s, 100) <= 0)
        return transient("cannot connect to " + where);
    const timeval patience{kPatience_s, 0};
    int fd = -1;
    BIO_get_fd(plain, &fd);
    BIO_socket_nbio(fd, 0);  // from here on it may wait
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (SSL_connect(ssl) == 1) return connection;
    const char* reason = ERR_reason_error_string(ERR_peek_error());
    return transient("no TLS with " + where +
                     (reason == nullptr ? "" : std::string{": "} + reason));
}

}  // namespace

Result<std::string> find_authority(const LinkTarget& controller, const std::string& fingerprint) {
    const Context context{SSL_CTX_new(TLS_client_method())};
    if (!context) return transient("TLS cannot be set up here");
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_default_verify_paths(context.get());
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
    const auto connection = shake_hands(context.get(), controller);
    if (!connection) return connection.error();
    SSL* ssl = nullptr;
    BIO_get_ssl(connection->get(), &ssl);
    const long verified = SSL_get_verify_result(ssl);
    if (verified == X509_V_OK) return std::string{};
    const TrustTerms terms{
        "the controller", controller.certificate_name, "the address", "--ca", {}};
    const Error distrusted = distrust(verified, terms);
    if (fingerprint.empty()) return distrusted;
    const Certificate shown{SSL_get1_peer_certificate(ssl)};
    if (!shown || !fingerprint_of(shown.get()).starts_with(fingerprint)) {
        return rejected(
            "the certificate shown at " + controller.host + " is not the one that the code names",
            "somebody may be in between; if it was renewed since, make a new code");
    }
    // OpenSSL stops at an unknown authority and does not come to the name; every link will.
    if (X509_check_host(shown.get(), controller.certificate_name.data(),
                        controller.certificate_name.size(), 0, nullptr) != 1) {
        return distrust(X509_V_ERR_HOSTNAME_MISMATCH, terms);
    }
    std::string root = root_of(SSL_get_peer_cert_chain(ssl));
    if (root.empty()) {
        return rejected(distrusted.message + ", and the controller does not send that authority",
                        "give its PEM file: --ca FILE");
    }
    return root;
}

}  // namespace understudy::enroll
