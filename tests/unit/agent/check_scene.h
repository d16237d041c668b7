// What the tests of checks stand on: a real server socket that answers on command, and a wait with
// a deadline for the outcome of a probe.
#pragma once

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "agent/checks/check.h"
#include "agent/reactor.h"

namespace understudy {

inline constexpr Duration kPatience{10'000};

// Serves the reactor until `done`; false when it took longer than anybody waits.
inline bool serve_until(Reactor& reactor, const std::function<bool()>& done,
                        Duration patience = kPatience) {
    const Instant end = BootClock::now() + patience;
    while (!done()) {
        if (BootClock::now() >= end) return false;
        reactor.dispatch(5);
    }
    return true;
}

// A server socket, at 127.0.0.1 port 0 or in a new directory of its own.
class Server {
  public:
    static Server tcp() {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        Server server{AF_INET, reinterpret_cast<sockaddr*>(&address), sizeof address};
        socklen_t size = sizeof address;
        getsockname(server.socket_.get(), reinterpret_cast<sockaddr*>(&address), &size);
        server.port_ = ntohs(address.sin_port);
        return server;
    }
    static Server unix_socket() {
        std::string directory = "/tmp/understudy-check-XXXXXX";
        REQUIRE(mkdtemp(directory.data()) != nullptr);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const std::string path = directory + "/socket";
        std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
        Server server{AF_UNIX, reinterpret_cast<sockaddr*>(&address), sizeof address};
        server.directory_ = directory;
        return server;
    }
    Server(Server&&) = default;
    ~Server() {
        if (!directory_.empty()) std::filesystem::remove_all(directory_);
    }

    std::uint16_t port() const { return port_; }
    std::string path() const { return directory_ + "/socket"; }

    // Takes the connection that is waiting, reads until `end` of the request, answers, closes.
    std::string answer(const std::string& end, const std::string& text) {
        accept_one();
        std::string request;
        while (request.find(end) == std::string::npos) {
            std::array<char, 512> piece{};
            REQUIRE(readable(connection_.get()));
            const auto size = read(connection_.get(), piece.data(), piece.size());
            REQUIRE(size > 0);
            request.append(piece.data(), static_cast<std::size_t>(size));
        }
        REQUIRE(write(connection_.get(), text.data(), text.size()) ==
                static_cast<ssize_t>(text.size()));
        connection_ = {};
        return request;
    }
    void accept_one() {
        REQUIRE(readable(socket_.get()));
        connection_ = Descriptor{accept(socket_.get(), nullptr, nullptr)};
        REQUIRE(connection_.get() >= 0);
    }
    void stop_listening() { socket_ = {}; }

  private:
    Server(int family, const sockaddr* address, socklen_t size)
        : socket_(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        REQUIRE(bind(socket_.get(), address, size) == 0);
        REQUIRE(listen(socket_.get(), 8) == 0);
    }
    static bool readable(int fd) {
        pollfd wait{fd, POLLIN, 0};
        return poll(&wait, 1, static_cast<int>(kPatience.count())) == 1;
    }

    Descriptor socket_;
    Descriptor connection_;
    std::uint16_t port_ = 0;
    std::string directory_;
};

// A probe under way, and its outcome.
class Trial {
  public:
    explicit Trial(std::unique_ptr<Probe> probe) : probe_(std::move(probe)) {
        probe_->start(reactor_, [this](Outcome outcome) {
            ++reports_;
            outcome_ = std::move(outcome);
        });
    }
    Outcome outcome() {
        REQUIRE(serve_until(reactor_, [this] { return outcome_.has_value(); }));
        CHECK(reports_ == 1);
        return *outcome_;
    }
    void serve() { reactor_.dispatch(5); }
    bool pending() const { return !outcome_; }
    void give_up() { probe_.reset(); }

  private:
    Reactor reactor_;
    std::unique_ptr<Probe> probe_;
    std::optional<Outcome> outcome_;
    int reports_ = 0;
};

}  // namespace understudy
