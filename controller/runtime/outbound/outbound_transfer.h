// CurlTransfer: one request on one curl easy handle, from its settings to its answer. One class per
// kind of Transfer. Private to the outbound worker's thread; the only header that knows curl.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>

#include "base/distrust.h"
#include "base/ensure.h"
#include "controller/runtime/outbound/open_sockets.h"
#include "controller/runtime/outbound/outbound.h"
#include "controller/runtime/outbound/outbound_worker.h"

namespace understudy {

struct CloseEasy {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using Easy = std::unique_ptr<CURL, CloseEasy>;

struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
// A list of strings for curl; must outlive the transfer.
class StringList {
  public:
    void add(const std::string& text) {
        list_.reset(curl_slist_append(list_.release(), text.c_str()));
    }
    curl_slist* get() const { return list_.get(); }

  private:
    std::unique_ptr<curl_slist, FreeList> list_;
};

// Which peers a transfer may connect to, judged by the address really used: immune to DNS
// rebinding.
enum class PeerRule { Any, OwnNetwork, PublicOnly, LoopbackOnly };

class CurlTransfer {
  public:
    CurlTransfer(TransferId id, std::string host);
    virtual ~CurlTransfer() = default;
    CurlTransfer(const CurlTransfer&) = delete;
    CurlTransfer& operator=(const CurlTransfer&) = delete;

    TransferId id() const { return id_; }
    const std::string& host() const { return host_; }  // for the cap per host
    CURL* handle() const { return easy_.get(); }
    virtual bool waits_in_line() const { return true; }  // for the caps

    // Sets everything but what the kind adds itself. `sockets` outlives the connection.
    void prepare(const OutboundSettings& settings, OpenSockets& sockets);
    virtual TransferAnswer finish(CURLcode code) = 0;
    // The thread was late by so much while this one was under way.
    virtual void stood_still(Duration) {}

  protected:
    virtual void configure(const OutboundSettings& settings) = 0;
    void set_timeout(Duration timeout);
    void allow_peers(PeerRule rule);
    // Which authorities count beside the system's, and what to tell an operator to look at when the
    // peer's certificate is refused.
    void trust(std::string name, const char* name_setting, const char* ca_setting,
               const std::string& ca_file);
    // "Could not resolve host", or the reason of our own for refusing the peer.
    std::string trouble(CURLcode code) const;
    // The system's error when no socket could be had; 0: there was none.
    int socket_error() const { return socket_error_; }

    template <typename V>
    void set(CURLoption option, V value) {
        ensure(curl_easy_setopt(easy_.get(), option, value) == CURLE_OK);
    }

  private:
    std::string distrusted() const;
    static curl_socket_t open_socket(void* self, curlsocktype purpose, curl_sockaddr* address);
    static int close_socket(void* sockets, curl_socket_t socket);

    TransferId id_;
    std::string host_;
    Easy easy_;
    OpenSockets* sockets_ = nullptr;
    char error_[CURL_ERROR_SIZE] = {};
    PeerRule peers_ = PeerRule::Any;
    std::string refused_peer_;
    int socket_error_ = 0;
    TrustTerms trust_;
};

std::unique_ptr<CurlTransfer> make_curl_transfer(TransferId id, Transfer transfer);

// One per kind.
std::unique_ptr<CurlTransfer> make_http_transfer(TransferId id, HttpRequest request);
std::unique_ptr<CurlTransfer> make_mail_transfer(TransferId id, MailRequest request);
std::unique_ptr<CurlTransfer> make_probe_transfer(TransferId id, CertificateProbe probe);
std::unique_ptr<CurlTransfer> make_connect_transfer(TransferId id, ConnectProbe probe);
std::unique_ptr<CurlTransfer> make_service_transfer(TransferId id, ServiceProbe probe);

// What curl tells of the server's own certificate (CURLOPT_CERTINFO) under that key.
std::string_view told_of_certificate(CURL* handle, std::string_view key);

// Its validity and its number.
CertificateAnswer certificate_told(CURL* handle);

// "[2001:db8::1]" for an IPv6 address, anything else as it is.
std::string url_host(const std::string& host);
std::string host_in(const std::string& url);
// Scheme, host and port of a URL in lower case; the whole text when it is none.
std::string url_origin(const std::string& url);

}  // namespace understudy
