#include "agent/signals.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <utility>

#include "base/ensure.h"

namespace understudy {

Signals::Signals(Reactor& reactor, std::function<void(int)> arrived)
    : arrived_(std::move(arrived)) {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP})
        sigaddset(&set, signal);
    sigprocmask(SIG_BLOCK, &set, nullptr);
    signal(SIGPIPE, SIG_IGN);
    descriptor_ = Descriptor{signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)};
    ensure(descriptor_.get() >= 0);
    watch_ = reactor.watch(descriptor_.get(), Reactor::Interest::Read, [this] { readable(); });
}

void Signals::readable() {
    signalfd_siginfo info{};
    while (read(descriptor_.get(), &info, sizeof info) == sizeof info) {
        arrived_(static_cast<int>(info.ssi_signo));
    }
}

}  // namespace understudy
