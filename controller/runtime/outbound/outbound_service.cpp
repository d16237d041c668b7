// Service probes: what one visitor would find at a server's address. An answer is judged by its
// status and its first kilobytes; a certificate that does not fit is told, or decides.
#include <cerrno>
#include <cstdint>
#include <string_view>
#include <system_error>

#include "base/ascii.h"
#include "base/distrust.h"
#include "base/socket_address.h"
#include "base/text.h"
#include "controller/runtime/outbound/outbound_transfer.h"
#include "controller/runtime/probes/shown_certificate.h"

namespace understudy {
namespace {

using Kind = ProbeTarget::Kind;

constexpr std::size_t kEnoughBytes = 64 * 1024;
constexpr std::size_t kSentenceBytes = 200;
constexpr const char* kNone = nullptr;

constexpr std::uint16_t kAnyPort = 9;

bool refused_here(const std::string& address) {
    const auto to = SocketAddress::parse(address, kAnyPort);
    return to && !source_towards(*to);
}

// "connection refused"
std::string error_words(int error) {
    return lower(std::generic_category().message(error));
}

// OpenSSL's word for an end where none was due is its name for a system call.
std::string no_tls(const std::string& trouble) {
    const bool ended = trouble.find("SSL_ERROR_SYSCALL") != std::string::npos;
    return ended ? "closed before there was TLS" : "no TLS: " + trouble;
}

// What keeps curl from asking at all.
bool is_of_this_machine(CURLcode code) {
    switch (code) {
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_CRL_BADFILE:
        case CURLE_SSL_ENGINE_NOTFOUND:
        case CURLE_SSL_ENGINE_SETFAILED:
        case CURLE_SSL_ENGINE_INITFAILED:
        case CURLE_OUT_OF_MEMORY:
        case CURLE_FAILED_INIT:
        case CURLE_NOT_BUILT_IN:
        case CURLE_INTERFACE_FAILED:
            return true;
        default:
            return false;
    }
}

class ServiceTransfer final : public CurlTransfer {
  public:
    ServiceTransfer(TransferId id, ServiceProbe probe)
        : CurlTransfer(id, "service " + probe.address), probe_(std::move(probe)) {}

    // Who asks keeps a limit of its own.
    bool waits_in_line() const override { return false; }
    void stood_still(Duration late) override { held_up_ += late; }

    TransferAnswer finish(CURLcode code) override {
        ServiceAnswer answer = found(code);
        answer.late = late_;
        answer.timed_out = code == CURLE_OPERATION_TIMEDOUT && !enough_;
        answer.connected = time_of(CURLINFO_CONNECT_TIME_T) > 0;
        answer.tls = tls() && time_of(CURLINFO_APPCONNECT_TIME_T) > 0;
        if (answer.tls) answer.misfit = misfit();
        if (answer.tls && probe_.certificate) answer.certificate = certificate_told(handle());
        const std::string asked = scheme() + " " + std::to_string(target().port) + ": ";
        answer.sentence = plain_text(asked + answer.sentence, kSentenceBytes, "...");
        return answer;
    }

  private:
    const ProbeTarget& target() const { return probe_.terms.target; }
    bool tls() const { return target().kind == Kind::Https; }
    std::string scheme() const {
        return target().kind == Kind::Tcp ? "tcp" : tls() ? "https" : "http";
    }

    // --- what is asked ------------------------------------------------------------------------

    void configure(const OutboundSettings& settings) override {
        late_ = BootClock::now() > probe_.start_by;
        set(CURLOPT_FRESH_CONNECT, 1L);
        set(CURLOPT_FORBID_REUSE, 1L);
        const auto limit = static_cast<long>(probe_.terms.timeout.count());
        set(CURLOPT_CONNECTTIMEOUT_MS, limit);
        set_timeout(probe_.terms.timeout);
        const std::string port = std::to_string(target().port);
        const std::string name = target().kind == Kind::Tcp ? "service" : probe_.name;
        connect_to_.add(name + ":" + port + ":" + url_host(probe_.address) + ":" + port);
        set(CURLOPT_CONNECT_TO, connect_to_.get());
        const char* const protocol = tls() ? "https" : "http";
        set(CURLOPT_URL,
            (std::string{protocol} + "://" + name + ":" + port + target().path).c_str());
        set(CURLOPT_PROTOCOLS_STR, protocol);
        if (probe_.terms.proxy_protocol == ProxyProtocol::V1) set(CURLOPT_HAPROXYPROTOCOL, 1L);
        if (target().kind == Kind::Tcp) {
            set(CURLOPT_CONNECT_ONLY, 1L);
        } else {
            ask(settings);
        }
        if (tls()) look_at_certificate(settings);
    }

    void ask(const OutboundSettings& settings) {
        set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
        set(CURLOPT_HTTP09_ALLOWED, 0L);
        set(CURLOPT_PATH_AS_IS, 1L);
        set(CURLOPT_USERAGENT, settings.user_agent.c_str());
        set(CURLOPT_WRITEFUNCTION, &ServiceTransfer::take_body);
        set(CURLOPT_WRITEDATA, this);
        set(CURLOPT_HEADERFUNCTION, &ServiceTransfer::take_header);
        set(CURLOPT_HEADERDATA, this);
    }

    void look_at_certificate(const OutboundSettings& settings) {
        set(CURLOPT_SSL_SESSIONID_CACHE, 0L);
        if (probe_.certificate) set(CURLOPT_CERTINFO, 1L);
        if (probe_.terms.certificate == ProbeCertificate::Require) {
            trust(probe_.name, "its domain's name", "extra_ca_file", settings.extra_ca_file);
            // The folder keeps curl from remembering the authorities it has read: milliseconds for
            // every probe.
            if (settings.extra_ca_file.empty()) set(CURLOPT_CAPATH, kNone);
            return;
        }
        set(CURLOPT_CERTINFO, 1L);
        set(CURLOPT_SSL_VERIFYPEER, 0L);
        set(CURLOPT_SSL_VERIFYHOST, 0L);
        set(CURLOPT_CAINFO, kNone);
        set(CURLOPT_CAPATH, kNone);
    }

    // --- what is found ------------------------------------------------------------------------

    ServiceAnswer found(CURLcode code) const {
        if (late_) return {Verdict::Nothing, "the controller is behind with its probes"};
        const std::string own = own_trouble(code);
        if (!own.empty()) return {Verdict::Nothing, own};
        if (code == CURLE_OK || enough_) {
            ServiceAnswer answer = judged();
            answer.spoke = true;
            return answer;
        }
        return {Verdict::Dead, failure(code)};
    }

    // What says nothing about the server; empty: none.
    std::string own_trouble(CURLcode code) const {
        const bool failed = code != CURLE_OK && !enough_;
        if (failed && held_up_ * 4 >= probe_.terms.timeout)
            return "the controller itself stood still for " + to_text(held_up_);
        if (is_of_this_machine(code)) return "not probed from here: " + trouble(code);
        if (code != CURLE_COULDNT_CONNECT) return {};
        if (socket_error() != 0) return "no socket here: " + error_words(socket_error());
        switch (os_error()) {
            case EADDRNOTAVAIL:
            case EPERM:
            case EACCES:
            case ENOBUFS:
            case ENOMEM:
                return "not sent from here: " + error_words(os_error());
            case ENETUNREACH:
            case EHOSTUNREACH:
            case ENETDOWN:
                return refused_here(probe_.address) ? "no route from here" : "";
            default:
                return {};
        }
    }

    int os_error() const {
        long error = 0;
        curl_easy_getinfo(handle(), CURLINFO_OS_ERRNO, &error);
        return static_cast<int>(error);
    }

    ServiceAnswer judged() const {
        if (target().kind == Kind::Tcp) return {Verdict::Serves, "connected" + took()};
        const std::string status = std::to_string(this->status());
        if (!probe_.terms.status.has(this->status())) {
            return {Verdict::Dead, "status " + status + ", " + to_string(probe_.terms.status) +
                                       " wanted" + misfit_text()};
        }
        if (body_.find(probe_.terms.text) == std::string::npos)
            return {Verdict::Dead, "the text " + quoted(probe_.terms.text) + " is missing"};
        return {Verdict::Serves, status + took() + misfit_text()};
    }

    long status() const {
        long status = 0;
        curl_easy_getinfo(handle(), CURLINFO_RESPONSE_CODE, &status);
        return status;
    }

    // Microseconds since the beginning; 0: it did not come to that.
    curl_off_t time_of(CURLINFO what) const {
        curl_off_t time = 0;
        curl_easy_getinfo(handle(), what, &time);
        return time;
    }

    // " in 12 ms"
    std::string took() const {
        return " in " + to_text(Duration{time_of(CURLINFO_TOTAL_TIME_T) / 1'000});
    }

    // "expired 2026-11-21"; empty: it fits, or nobody looks.
    std::string misfit() const {
        if (!tls() || probe_.terms.certificate == ProbeCertificate::Require) return {};
        return certificate_misfit(rfc3339_of_openssl(told_of_certificate(handle(), "Start date:")),
                                  rfc3339_of_openssl(told_of_certificate(handle(), "Expire date:")),
                                  told_of_certificate(handle(), "X509v3 Subject Alternative Name:"),
                                  probe_.name, wall_now());
    }
    std::string misfit_text() const {
        const std::string why = misfit();
        return why.empty() ? why : ", certificate: " + why;
    }

    std::string failure(CURLcode code) const {
        switch (code) {
            case CURLE_OPERATION_TIMEDOUT:
                return (status() != 0 ? "no end of the answer within " : "no answer within ") +
                       to_text(probe_.terms.timeout);
            case CURLE_COULDNT_CONNECT:
                return os_error() != 0 ? error_words(os_error()) : trouble(code);
            case CURLE_GOT_NOTHING:
                return "closed without an answer";
            case CURLE_UNSUPPORTED_PROTOCOL:
            case CURLE_WEIRD_SERVER_REPLY:
                return "the answer is not HTTP";
            case CURLE_PEER_FAILED_VERIFICATION:
                return distrusted();
            case CURLE_SSL_CONNECT_ERROR:
                return no_tls(trouble(code));
            default:
                return trouble(code);
        }
    }

    std::string distrusted() const {
        long told = 0;
        curl_easy_getinfo(handle(), CURLINFO_SSL_VERIFYRESULT, &told);
        TrustTerms terms;
        terms.peer = probe_.address;
        terms.name = probe_.name;
        return distrust(verify_result_of_curl(told), terms).message;
    }

    // True as long as there is to be more of it.
    bool takes(std::size_t more) {
        received_ += more;
        enough_ = received_ > kEnoughBytes;
        return !enough_;
    }

    static std::size_t take_body(char* data, std::size_t, std::size_t size, void* self) {
        auto& transfer = *static_cast<ServiceTransfer*>(self);
        if (!transfer.probe_.terms.text.empty()) transfer.body_.append(data, size);
        return transfer.takes(size) ? size : 0;  // another count: give up
    }

    static std::size_t take_header(char*, std::size_t, std::size_t size, void* self) {
        return static_cast<ServiceTransfer*>(self)->takes(size) ? size : 0;
    }

    const ServiceProbe probe_;
    StringList connect_to_;
    std::string body_;
    std::size_t received_ = 0;
    bool enough_ = false;
    bool late_ = false;
    Duration held_up_{0};
};

}  // namespace

std::unique_ptr<CurlTransfer> make_service_transfer(TransferId id, ServiceProbe probe) {
    return std::make_unique<ServiceTransfer>(id, std::move(probe));
}

}  // namespace understudy
