// The thread that asks name servers: with sockets of its own on loopback.
#include "controller/runtime/served/name_worker.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>

#include "tests/support/closed_port.h"

using namespace understudy;

namespace {

NameQuestion question_at(std::uint16_t port) {
    NameQuestion asked;
    asked.name = "www.example.org";
    asked.server = "127.0.0.1";
    asked.port = port;
    return asked;
}

// A name server's socket that nobody reads.
class SilentNameServer {
  public:
    SilentNameServer() {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(::bind(socket_, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
        socklen_t size = sizeof at;
        REQUIRE(::getsockname(socket_, reinterpret_cast<sockaddr*>(&at), &size) == 0);
        port_ = ntohs(at.sin_port);
    }
    ~SilentNameServer() { ::close(socket_); }
    SilentNameServer(const SilentNameServer&) = delete;
    SilentNameServer& operator=(const SilentNameServer&) = delete;
    NameQuestion question() const { return question_at(port_); }

  private:
    int socket_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    std::uint16_t port_ = 0;
};

}  // namespace

TEST_CASE("who cannot be reached is told, over UDP and over TCP") {
    const ClosedPort closed;
    for (const bool tcp : {false, true}) {
        CAPTURE(tcp);
        std::promise<void> posted;
        Mailbox<TransferDone> answers{[&] { posted.set_value(); }};
        NameWorker worker{answers};
        NameQuestion question = question_at(closed.port());
        question.tcp = tcp;
        worker.submit(7, question);
        posted.get_future().wait();
        const auto done = answers.take_all();
        REQUIRE(done.size() == 1);
        CHECK(done[0].id == 7);
        const auto& answer = std::get<NameAnswer>(done[0].answer);
        CHECK_FALSE(answer.answered);
        CHECK(answer.silent);
        CHECK(answer.problem == "cannot be reached");
    }
}

TEST_CASE("a name that cannot be asked for, or an address that is none, is an answer at once") {
    SilentNameServer server;
    std::promise<void> posted;
    Mailbox<TransferDone> answers{[&] { posted.set_value(); }};
    NameWorker worker{answers};
    NameQuestion question = server.question();
    SUBCASE("the name") {
        question.name = std::string(300, 'a') + ".example.org";
    }
    SUBCASE("the address") {
        question.server = "not an address";
    }
    worker.submit(8, question);
    posted.get_future().wait();
    const auto done = answers.take_all();
    REQUIRE(done.size() == 1);
    CHECK_FALSE(std::get<NameAnswer>(done[0].answer).answered);
    CHECK_FALSE(std::get<NameAnswer>(done[0].answer).problem.empty());
}

TEST_CASE("it ends without waiting for anybody, and drops what is under way") {
    const SilentNameServer server;
    Mailbox<TransferDone> answers{{}};
    NameWorker worker{answers};
    for (TransferId id = 1; id <= 20; ++id)
        worker.submit(id, server.question());
    worker.stop();
    CHECK(answers.take_all().empty());
}
