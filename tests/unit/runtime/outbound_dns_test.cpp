// DNS messages through the real worker, with sockets of this process as the name server.
#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <utility>

#include "controller/runtime/outbound_worker.h"

namespace understudy {
namespace {

constexpr int kPatienceMs = 20'000;

std::string dns_message(std::string_view id, unsigned char flags, std::string_view rest = {}) {
    std::string message{id};
    message += static_cast<char>(flags);
    return (message + std::string(9, '\0')).append(rest);
}

bool readable(int socket) {
    pollfd ready{socket, POLLIN, 0};
    return ::poll(&ready, 1, kPatienceMs) == 1;
}

// One UDP and one TCP socket at the same port.
class NameServer {
  public:
    NameServer() : udp_(bound(SOCK_DGRAM)), tcp_(bound(SOCK_STREAM)) {
        REQUIRE(::listen(tcp_, 8) == 0);
    }
    ~NameServer() {
        for (const int each : {udp_, tcp_, peer_})
            ::close(each);
    }
    NameServer(const NameServer&) = delete;
    NameServer& operator=(const NameServer&) = delete;

    std::uint16_t port() const { return ntohs(address_.sin_port); }

    std::string asked() {
        REQUIRE(readable(udp_));
        char buffer[2'000];
        socklen_t size = sizeof from_;
        const auto got = ::recvfrom(udp_, buffer, sizeof buffer, 0, any(from_), &size);
        return {buffer, static_cast<std::size_t>(got)};
    }
    void answer(const std::string& message) { send_from(udp_, message); }
    void forge(const std::string& message) {
        sockaddr_in elsewhere = loopback();
        const int stranger = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        REQUIRE(::bind(stranger, any(elsewhere), sizeof elsewhere) == 0);
        send_from(stranger, message);
        ::close(stranger);
    }

    // Over TCP, as it came.
    std::string asked_over_tcp(std::size_t bytes) {
        REQUIRE(readable(tcp_));
        peer_ = ::accept4(tcp_, nullptr, nullptr, SOCK_CLOEXEC);
        std::string all;
        char buffer[2'000];
        while (all.size() < bytes) {
            REQUIRE(readable(peer_));
            const auto got = ::recv(peer_, buffer, sizeof buffer, 0);
            REQUIRE(got > 0);
            all.append(buffer, static_cast<std::size_t>(got));
        }
        return all;
    }
    void say(std::string_view bytes) {
        CHECK(::send(peer_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
              static_cast<ssize_t>(bytes.size()));
    }
    void hang_up() { ::close(std::exchange(peer_, -1)); }

  private:
    static sockaddr* any(sockaddr_in& address) { return reinterpret_cast<sockaddr*>(&address); }
    static sockaddr_in loopback() {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return address;
    }
    int bound(int type) {
        const int made = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
        socklen_t size = sizeof address_;
        REQUIRE(::bind(made, any(address_), size) == 0);
        REQUIRE(::getsockname(made, any(address_), &size) == 0);
        return made;
    }
    void send_from(int socket, const std::string& message) {
        CHECK(::sendto(socket, message.data(), message.size(), 0, any(from_), sizeof from_) > 0);
    }

    sockaddr_in address_ = loopback();
    sockaddr_in from_{};
    int udp_;
    int tcp_;
    int peer_ = -1;
};

class Asking {
  public:
    void ask(TransferId id, DnsExchange exchange) { worker_.submit(id, std::move(exchange)); }
    DnsAnswer answer(TransferId id) {
        std::unique_lock lock{mutex_};
        REQUIRE(bell_.wait_for(lock, std::chrono::milliseconds{kPatienceMs}, [&] {
            for (auto& done : box_.take_all())
                seen_.insert_or_assign(done.id, std::get<DnsAnswer>(done.answer));
            return seen_.contains(id);
        }));
        return seen_.at(id);
    }
    OutboundWorker& worker() { return worker_; }

  private:
    std::mutex mutex_;
    std::condition_variable bell_;
    Mailbox<TransferDone> box_{[this] {
        const std::scoped_lock lock{mutex_};
        bell_.notify_one();
    }};
    std::map<TransferId, DnsAnswer> seen_;
    OutboundWorker worker_{OutboundSettings{}, box_};
};

DnsExchange query_to(const NameServer& server, DnsExchange::Over over = DnsExchange::Over::Udp) {
    DnsExchange exchange;
    exchange.server = "127.0.0.1";
    exchange.port = server.port();
    exchange.over = over;
    exchange.message = dns_message("ab", 0x01, "question");
    exchange.timeout = Duration{kPatienceMs};
    return exchange;
}

std::string message_of(const DnsAnswer& answer) {
    const auto* response = std::get_if<DnsResponse>(&answer);
    return response == nullptr ? "none: " + std::get<TransportFailure>(answer).message
                               : response->message;
}

TEST_CASE("a DNS answer counts by its id and its sender, and noise does not end the waiting") {
    NameServer server;
    Asking asking;
    asking.ask(1, query_to(server));
    CHECK(server.asked() == dns_message("ab", 0x01, "question"));
    server.forge(dns_message("ab", 0x81, "forged"));
    server.answer(dns_message("xy", 0x81, "of another"));
    server.answer("ab");
    server.answer(dns_message("ab", 0x01, "no answer"));
    server.answer(dns_message("ab", 0x81, "answer"));
    CHECK(message_of(asking.answer(1)) == dns_message("ab", 0x81, "answer"));
}

TEST_CASE("a DNS answer that was cut is fetched over TCP") {
    NameServer server;
    Asking asking;
    asking.ask(1, query_to(server));
    server.asked();
    server.answer(dns_message("ab", 0x83));
    const auto asked = framed_dns(dns_message("ab", 0x01, "question"));
    CHECK(server.asked_over_tcp(asked.size()) == asked);
    const auto whole = dns_message("ab", 0x81, std::string(40'000, 'x'));
    const auto framed = framed_dns(dns_message("xy", 0x81)) + framed_dns(whole);
    server.say(std::string_view{framed}.substr(0, 15));
    server.say(std::string_view{framed}.substr(15));
    CHECK(message_of(asking.answer(1)) == whole);
}

TEST_CASE("a DNS message goes over TCP alone where that is asked for") {
    NameServer server;
    Asking asking;
    asking.ask(1, query_to(server, DnsExchange::Over::Tcp));
    server.asked_over_tcp(2 + dns_message("ab", 0x01, "question").size());
    server.hang_up();
    const auto answer = asking.answer(1);
    REQUIRE(std::holds_alternative<TransportFailure>(answer));
    CHECK(std::get<TransportFailure>(answer).may_have_arrived);
}

TEST_CASE("a DNS server that keeps silent is given up, and holds up nobody else") {
    NameServer silent;
    NameServer server;
    Asking asking;
    for (TransferId id = 1; id <= 20; ++id) {
        auto exchange = query_to(silent);
        exchange.timeout = Duration{300};
        asking.ask(id, exchange);
    }
    asking.ask(21, query_to(server));
    server.asked();
    server.answer(dns_message("ab", 0x81));
    CHECK(message_of(asking.answer(21)) == dns_message("ab", 0x81));
    for (TransferId id = 1; id <= 20; ++id) {
        const auto answer = asking.answer(id);
        REQUIRE(std::holds_alternative<TransportFailure>(answer));
        CHECK(std::get<TransportFailure>(answer).message.starts_with("no answer within"));
        CHECK(std::get<TransportFailure>(answer).may_have_arrived);
    }
}

TEST_CASE("what cannot be sent as DNS has certainly not arrived") {
    NameServer server;
    Asking asking;
    auto named = query_to(server);
    named.server = "ns.example.org";
    auto nowhere = query_to(server);
    nowhere.server = "0.0.0.0";
    auto empty = query_to(server);
    empty.message.clear();
    std::uint16_t closed = 0;
    {
        const NameServer gone;
        closed = gone.port();
    }
    auto refused = query_to(server, DnsExchange::Over::Tcp);
    refused.port = closed;
    asking.ask(1, named);
    asking.ask(2, nowhere);
    asking.ask(3, empty);
    asking.ask(4, refused);
    for (TransferId id = 1; id <= 4; ++id) {
        CAPTURE(id);
        const auto answer = asking.answer(id);
        REQUIRE(std::holds_alternative<TransportFailure>(answer));
        CHECK_FALSE(std::get<TransportFailure>(answer).may_have_arrived);
        CHECK_FALSE(std::get<TransportFailure>(answer).message.empty());
    }
}

TEST_CASE("a DNS exchange under way is dropped when the patience for stopping is over") {
    NameServer silent;
    Asking asking;
    asking.ask(1, query_to(silent));
    silent.asked();
    CHECK_FALSE(asking.worker().stop(Duration{50}));
}

}  // namespace
}  // namespace understudy
