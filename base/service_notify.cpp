#include "base/service_notify.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "base/ascii.h"

namespace understudy {
namespace {

std::string take_variable(const char* name) {
    const char* value = std::getenv(name);
    std::string text = value == nullptr ? "" : value;
    unsetenv(name);
    return text;
}

}  // namespace

ServiceNotify ServiceNotify::from_environment() {
    ServiceNotify notify;
    notify.socket_ = take_variable("NOTIFY_SOCKET");
    const long long limit_us = whole_number<long long>(take_variable("WATCHDOG_USEC")).value_or(0);
    const std::string pid = take_variable("WATCHDOG_PID");
    const bool for_us = pid.empty() || whole_number<pid_t>(pid) == getpid();
    if (limit_us > 0 && for_us) {
        notify.watchdog_interval_ = std::max(Duration{limit_us / 2000}, Duration{1});
    }
    return notify;
}

// MONOTONIC_USEC orders the reload's begin against the READY that ends it (Type=notify-reload).
void ServiceNotify::reloading() const {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    const long long microseconds = now.tv_sec * 1'000'000LL + now.tv_nsec / 1000;
    send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds));
}

void ServiceNotify::status(std::string_view text) const {
    std::string line{text};
    std::ranges::replace(line, '\n', ' ');
    send("STATUS=" + line);
}

// Best effort, as in sd_notify(3): a service does not fail because nobody listens.
void ServiceNotify::send(std::string_view text) const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socket_.empty() || socket_.size() >= sizeof address.sun_path) return;
    std::memcpy(address.sun_path, socket_.data(), socket_.size());
    if (address.sun_path[0] == '@') address.sun_path[0] = '\0';  // an abstract socket
    const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return;
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
    sendto(fd, text.data(), text.size(), MSG_NOSIGNAL, reinterpret_cast<sockaddr*>(&address), size);
    close(fd);
}

}  // namespace understudy
