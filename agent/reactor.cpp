#include "agent/reactor.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "base/ensure.h"

namespace understudy {

Reactor::Reactor() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    ensure(epoll_.get() >= 0);
}

Reactor::Watch::Watch(Watch&& other) noexcept
    : reactor_(std::exchange(other.reactor_, nullptr)), fd_(other.fd_), id_(other.id_) {}

Reactor::Watch& Reactor::Watch::operator=(Watch&& other) noexcept {
    if (this != &other) {
        if (reactor_ != nullptr) reactor_->forget(fd_, id_);
        reactor_ = std::exchange(other.reactor_, nullptr);
        fd_ = other.fd_;
        id_ = other.id_;
    }
    return *this;
}

Reactor::Watch::~Watch() {
    if (reactor_ != nullptr) reactor_->forget(fd_, id_);
}

Reactor::Watch Reactor::watch(int fd, Interest interest, Ready ready) {
    const std::uint64_t id = ++last_id_;
    epoll_event event{};
    event.events = interest == Interest::Read ? EPOLLIN : EPOLLOUT;
    event.data.u64 = id;
    ensure(epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0);
    watches_.emplace(id, std::make_shared<Ready>(std::move(ready)));
    return Watch{*this, fd, id};
}

void Reactor::forget(int fd, std::uint64_t id) {
    watches_.erase(id);
    epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

void Reactor::dispatch(int wait_ms) {
    std::array<epoll_event, 16> ready{};
    const int count =
        epoll_wait(epoll_.get(), ready.data(), static_cast<int>(ready.size()), wait_ms);
    for (int i = 0; i < count; ++i) {
        // A copy: epoll_event is packed on x86-64, so no reference may be bound to its members.
        const std::uint64_t id = ready[static_cast<std::size_t>(i)].data.u64;
        const auto found = watches_.find(id);
        if (found == watches_.end()) continue;  // an earlier callback of this round ended it
        const auto callback = found->second;    // stays alive when the callback ends its own watch
        (*callback)();
    }
}

}  // namespace understudy
