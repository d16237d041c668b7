// A port of loopback where nobody listens, and that nobody gets while this lives: a port that was
// only given back may go to another program, or to the very socket that is to find it closed.
#pragma once

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>

namespace understudy {

class ClosedPort {
  public:
    ClosedPort() {
        // Bound, but not listening: connections are refused.
        bind_to(connections_, 0);
        sockaddr_in own = at(0);
        socklen_t size = sizeof own;
        REQUIRE(::getsockname(connections_, any(own), &size) == 0);
        port_ = ntohs(own.sin_port);
        // Takes datagrams from the discard port alone, so that those of others are refused as well.
        bind_to(datagrams_, port_);
        sockaddr_in discard = at(9);
        REQUIRE(::connect(datagrams_, any(discard), sizeof discard) == 0);
    }
    ~ClosedPort() {
        ::close(connections_);
        ::close(datagrams_);
    }
    ClosedPort(const ClosedPort&) = delete;
    ClosedPort& operator=(const ClosedPort&) = delete;

    std::uint16_t port() const { return port_; }

  private:
    static sockaddr* any(sockaddr_in& address) { return reinterpret_cast<sockaddr*>(&address); }
    static sockaddr_in at(std::uint16_t port) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(port);
        return address;
    }
    static void bind_to(int socket, std::uint16_t port) {
        sockaddr_in address = at(port);
        REQUIRE(::bind(socket, any(address), sizeof address) == 0);
    }

    int connections_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int datagrams_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    std::uint16_t port_ = 0;
};

}  // namespace understudy
