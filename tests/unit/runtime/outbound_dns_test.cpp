// DNS messages through the real worker, with sockets of this process as the name server.
#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include "controller/runtime/outbound/outbound_dns.h"
#include "controller/runtime/outbound/outbound_worker.h"

namespace understudy {
namespace {

constexpr int kPatienceMs = 20'000;

constexpr unsigned char kQuery = 0x01;
constexpr unsigned char kAnswer = 0x81;

// With one question in it, about a name.
std::string dns_message(std::string_view id, unsigned char flags, std::string_view rest = {},
                        std::string_view name = "www") {
    std::string message{id.substr(0, 2)};
    message += static_cast<char>(flags);
    message.append("\0\0\1\0\0\0\0\0\0", 9);
    message += static_cast<char>(name.size());
    return message.append(name).append("\0\0\1\0\1", 5).append(rest);
}

bool readable(int socket, int patience_ms = kPatienceMs) {
    pollfd ready{socket, POLLIN, 0};
    return ::poll(&ready, 1, patience_ms) == 1;
}

// One UDP and one TCP socket at the same port.
class NameServer {
  public:
    // A port that is free for the one may be taken for the other.
    NameServer() {
        for (int tries = 0; tcp_ < 0 && tries < 100; ++tries) {
            ::close(udp_);
            address_ = loopback();
            udp_ = bound(SOCK_DGRAM);
            tcp_ = bound(SOCK_STREAM);
        }
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
    bool asked_again() const { return readable(udp_, 0); }
    void answer(const std::string& message) { send_from(udp_, message); }
    void forge(const std::string& message) {
        sockaddr_in elsewhere = loopback();
        const int other = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        REQUIRE(::bind(other, any(elsewhere), sizeof elsewhere) == 0);
        send_from(other, message);
        ::close(other);
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
        if (::bind(made, any(address_), size) != 0) {
            ::close(made);
            return -1;
        }
        REQUIRE(::getsockname(made, any(address_), &size) == 0);
        return made;
    }
    void send_from(int socket, const std::string& message) {
        CHECK(::sendto(socket, message.data(), message.size(), 0, any(from_), sizeof from_) > 0);
    }

    sockaddr_in address_ = loopback();
    sockaddr_in from_{};
    int udp_ = -1;
    int tcp_ = -1;
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
    exchange.message = dns_message("ab", kQuery);
    exchange.timeout = Duration{kPatienceMs};
    return exchange;
}

std::string message_of(const DnsAnswer& answer) {
    const auto* response = std::get_if<DnsResponse>(&answer);
    return response == nullptr ? "none: " + std::get<TransportFailure>(answer).message
                               : response->message;
}

// What it asks, with the id that was chosen for it.
std::string with_id_of(const std::string& asked) {
    return dns_message(asked, kQuery);
}

TEST_CASE("a DNS answer counts by id, question and sender, and noise does not end the waiting") {
    NameServer server;
    Asking asking;
    asking.ask(1, query_to(server));
    const auto asked = server.asked();
    CHECK(asked == with_id_of(asked));
    const std::string other{static_cast<char>(~asked[0]), asked[1]};
    server.forge(dns_message(asked, kAnswer, "forged"));
    server.answer(dns_message(other, kAnswer, "of another"));
    server.answer(asked.substr(0, 2));
    server.answer(dns_message(asked, kQuery, "no answer"));
    server.answer(dns_message(asked, kAnswer, "to another question", "ftp"));
    server.answer(dns_message(asked, kAnswer, "answer", "WwW"));
    CHECK(message_of(asking.answer(1)) == dns_message("ab", kAnswer, "answer", "WwW"));
}

TEST_CASE("the id of a DNS message is chosen by lot, and the answer has the one it was given") {
    NameServer server;
    Asking asking;
    std::set<std::string> ids;
    for (TransferId id = 1; id <= 8; ++id) {
        asking.ask(id, query_to(server));
        const auto asked = server.asked();
        ids.insert(asked.substr(0, 2));
        server.answer(dns_message(asked, kAnswer));
        CHECK(message_of(asking.answer(id)) == dns_message("ab", kAnswer));
    }
    CHECK(ids.size() > 4);
}

// By the clock of the test.
class Exchanging {
  public:
    explicit Exchanging(DnsExchange exchange) { exchanges.add(1, std::move(exchange)); }
    void work(int at_ms) { exchanges.work(Instant{Duration{at_ms}}); }
    int next_ms() const {
        return static_cast<int>(exchanges.next_deadline().time_since_epoch().count());
    }
    std::optional<DnsAnswer> answer;
    DnsExchanges exchanges{[this](TransferId, DnsAnswer got) { answer = std::move(got); }};
};

TEST_CASE("a DNS query is sent again while no answer comes, with the same id") {
    NameServer server;
    auto query = query_to(server);
    query.timeout = Duration{5'000};
    Exchanging exchanging{query};
    exchanging.work(0);
    const auto asked = server.asked();
    for (const int due : {1'000, 3'000}) {
        CAPTURE(due);
        CHECK(exchanging.next_ms() == due);
        exchanging.work(due - 1);
        CHECK_FALSE(server.asked_again());
        exchanging.work(due);
        REQUIRE(server.asked_again());
        CHECK(server.asked() == asked);
    }
    CHECK(exchanging.next_ms() == 5'000);
    SUBCASE("an answer to any of them counts") {
        server.answer(dns_message(asked, kAnswer));
        exchanging.work(4'999);
        REQUIRE(exchanging.answer);
        CHECK(message_of(*exchanging.answer) == dns_message("ab", kAnswer));
    }
    SUBCASE("in the end it is given up") {
        exchanging.work(5'000);
        REQUIRE(exchanging.answer);
        CHECK(message_of(*exchanging.answer).starts_with("none: no answer within 5.0 s"));
        CHECK_FALSE(server.asked_again());
    }
}

TEST_CASE("a DNS message that changes something is sent once") {
    NameServer server;
    auto update = query_to(server);
    update.message = dns_message("ab", 0x28);
    Exchanging exchanging{update};
    exchanging.work(0);
    server.asked();
    CHECK(exchanging.next_ms() == kPatienceMs);
    exchanging.work(10'000);
    CHECK_FALSE(server.asked_again());
    CHECK_FALSE(exchanging.answer);
}

TEST_CASE("a DNS answer that was cut is fetched over TCP") {
    NameServer server;
    Asking asking;
    asking.ask(1, query_to(server));
    const auto asked = server.asked();
    server.answer(dns_message(asked, 0x83));
    CHECK(server.asked_over_tcp(2 + asked.size()) == framed_dns(asked));
    const std::string rest(40'000, 'x');
    const auto framed = framed_dns(dns_message(asked, kAnswer, rest, "ftp")) +
                        framed_dns(dns_message(asked, kAnswer, rest));
    server.say(std::string_view{framed}.substr(0, 15));
    server.say(std::string_view{framed}.substr(15));
    CHECK(message_of(asking.answer(1)) == dns_message("ab", kAnswer, rest));
}

TEST_CASE("a DNS message goes over TCP alone where that is asked for") {
    NameServer server;
    Asking asking;
    asking.ask(1, query_to(server, DnsExchange::Over::Tcp));
    server.asked_over_tcp(2 + dns_message("ab", kQuery).size());
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
    server.answer(dns_message(server.asked(), kAnswer));
    CHECK(message_of(asking.answer(21)) == dns_message("ab", kAnswer));
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
