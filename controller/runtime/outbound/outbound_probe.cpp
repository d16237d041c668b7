// Certificate probes: a TLS handshake with one server under one name, nothing said after it. The
// certificate is looked at, not trusted, so verification is off here and nowhere else.
#include <string_view>

#include "controller/runtime/outbound/outbound_transfer.h"
#include "controller/runtime/probes/shown_certificate.h"

namespace understudy {
namespace {

class ProbeTransfer final : public CurlTransfer {
  public:
    ProbeTransfer(TransferId id, CertificateProbe probe)
        : CurlTransfer(id, "probe " + probe.address), probe_(std::move(probe)) {}

    TransferAnswer finish(CURLcode code) override {
        CertificateAnswer answer;
        if (code == CURLE_OK) answer = certificate_told(handle());
        if (answer.not_after.empty()) {
            answer.error = code == CURLE_OK ? "the server showed no certificate" : trouble(code);
        }
        return answer;
    }

  private:
    void configure(const OutboundSettings&) override {
        const auto port = std::to_string(probe_.port);
        const std::string url = "https://" + probe_.name + ":" + port + "/";
        set(CURLOPT_URL, url.c_str());
        set(CURLOPT_PROTOCOLS_STR, "https");
        connect_to_.add(probe_.name + ":" + port + ":" + url_host(probe_.address) + ":" + port);
        set(CURLOPT_CONNECT_TO, connect_to_.get());
        set(CURLOPT_CONNECT_ONLY, 1L);
        if (probe_.proxy_protocol == ProxyProtocol::V1) set(CURLOPT_HAPROXYPROTOCOL, 1L);
        set(CURLOPT_FRESH_CONNECT, 1L);
        set(CURLOPT_CERTINFO, 1L);
        set(CURLOPT_SSL_VERIFYPEER, 0L);
        set(CURLOPT_SSL_VERIFYHOST, 0L);
        set_timeout(probe_.timeout);
    }

    CertificateProbe probe_;
    StringList connect_to_;
};

}  // namespace

std::string_view told_of_certificate(CURL* handle, std::string_view key) {
    curl_certinfo* chain = nullptr;
    if (curl_easy_getinfo(handle, CURLINFO_CERTINFO, &chain) != CURLE_OK || chain == nullptr ||
        chain->num_of_certs < 1) {
        return {};
    }
    for (const curl_slist* entry = chain->certinfo[0]; entry != nullptr; entry = entry->next) {
        const std::string_view text{entry->data};
        if (text.starts_with(key)) return text.substr(key.size());
    }
    return {};
}

CertificateAnswer certificate_told(CURL* handle) {
    CertificateAnswer told;
    told.not_after = rfc3339_of_openssl(told_of_certificate(handle, "Expire date:"));
    told.not_before = rfc3339_of_openssl(told_of_certificate(handle, "Start date:"));
    told.serial = serial_digits(told_of_certificate(handle, "Serial Number:"));
    return told;
}

std::unique_ptr<CurlTransfer> make_probe_transfer(TransferId id, CertificateProbe probe) {
    return std::make_unique<ProbeTransfer>(id, std::move(probe));
}

}  // namespace understudy
