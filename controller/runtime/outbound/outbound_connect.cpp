// Connect probes: a TCP connection to a witness, nothing said on it.
#include "controller/runtime/outbound/outbound_transfer.h"

namespace understudy {
namespace {

class ConnectTransfer final : public CurlTransfer {
  public:
    ConnectTransfer(TransferId id, ConnectProbe probe)
        : CurlTransfer(id, "connect " + probe.to.host), probe_(std::move(probe)) {}

    bool waits_in_line() const override { return false; }

    TransferAnswer finish(CURLcode code) override {
        ConnectAnswer answer;
        answer.connected = code == CURLE_OK;
        if (!answer.connected) answer.error = trouble(code);
        return answer;
    }

  private:
    void configure(const OutboundSettings&) override {
        const std::string url =
            "http://" + url_host(probe_.to.host) + ":" + std::to_string(probe_.to.port) + "/";
        set(CURLOPT_URL, url.c_str());
        set(CURLOPT_PROTOCOLS_STR, "http");
        set(CURLOPT_CONNECT_ONLY, 1L);
        // An old connection proves nothing about now.
        set(CURLOPT_FRESH_CONNECT, 1L);
        set_timeout(probe_.timeout);
    }

    ConnectProbe probe_;
};

}  // namespace

std::unique_ptr<CurlTransfer> make_connect_transfer(TransferId id, ConnectProbe probe) {
    return std::make_unique<ConnectTransfer>(id, std::move(probe));
}

}  // namespace understudy
