// Readiness of many descriptors behind one: an epoll instance whose own descriptor becomes readable
// when any watched one is ready. The link's loop watches that single descriptor, so checks and
// signals run on the agent's only thread without knowing libwebsockets. epoll(7).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>

#include "base/descriptor.h"

namespace understudy {

class Reactor {
  public:
    enum class Interest { Read, Write };
    using Ready = std::function<void()>;

    Reactor();
    Reactor(const Reactor&) = delete;
    Reactor& operator=(const Reactor&) = delete;

    int fd() const { return epoll_.get(); }

    // One registration; ends when it is destroyed, which must happen before the descriptor is
    // closed and before the Reactor goes. An error or hang-up counts as ready.
    class Watch {
      public:
        Watch() = default;
        Watch(Reactor& reactor, int fd, std::uint64_t id) : reactor_(&reactor), fd_(fd), id_(id) {}
        Watch(Watch&& other) noexcept;
        Watch& operator=(Watch&& other) noexcept;
        ~Watch();

      private:
        Reactor* reactor_ = nullptr;
        int fd_ = -1;
        std::uint64_t id_ = 0;
    };
    [[nodiscard]] Watch watch(int fd, Interest interest, Ready ready);

    // Calls back whoever is ready, waiting for the first at most `wait_ms` (0: not at all). A
    // callback may end any Watch, its own included.
    void dispatch(int wait_ms = 0);

  private:
    void forget(int fd, std::uint64_t id);

    Descriptor epoll_;
    std::map<std::uint64_t, std::shared_ptr<Ready>> watches_;
    std::uint64_t last_id_ = 0;
};

}  // namespace understudy
