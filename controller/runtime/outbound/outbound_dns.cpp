#include "controller/runtime/outbound/outbound_dns.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "base/address_range.h"
#include "base/crypto.h"
#include "base/descriptor.h"
#include "base/socket_address.h"

namespace understudy {
namespace {

constexpr std::size_t kMostAtOnce = 64;
// Of one exchange in one turn: a flood must not keep the others waiting.
constexpr int kMostReadsAtOnce = 32;
// Then twice as long, and so on (RFC 1035 4.2.1).
constexpr Duration kFirstResend{1'000};
constexpr std::size_t kIdBytes = 2;

template <typename Address>
bool reachable(const Address& address) {
    return is_loopback(address) || range_of(address).reach != Reach::Nobody;
}

// The socket address; none, and why, where no server can be.
std::optional<SocketAddress> address_of(const DnsExchange& exchange, std::string& why) {
    auto peer = SocketAddress::parse(exchange.server, exchange.port);
    if (!peer) {
        why = "the server is no address";
        return std::nullopt;
    }
    const auto ipv4 = peer->ipv4();
    if (ipv4 ? reachable(*ipv4) : reachable(*peer->ipv6())) return peer;
    why = "no server can be at " + exchange.server;
    return std::nullopt;
}

std::string words_of(int error) {
    return std::generic_category().message(error);
}

bool not_yet(int error) {
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR || error == EINPROGRESS;
}

}  // namespace

// One exchange. Every function that may end it says so by filling `end_`.
class DnsExchanges::Running {
  public:
    Running(TransferId id, DnsExchange exchange, Instant now)
        : id_(id), exchange_(std::move(exchange)), deadline_(now + exchange_.timeout) {
        const auto peer = address_of(exchange_, trouble_);
        const auto size = exchange_.message.size();
        if (size < kDnsHeaderBytes || size > kDnsMessageLimit) trouble_ = "this is no DNS message";
        if (!trouble_.empty()) {
            give_up();
            return;
        }
        peer_ = peer;
        // So that nobody who does not see it can guess it. The same for every try: another one
        // would give whoever guesses two to hit (RFC 5452 5). A TSIG names the id it was made with
        // itself (RFC 8945 4.2).
        given_id_ = exchange_.message.substr(0, kIdBytes);
        exchange_.message.replace(0, kIdBytes, random_bytes(kIdBytes));
        exchange_.over == DnsExchange::Over::Udp ? open_udp(now) : open_tcp();
    }

    TransferId id() const { return id_; }
    Instant next_deadline() const { return std::min(deadline_, resend_at_); }
    Socket socket() const { return {socket_.get(), !to_send_.empty()}; }
    std::optional<DnsAnswer>& end() { return end_; }

    void work(Instant now) {
        if (end_) return;
        tcp_ ? work_tcp() : read_udp();
        if (end_) return;
        if (now < deadline_) return resend_if_due(now);
        const std::string last = trouble_.empty() ? "" : " (" + trouble_ + ")";
        trouble_ = "no answer within " + to_text(exchange_.timeout) + last;
        give_up();
    }

  private:
    void open(int type) {
        socket_ = Descriptor{::socket(peer_->family(), type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
        if (!socket_ || ::connect(socket_.get(), peer_->get(), peer_->size()) != 0) {
            if (socket_ && not_yet(errno)) return;
            trouble_ = words_of(errno);
            give_up();
        }
    }

    // Connected, so that the kernel passes on what comes from there alone.
    void open_udp(Instant now) {
        open(SOCK_DGRAM);
        if (end_) return;
        if (!send_udp()) return give_up();
        sent_ = true;
        if (is_dns_query(exchange_.message)) resend_at_ = now + pause_;
    }

    bool send_udp() {
        const auto& message = exchange_.message;
        const auto sent = ::send(socket_.get(), message.data(), message.size(), MSG_NOSIGNAL);
        if (sent < 0) trouble_ = words_of(errno);
        return sent >= 0;
    }

    // What cannot be sent now may be the next time.
    void resend_if_due(Instant now) {
        if (now < resend_at_) return;
        (void)send_udp();
        pause_ *= 2;
        resend_at_ = now + pause_;
    }

    void open_tcp() {
        tcp_ = true;
        resend_at_ = kNever;
        trouble_.clear();
        to_send_ = framed_dns(exchange_.message);
        open(SOCK_STREAM);
    }

    void read_udp() {
        std::array<char, kDnsMessageLimit> buffer{};
        for (int reads = 0; reads < kMostReadsAtOnce && !end_; ++reads) {
            const auto got = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
            if (got < 0 && not_yet(errno)) return;
            if (got < 0) {
                trouble_ = words_of(errno);  // a port that nobody listens at, or says so
                continue;
            }
            std::string message{buffer.data(), static_cast<std::size_t>(got)};
            const auto fit = judge_dns_answer(exchange_.message, message);
            if (fit == DnsFit::Cut) return open_tcp();
            if (fit == DnsFit::Whole) answered_by(std::move(message));
        }
    }

    void answered_by(std::string message) {
        end_ = DnsResponse{std::move(message.replace(0, kIdBytes, given_id_))};
    }

    void work_tcp() {
        if (!send_rest()) return;
        std::array<char, kDnsMessageLimit> buffer{};
        for (int reads = 0; reads < kMostReadsAtOnce && !end_; ++reads) {
            const auto got = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
            if (got < 0 && not_yet(errno)) return;
            if (got <= 0) {
                trouble_ = got < 0 ? words_of(errno) : "the connection was closed";
                return give_up();
            }
            stream_.take({buffer.data(), static_cast<std::size_t>(got)});
            while (auto message = end_ ? std::nullopt : stream_.next()) {
                const auto fit = judge_dns_answer(exchange_.message, *message);
                if (fit == DnsFit::Whole) answered_by(*std::move(message));
                if (fit != DnsFit::Cut) continue;
                trouble_ = "the server cut its answer over TCP as well";
                return give_up();
            }
        }
    }

    // False while it is still to be sent, or over.
    bool send_rest() {
        while (!to_send_.empty()) {
            const auto sent = ::send(socket_.get(), to_send_.data(), to_send_.size(), MSG_NOSIGNAL);
            if (sent < 0) {
                if (not_yet(errno)) return false;
                trouble_ = words_of(errno);
                give_up();
                return false;
            }
            sent_ = true;
            to_send_.erase(0, static_cast<std::size_t>(sent));
        }
        return true;
    }

    void give_up() { end_ = TransportFailure{sent_, trouble_}; }

    TransferId id_;
    DnsExchange exchange_;
    Instant deadline_;
    Instant resend_at_ = kNever;
    Duration pause_ = kFirstResend;      // before that
    std::string given_id_;               // that the message came with
    std::optional<SocketAddress> peer_;  // none: it has ended at once
    Descriptor socket_;
    bool tcp_ = false;
    bool sent_ = false;    // something of it, so that it may have been acted upon
    std::string to_send_;  // over TCP
    DnsStream stream_;     // what came over TCP
    std::string trouble_;  // the last
    std::optional<DnsAnswer> end_;
};

DnsExchanges::DnsExchanges(Answered answered) : answered_(std::move(answered)) {}
DnsExchanges::~DnsExchanges() = default;

void DnsExchanges::add(TransferId id, DnsExchange exchange) {
    waiting_.push_back({id, std::move(exchange)});
}

void DnsExchanges::work(Instant now) {
    do {
        for (auto& each : running_)
            each.work(now);
        while (!waiting_.empty() && running_.size() < kMostAtOnce) {
            running_.emplace_back(waiting_.front().id, std::move(waiting_.front().exchange), now);
            waiting_.pop_front();
        }
        running_.remove_if([this](Running& each) {
            if (!each.end()) return false;
            answered_(each.id(), *std::move(each.end()));
            return true;
        });
    } while (!waiting_.empty() && running_.size() < kMostAtOnce);
}

std::vector<DnsExchanges::Socket> DnsExchanges::sockets() const {
    std::vector<Socket> sockets;
    for (const auto& each : running_)
        sockets.push_back(each.socket());
    return sockets;
}

Instant DnsExchanges::next_deadline() const {
    Instant next = kNever;
    for (const auto& each : running_)
        next = std::min(next, each.next_deadline());
    return next;
}

}  // namespace understudy
