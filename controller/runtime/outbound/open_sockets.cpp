#include "controller/runtime/outbound/open_sockets.h"

#include <sys/socket.h>
#include <unistd.h>

namespace understudy {

int OpenSockets::open(int family, int type, int protocol) {
    const std::scoped_lock lock{mutex_};
    if (shut_down_) return -1;
    const int made = ::socket(family, type | SOCK_CLOEXEC, protocol);
    if (made >= 0) open_.insert(made);
    return made;
}

// Under the lock: once closed, the number may be somebody else's.
void OpenSockets::close(int socket) {
    const std::scoped_lock lock{mutex_};
    open_.erase(socket);
    ::close(socket);
}

void OpenSockets::shut_down() {
    const std::scoped_lock lock{mutex_};
    shut_down_ = true;
    for (const int each : open_)
        ::shutdown(each, SHUT_RDWR);
}

}  // namespace understudy
