// HTTP requests: providers' calls and webhooks.
#include <string_view>

#include "controller/runtime/outbound/outbound_transfer.h"

namespace understudy {
namespace {

// Codes after which the request certainly never left: there was no connection, or no TLS on it.
bool never_left(CURLcode code) {
    switch (code) {
        case CURLE_UNSUPPORTED_PROTOCOL:
        case CURLE_URL_MALFORMAT:
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_CONNECT:
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CIPHER:
        case CURLE_SSL_ISSUER_ERROR:
            return true;
        default:
            return false;
    }
}

class HttpTransfer final : public CurlTransfer {
  public:
    HttpTransfer(TransferId id, HttpRequest request)
        : CurlTransfer(id, url_origin(request.url)), request_(std::move(request)) {}

    TransferAnswer finish(CURLcode code) override {
        long status = 0;
        curl_easy_getinfo(handle(), CURLINFO_RESPONSE_CODE, &status);
        const bool enough = request_.status_decides && status >= 200;
        if (code == CURLE_OK || enough) {
            response_.status = static_cast<int>(status);
            return HttpAnswer{std::move(response_)};
        }
        TransportFailure failure;
        failure.may_have_arrived = !never_left(code) && transfer_began();
        failure.message = too_large_ ? "the answer is larger than " +
                                           std::to_string(request_.answer_limit_bytes) + " bytes"
                                     : trouble(code);
        return HttpAnswer{std::move(failure)};
    }

  private:
    void configure(const OutboundSettings& settings) override {
        set(CURLOPT_URL, request_.url.c_str());
        set(CURLOPT_PROTOCOLS_STR, "http,https");
        set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
        set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
        set(CURLOPT_USERAGENT, settings.user_agent.c_str());
        set_timeout(request_.timeout);
        trust(host_in(request_.url), "its URL", "extra_ca_file", settings.extra_ca_file);
        if (request_.peers == HttpRequest::Peers::PublicOnly) allow_peers(PeerRule::PublicOnly);
        if (request_.peers == HttpRequest::Peers::OwnNetwork) allow_peers(PeerRule::OwnNetwork);
        set_method();
        for (const auto& header : request_.headers) {
            // A header without a value must end in ';' for curl.
            headers_.add(header.value.empty() ? header.name + ";"
                                              : header.name + ": " + header.value);
        }
        headers_.add("Expect:");  // no waiting for "100 Continue"
        set(CURLOPT_HTTPHEADER, headers_.get());
        set(CURLOPT_WRITEFUNCTION, &HttpTransfer::take_body);
        set(CURLOPT_WRITEDATA, this);
        set(CURLOPT_HEADERFUNCTION, &HttpTransfer::take_header);
        set(CURLOPT_HEADERDATA, this);
    }

    void set_method() {
        if (request_.method == "HEAD") {
            set(CURLOPT_NOBODY, 1L);
            return;
        }
        if (request_.method == "GET" && request_.body.empty()) return;
        if (request_.method != "DELETE" || !request_.body.empty()) {
            set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
            set(CURLOPT_POSTFIELDS, request_.body.data());
        }
        set(CURLOPT_CUSTOMREQUEST, request_.method.c_str());
    }

    // False as long as curl was still resolving, connecting or shaking hands.
    bool transfer_began() const {
        curl_off_t microseconds = 0;
        curl_easy_getinfo(handle(), CURLINFO_PRETRANSFER_TIME_T, &microseconds);
        return microseconds > 0;
    }

    bool within_limit(std::size_t more) {
        received_ += more;
        too_large_ = received_ > request_.answer_limit_bytes;
        return !too_large_;
    }

    static std::size_t take_body(char* data, std::size_t, std::size_t size, void* self) {
        auto& transfer = *static_cast<HttpTransfer*>(self);
        if (!transfer.within_limit(size)) return size == 0 ? 1 : 0;  // another count: give up
        transfer.response_.body.append(data, size);
        return size;
    }

    static std::size_t take_header(char* data, std::size_t, std::size_t size, void* self) {
        auto& transfer = *static_cast<HttpTransfer*>(self);
        if (!transfer.within_limit(size)) return size == 0 ? 1 : 0;
        std::string_view line{data, size};
        while (!line.empty() && (line.back() == '\r' || line.back() == '\n'))
            line.remove_suffix(1);
        if (line.starts_with("HTTP/")) {
            transfer.response_.headers.clear();  // those of a "100 Continue" before
            return size;
        }
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) return size;
        auto value = line.substr(colon + 1);
        while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) {
            value.remove_prefix(1);
        }
        transfer.response_.headers.push_back(
            Header{std::string{line.substr(0, colon)}, std::string{value}});
        return size;
    }

    HttpRequest request_;
    StringList headers_;
    HttpResponse response_;
    std::size_t received_ = 0;
    bool too_large_ = false;
};

}  // namespace

std::unique_ptr<CurlTransfer> make_http_transfer(TransferId id, HttpRequest request) {
    return std::make_unique<HttpTransfer>(id, std::move(request));
}

}  // namespace understudy
