// The real workers against a socket of this process that takes connections and says nothing.
#include "controller/runtime/outbound/outbound_lines.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <set>

#include "tests/support/closed_port.h"

namespace understudy {
namespace {

constexpr std::chrono::seconds kLimit{20};

class SilentServer {
  public:
    SilentServer() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* const any = reinterpret_cast<sockaddr*>(&address);
        REQUIRE(::bind(socket_, any, size) == 0);
        REQUIRE(::listen(socket_, 128) == 0);
        REQUIRE(::getsockname(socket_, any, &size) == 0);
        port_ = ntohs(address.sin_port);
    }
    ~SilentServer() {
        for (const int each : taken_)
            ::close(each);
        ::close(socket_);
    }
    SilentServer(const SilentServer&) = delete;
    SilentServer& operator=(const SilentServer&) = delete;

    std::uint16_t port() const { return port_; }
    // True once so many are connected at a time.
    bool takes(std::size_t count) {
        while (taken_.size() < count) {
            pollfd ready{socket_, POLLIN, 0};
            if (::poll(&ready, 1, std::chrono::milliseconds{kLimit}.count()) != 1) return false;
            taken_.push_back(::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC));
        }
        return true;
    }

  private:
    int socket_;
    std::uint16_t port_ = 0;
    std::vector<int> taken_;
};

class Answers {
  public:
    bool has(TransferId id) {
        std::unique_lock lock{mutex_};
        return bell_.wait_for(lock, kLimit, [&] {
            for (const auto& done : box.take_all())
                seen_.insert(done.id);
            return seen_.contains(id);
        });
    }
    std::size_t count() const { return seen_.size(); }

    Mailbox<TransferDone> box{[this] {
        const std::scoped_lock lock{mutex_};
        bell_.notify_one();
    }};

  private:
    std::mutex mutex_;
    std::condition_variable bell_;
    std::set<TransferId> seen_;
};

HttpRequest post_to(std::uint16_t port) {
    HttpRequest request;
    request.method = "POST";
    request.url = "http://127.0.0.1:" + std::to_string(port) + "/";
    request.timeout = Duration{60'000};
    return request;
}

MailRequest mail_to(std::uint16_t port) {
    MailRequest request;
    request.server.host = "127.0.0.1";
    request.server.port = port;
    request.server.security = MailSecurity::None;
    request.recipients = {"ops@example.org"};
    return request;
}

TEST_CASE("receivers that hang hold up neither each other nor a provider's call") {
    constexpr TransferId kHooks = 60;
    SilentServer silent;
    Answers answers;
    OutboundLines lines{OutboundSettings{}, answers.box};
    for (TransferId id = 1; id <= kHooks; ++id)
        lines.outlets().notifications.submit(id, post_to(silent.port()));
    CHECK(silent.takes(kHooks));
    for (TransferId id = 101; id <= 103; ++id)
        lines.outlets().notifications.submit(id, mail_to(silent.port()));
    CHECK(silent.takes(kHooks + 3));

    const ClosedPort closed;
    lines.outlets().providers.submit(201, post_to(closed.port()));
    CHECK(answers.has(201));
    lines.outlets().notifications.submit(202, post_to(closed.port()));
    CHECK(answers.has(202));
    lines.outlets().notifications.submit(203, mail_to(closed.port()));
    CHECK(answers.has(203));
    CHECK(answers.count() == 3);
    CHECK_FALSE(lines.stop(Duration{0}));
}

TEST_CASE("one patience serves all lines") {
    SilentServer silent;
    Answers answers;
    OutboundLines lines{OutboundSettings{}, answers.box};
    lines.outlets().notifications.submit(1, post_to(silent.port()));
    lines.outlets().notifications.submit(2, mail_to(silent.port()));
    lines.outlets().providers.submit(3, post_to(silent.port()));
    CHECK(silent.takes(3));
    const Instant begun = BootClock::now();
    CHECK_FALSE(lines.stop(Duration{700}));
    CHECK(BootClock::now() - begun < Duration{1'400});
}

}  // namespace
}  // namespace understudy
