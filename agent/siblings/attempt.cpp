#include "agent/siblings/attempt.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <utility>

#include "agent/checks/http.h"
#include "agent/checks/stream.h"
#include "agent/siblings/routes.h"
#include "base/ascii.h"
#include "base/ip_address.h"

namespace understudy {
namespace {

using Progress = Stream::Progress;
using Verdict = wire::ProbeVerdict;

constexpr std::size_t kBodyLimitBytes = 16 * 1024;
constexpr std::size_t kHeadLimitBytes = 16 * 1024;

// A router's word that there is no way arrives as one of the same errors, and is about the server.
bool is_own_trouble(int error, const std::string& address) {
    switch (error) {
        case EADDRNOTAVAIL:
        case EAFNOSUPPORT:
        case EPERM:
        case EACCES:
        case EMFILE:
        case ENFILE:
        case ENOBUFS:
        case ENOMEM:
            return true;
        case ENETUNREACH:
        case EHOSTUNREACH:
        case ENETDOWN:
            return no_route_to(address);
        default:
            return false;
    }
}

Finding failure(int error, const std::string& problem, const std::string& address) {
    if (error == 0) return {Verdict::Dead, problem};
    if (is_own_trouble(error, address))
        return {Verdict::Nothing, std::string{"not sent from here: "} + std::strerror(error)};
    return {Verdict::Dead, std::strerror(error)};
}

// The answer without what announces it (100, 103).
std::string_view final_answer(std::string_view answer) {
    for (;;) {
        const auto status = read_status_line(answer);
        if (!status || *status < 100 || *status > 199) return answer;
        const auto end = answer.find("\r\n\r\n");
        if (end == std::string_view::npos) return {};
        answer.remove_prefix(end + 4);
    }
}

// A body in chunks (RFC 9112 7.1) as one text, as far as it has come.
std::string joined_chunks(std::string_view body) {
    std::string text;
    while (!body.empty() && text.size() <= kBodyLimitBytes) {
        std::size_t size = 0;
        const auto [end, trouble] =
            std::from_chars(body.data(), body.data() + body.size(), size, 16);
        const auto line = body.find('\n');
        if (trouble != std::errc{} || size == 0 || line == std::string_view::npos) break;
        body.remove_prefix(line + 1);
        text += body.substr(0, size);
        body.remove_prefix(std::min(body.size(), size + 2));
    }
    return text;
}

bool has_chunks(std::string_view head) {
    const std::string text = lower(head);
    return text.find("\ntransfer-encoding: chunked") != std::string::npos ||
           text.find("\ntransfer-encoding:chunked") != std::string::npos;
}

// None: more must come.
std::optional<bool> body_contains(std::string_view answer, bool ended, const std::string& text) {
    const auto end = answer.find("\r\n\r\n");
    if (end == std::string_view::npos) {
        if (ended || answer.size() > kHeadLimitBytes) return false;
        return std::nullopt;
    }
    const std::string_view raw = answer.substr(end + 4);
    const std::string body =
        has_chunks(answer.substr(0, end)) ? joined_chunks(raw) : std::string{raw};
    if (std::string_view{body}.substr(0, kBodyLimitBytes).find(text) != std::string_view::npos)
        return true;
    if (ended || raw.size() >= 2 * kBodyLimitBytes || body.size() >= kBodyLimitBytes) return false;
    return std::nullopt;
}

class TcpAttempt final : public Attempt {
  public:
    explicit TcpAttempt(const wire::Probe& probe) : probe_(probe) {}

    void start(Reactor& reactor, Report report) override {
        const auto progress = [this, report](Progress what) {
            stream_.stop();
            report(what == Progress::Connected
                       ? Finding{Verdict::Serves, "connected"}
                       : failure(stream_.error(), stream_.problem(), probe_.address));
        };
        if (probe_.proxy_protocol) stream_.begin_with_proxy_header();
        if (!stream_.open_tcp(reactor, probe_.address, probe_.port, {}, progress))
            report(failure(stream_.error(), stream_.problem(), probe_.address));
    }

  private:
    const wire::Probe probe_;
    Stream stream_;
};

std::string request_of(const wire::Probe& probe) {
    const std::string host = parse_ipv6(probe.host) ? "[" + probe.host + "]" : probe.host;
    return "GET " + probe.path + " HTTP/1.1\r\nHost: " + host +
           "\r\nUser-Agent: understudy-agent\r\nAccept: */*\r\nConnection: close\r\n\r\n";
}

// Over Stream or TlsStream, which have one face.
template <typename Connection>
class HttpAttempt : public Attempt {
  public:
    explicit HttpAttempt(const wire::Probe& probe) : probe_(probe) {}

    void start(Reactor& reactor, Report report) override {
        const auto progress = [this, report](Progress what) { on(what, report); };
        if (!open(reactor, progress)) report(failed());
    }

  protected:
    virtual bool open(Reactor& reactor, Stream::Handler handler) = 0;

    const wire::Probe probe_;
    Connection connection_;

  private:
    Finding failed() const {
        return failure(connection_.error(), connection_.problem(), probe_.address);
    }
    void on(Progress what, const Report& report) {
        if (what == Progress::Connected) return;
        if (what == Progress::Failed) return report(failed());
        const auto found = judge_answer(connection_.received(), what == Progress::End, probe_);
        if (!found) return;
        connection_.stop();
        report(*found);
    }
};

class PlainAttempt final : public HttpAttempt<Stream> {
  public:
    using HttpAttempt::HttpAttempt;

  private:
    bool open(Reactor& reactor, Stream::Handler handler) override {
        if (probe_.proxy_protocol) connection_.begin_with_proxy_header();
        return connection_.open_tcp(reactor, probe_.address, probe_.port, request_of(probe_),
                                    std::move(handler));
    }
};

class TlsAttempt final : public HttpAttempt<TlsStream> {
  public:
    TlsAttempt(const wire::Probe& probe, TlsClient& client) : HttpAttempt(probe), client_(client) {}

  private:
    bool open(Reactor& reactor, Stream::Handler handler) override {
        const TlsStream::Peer peer{probe_.address, probe_.port, probe_.host,
                                   probe_.require_certificate, probe_.proxy_protocol};
        return connection_.open(client_, reactor, peer, request_of(probe_), std::move(handler));
    }

    TlsClient& client_;
};

}  // namespace

std::optional<Finding> judge_answer(std::string_view answer, bool ended, const wire::Probe& probe) {
    const std::size_t size = answer.size();
    answer = final_answer(answer);
    const auto status = read_status_line(answer);
    if (!status) {
        if (size > kHeadLimitBytes) return Finding{Verdict::Dead, "no final answer"};
        if (!ended) return std::nullopt;
        return Finding{Verdict::Dead, "closed without an answer"};
    }
    if (*status == 0 && answer.empty() && !ended) return std::nullopt;
    if (*status == 0) return Finding{Verdict::Dead, "the answer is not HTTP/1"};
    const std::string number = std::to_string(*status);
    if (*status < probe.status_low || *status > probe.status_high)
        return Finding{Verdict::Dead, "status " + number};
    if (probe.text.empty()) return Finding{Verdict::Serves, number};
    const auto contains = body_contains(answer, ended, probe.text);
    if (!contains) return std::nullopt;
    if (*contains) return Finding{Verdict::Serves, number};
    return Finding{Verdict::Dead, number + " without the text"};
}

std::unique_ptr<Attempt> make_attempt(const wire::Probe& probe, TlsClient& tls) {
    if (probe.kind == wire::ProbeKind::Http) return std::make_unique<PlainAttempt>(probe);
    if (probe.kind == wire::ProbeKind::Https) return std::make_unique<TlsAttempt>(probe, tls);
    return std::make_unique<TcpAttempt>(probe);
}

}  // namespace understudy
