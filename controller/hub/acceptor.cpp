#include "controller/hub/acceptor.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include <cerrno>
#include <cstring>

#include "base/log.h"

namespace understudy {
namespace {

constexpr int kBatch = 64;
constexpr int kBacklog = 4096;  // the kernel cuts it to net.core.somaxconn
constexpr std::uint64_t kOutOfDescriptorsPauseMs = 200;

void set_option(int descriptor, int level, int name) {
    const int on = 1;
    setsockopt(descriptor, level, name, &on, sizeof on);
}

ino_t inode_at(const std::string& path) {
    struct stat about {};
    return !path.empty() && stat(path.c_str(), &about) == 0 ? about.st_ino : 0;
}

Error cannot_listen(const ListenAddress& address, std::string_view why) {
    return invalid("listen",
                   "cannot listen on " + address.address + " port " + std::to_string(address.port) +
                       ": " + std::string(why),
                   "choose a free port and an address of this machine");
}

}  // namespace

struct Acceptor::Socket {
    Acceptor* owner = nullptr;
    int descriptor = -1;
    uv_poll_t poll{};
    uv_timer_t retry{};
    int open_handles = 2;
    std::string path;  // of a Unix socket; empty: TCP
    ino_t inode = 0;   // there

    static void closed(uv_handle_t* handle) {
        auto* socket = static_cast<Socket*>(handle->data);
        if (--socket->open_handles == 0) delete socket;
    }
};

Acceptor::Acceptor(uv_loop_s* loop, MayAccept may_accept, Accepted accepted)
    : loop_(loop), may_accept_(std::move(may_accept)), accepted_(std::move(accepted)) {}

Acceptor::~Acceptor() {
    close();
}

Result<Done> Acceptor::listen(const ListenAddress& address) {
    addrinfo hints{};
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int lookup =
        getaddrinfo(address.address.c_str(), std::to_string(address.port).c_str(), &hints, &found);
    if (lookup != 0) return cannot_listen(address, gai_strerror(lookup));

    const int descriptor = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    bool good = descriptor >= 0;
    if (good) {
        set_option(descriptor, SOL_SOCKET, SO_REUSEADDR);
        good = bind(descriptor, found->ai_addr, found->ai_addrlen) == 0 &&
               ::listen(descriptor, kBacklog) == 0;
    }
    const int reason = errno;
    freeaddrinfo(found);
    if (!good) {
        if (descriptor >= 0) ::close(descriptor);
        return cannot_listen(address, std::strerror(reason));
    }

    sockaddr_storage name{};
    socklen_t length = sizeof name;
    getsockname(descriptor, reinterpret_cast<sockaddr*>(&name), &length);
    bound_.push_back({address.address, Peer::from(reinterpret_cast<sockaddr*>(&name)).port});
    watch(descriptor, {});
    return Done{};
}

Result<Done> Acceptor::listen(const LocalSocket& local) {
    const Result<int> descriptor = listen_locally(local.path);
    if (!descriptor) return descriptor.error();
    watch(*descriptor, local.path);
    return Done{};
}

void Acceptor::watch(int descriptor, const std::string& path) {
    auto* made = new Socket;
    made->owner = this;
    made->descriptor = descriptor;
    made->path = path;
    made->inode = inode_at(path);
    uv_poll_init_socket(loop_, &made->poll, descriptor);
    uv_timer_init(loop_, &made->retry);
    made->poll.data = made;
    made->retry.data = made;
    sockets_.push_back(made);
    start();
}

void Acceptor::start() {
    for (Socket* socket : sockets_) {
        uv_poll_start(&socket->poll, UV_READABLE, [](uv_poll_t* handle, int, int) {
            auto* readable = static_cast<Socket*>(handle->data);
            readable->owner->accept_some(*readable);
        });
    }
}

void Acceptor::pause() {
    paused_ = true;
    for (Socket* socket : sockets_)
        uv_poll_stop(&socket->poll);
}

void Acceptor::resume() {
    if (!paused_) return;
    paused_ = false;
    start();
}

void Acceptor::accept_some(Socket& socket) {
    for (int i = 0; i < kBatch; ++i) {
        if (!may_accept_()) return pause();
        sockaddr_storage name{};
        socklen_t length = sizeof name;
        const int descriptor = accept4(socket.descriptor, reinterpret_cast<sockaddr*>(&name),
                                       &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (descriptor >= 0) {
            if (socket.path.empty()) {
                set_option(descriptor, IPPROTO_TCP, TCP_NODELAY);
                accepted_(descriptor, Peer::from(reinterpret_cast<sockaddr*>(&name)), {});
            } else if (const auto who = credentials_of(descriptor)) {
                accepted_(descriptor, Peer::of_user(who->uid), who);
            } else {
                ::close(descriptor);
            }
            continue;
        }
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            return out_of_descriptors(socket, errno);
        } else if (errno == EINTR || errno == ECONNABORTED) {
            continue;
        }
        return;
    }
}

// The backlog stays readable: without a pause the loop would spin.
void Acceptor::out_of_descriptors(Socket& socket, int reason) {
    if (const auto left_out = cannot_accept_.due(BootClock::now())) {
        log::warning("hub", "cannot accept a connection",
                     {{"reason", std::strerror(reason)},
                      {"lines_left_out", static_cast<long long>(*left_out)}});
    }
    pause();
    uv_timer_start(
        &socket.retry,
        [](uv_timer_t* timer) { static_cast<Socket*>(timer->data)->owner->resume(); },
        kOutOfDescriptorsPauseMs, 0);
}

void Acceptor::close() {
    for (Socket* socket : sockets_) {
        uv_poll_stop(&socket->poll);
        ::close(socket->descriptor);
        // Unless another one stands there by now.
        if (!socket->path.empty() && inode_at(socket->path) == socket->inode)
            unlink(socket->path.c_str());
        uv_close(reinterpret_cast<uv_handle_t*>(&socket->poll), Socket::closed);
        uv_close(reinterpret_cast<uv_handle_t*>(&socket->retry), Socket::closed);
    }
    sockets_.clear();
}

}  // namespace understudy
