#include "controller/runtime/outbound/outbound_transfer.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "base/address_range.h"
#include "base/distrust.h"
#include "base/socket_address.h"
#include "base/text.h"

namespace understudy {
namespace {

template <typename Address>
AddressRange range_at(const Address& address) {
    // Where IPv4 is reached through a socket for both.
    if (is_loopback(address)) return {Reach::Loopback, "loopback"};
    return range_of(address);
}

AddressRange range_of_peer(const sockaddr* address) {
    if (const auto peer = SocketAddress::from(address)) {
        const auto v4 = peer->ipv4();
        return v4 ? range_at(*v4) : range_at(*peer->ipv6());
    }
    return {Reach::Nobody, "of an unknown family"};
}

bool allowed(PeerRule rule, Reach reach) {
    switch (rule) {
        case PeerRule::Any:
            return true;
        case PeerRule::OwnNetwork:
            return reach != Reach::Nobody;
        case PeerRule::PublicOnly:
            return reach == Reach::Public;
        case PeerRule::LoopbackOnly:
            return reach == Reach::Loopback;
    }
    return false;
}

struct FreeUrl {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

std::string url_part(CURLU* url, CURLUPart part) {
    char* text = nullptr;
    if (curl_url_get(url, part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return {};
    std::string copy{text};
    curl_free(text);
    return copy;
}

}  // namespace

CurlTransfer::CurlTransfer(TransferId id, std::string host)
    : id_(id), host_(std::move(host)), easy_(curl_easy_init()) {
    ensure(easy_ != nullptr);
}

void CurlTransfer::prepare(const OutboundSettings& settings, OpenSockets& sockets) {
    sockets_ = &sockets;
    set(CURLOPT_ERRORBUFFER, error_);
    set(CURLOPT_PRIVATE, this);
    set(CURLOPT_NOSIGNAL, 1L);
    // Else the end of one transfer whose name nobody resolves holds up all others: curl waits for
    // its look-up, however long that takes.
    set(CURLOPT_QUICK_EXIT, 1L);
    set(CURLOPT_PROXY, "");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings.connect_timeout.count()));
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(CURLOPT_OPENSOCKETFUNCTION, &CurlTransfer::open_socket);
    set(CURLOPT_OPENSOCKETDATA, this);
    set(CURLOPT_CLOSESOCKETFUNCTION, &CurlTransfer::close_socket);
    set(CURLOPT_CLOSESOCKETDATA, sockets_);
    configure(settings);
}

void CurlTransfer::set_timeout(Duration timeout) {
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
}

void CurlTransfer::allow_peers(PeerRule rule) {
    peers_ = rule;
    // All of a provider's calls are under this one rule.
    if (rule == PeerRule::Any || rule == PeerRule::OwnNetwork) return;
    // A connection opened under a laxer rule must not be reused.
    set(CURLOPT_FRESH_CONNECT, 1L);
    set(CURLOPT_FORBID_REUSE, 1L);
}

curl_socket_t CurlTransfer::open_socket(void* self, curlsocktype, curl_sockaddr* address) {
    auto& transfer = *static_cast<CurlTransfer*>(self);
    const AddressRange range = range_of_peer(&address->addr);
    if (!allowed(transfer.peers_, range.reach)) {
        transfer.refused_peer_ =
            transfer.peers_ == PeerRule::LoopbackOnly
                ? "mail without TLS is only sent to this machine itself"
                : "the host's address is " + std::string{range.what} + " and may not be used here";
        return CURL_SOCKET_BAD;
    }
    const int made = transfer.sockets_->open(address->family, address->socktype, address->protocol);
    if (made < 0) transfer.socket_error_ = errno;
    return made;
}

// The connection may outlive the transfer, so this knows only the sockets.
int CurlTransfer::close_socket(void* sockets, curl_socket_t socket) {
    static_cast<OpenSockets*>(sockets)->close(socket);
    return 0;
}

std::string CurlTransfer::trouble(CURLcode code) const {
    if (!refused_peer_.empty()) return refused_peer_;
    if (code == CURLE_PEER_FAILED_VERIFICATION) return distrusted();
    if (error_[0] != '\0') return plain_text(error_);
    return curl_easy_strerror(code);
}

std::string CurlTransfer::distrusted() const {
    long told = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_SSL_VERIFYRESULT, &told);
    return distrust(verify_result_of_curl(told), trust_).text();
}

void CurlTransfer::trust(std::string name, const char* name_setting, const char* ca_setting,
                         const std::string& ca_file) {
    trust_ = {host_, std::move(name), name_setting, ca_setting, ca_file};
    // The system's own authorities stay trusted: curl looks into its CA folder as well.
    if (!ca_file.empty()) set(CURLOPT_CAINFO, ca_file.c_str());
}

std::unique_ptr<CurlTransfer> make_curl_transfer(TransferId id, Transfer transfer) {
    if (auto* http = std::get_if<HttpRequest>(&transfer)) {
        return make_http_transfer(id, std::move(*http));
    }
    if (auto* mail = std::get_if<MailRequest>(&transfer)) {
        return make_mail_transfer(id, std::move(*mail));
    }
    if (auto* connect = std::get_if<ConnectProbe>(&transfer)) {
        return make_connect_transfer(id, std::move(*connect));
    }
    if (auto* service = std::get_if<ServiceProbe>(&transfer)) {
        return make_service_transfer(id, std::move(*service));
    }
    return make_probe_transfer(id, std::move(std::get<CertificateProbe>(transfer)));
}

std::string url_host(const std::string& host) {
    return parse_ipv6(host) ? "[" + host + "]" : host;
}

std::string host_in(const std::string& url) {
    const std::unique_ptr<CURLU, FreeUrl> parsed{curl_url()};
    ensure(parsed != nullptr);
    if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return url;
    return url_part(parsed.get(), CURLUPART_HOST);
}

std::string url_origin(const std::string& url) {
    const std::unique_ptr<CURLU, FreeUrl> parsed{curl_url()};
    ensure(parsed != nullptr);
    if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return url;
    return url_part(parsed.get(), CURLUPART_SCHEME) + "://" +
           url_part(parsed.get(), CURLUPART_HOST) + ":" + url_part(parsed.get(), CURLUPART_PORT);
}

}  // namespace understudy
