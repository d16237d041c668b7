#include "agent/checks/stream.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/socket_address.h"

namespace understudy {
namespace {

std::string address_of(const SocketAddress& end) {
    return end.ipv4() ? to_string(*end.ipv4()) : to_string(*end.ipv6());
}

// "PROXY TCP4 192.0.2.1 203.0.113.7 50000 443\r\n": who asks is the proxy and its client in one.
std::string proxy_header_of(int socket) {
    const auto from = SocketAddress::of_socket(socket);
    const auto to = SocketAddress::peer_of_socket(socket);
    if (!from || !to) return "PROXY UNKNOWN\r\n";
    const char* family = to->ipv4() ? "TCP4 " : "TCP6 ";
    return std::string{"PROXY "} + family + address_of(*from) + " " + address_of(*to) + " " +
           std::to_string(from->port()) + " " + std::to_string(to->port()) + "\r\n";
}

}  // namespace

bool Stream::open_tcp(Reactor& reactor, const std::string& address, std::uint16_t port,
                      std::string request, Handler handler) {
    handler_ = std::move(handler);
    request_ = std::move(request);
    peer_ = address + " port " + std::to_string(port);
    if (const auto to = SocketAddress::parse(address, port))
        return open(reactor, to->family(), to->get(), to->size());
    problem_ = "\"" + address + "\" is not an IP address";
    return false;
}

bool Stream::open_unix(Reactor& reactor, const std::string& path, std::string request,
                       Handler handler) {
    handler_ = std::move(handler);
    request_ = std::move(request);
    peer_ = path;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
        problem_ = "the path " + path + " is too long for a UNIX socket";
        return false;
    }
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return open(reactor, AF_UNIX, &address, sizeof address);
}

bool Stream::open(Reactor& reactor, int family, const void* address, unsigned size) {
    reactor_ = &reactor;
    socket_ = Descriptor{socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    // EAGAIN: the listener's queue is full, which for a UNIX socket comes at once (connect(2)).
    if (!socket_ || (connect(socket_.get(), static_cast<const sockaddr*>(address), size) != 0 &&
                     errno != EINPROGRESS)) {
        error_ = errno;
        problem_ = "cannot connect to " + peer_ + ": " + std::strerror(error_);
        socket_ = {};
        return false;
    }
    watch_ = reactor.watch(socket_.get(), Reactor::Interest::Write, [this] { writable(); });
    return true;
}

void Stream::stop() {
    watch_ = {};
    socket_ = {};
}

Descriptor Stream::release() {
    watch_ = {};
    return std::move(socket_);
}

void Stream::writable() {
    if (!connected_) {
        int error = 0;
        socklen_t size = sizeof error;
        getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
        if (error != 0) return fail(error);
        connected_ = true;
        if (proxy_header_) send_proxy_header();
        if (!socket_) return;
        handler_(Progress::Connected);
        if (!socket_) return;
    }
    const auto sent = ::send(socket_.get(), request_.data(), request_.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return fail(errno);
    if (sent > 0) request_.erase(0, static_cast<std::size_t>(sent));
    if (!request_.empty()) return;
    watch_ = {};
    watch_ = reactor_->watch(socket_.get(), Reactor::Interest::Read, [this] { readable(); });
}

// A new connection takes so few bytes at once. If it does not, this machine is short of memory:
// that is our own trouble, and says nothing of who is asked.
void Stream::send_proxy_header() {
    const std::string header = proxy_header_of(socket_.get());
    const auto sent = ::send(socket_.get(), header.data(), header.size(), MSG_NOSIGNAL);
    if (sent == static_cast<ssize_t>(header.size())) return;
    fail(sent < 0 && errno != EAGAIN && errno != EINTR ? errno : ENOBUFS);
}

void Stream::readable() {
    std::array<char, 4096> piece{};
    const auto size = ::recv(socket_.get(), piece.data(), piece.size(), 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (size < 0) return fail(errno);
    received_.append(piece.data(), static_cast<std::size_t>(size));
    handler_(size == 0 ? Progress::End : Progress::Data);
}

void Stream::fail(int error) {
    error_ = error;
    problem_ = (connected_ ? "the connection to " : "cannot connect to ") + peer_ +
               (connected_ ? " broke: " : ": ") + std::strerror(error);
    stop();
    handler_(Progress::Failed);
}

}  // namespace understudy
