#include "agent/checks/tcp.h"

#include <utility>

namespace understudy {

void TcpProbe::start(Reactor& reactor, Report report) {
    const auto progress = [this, report](Stream::Progress what) {
        stream_.stop();
        report({what == Stream::Progress::Connected, stream_.problem()});
    };
    if (!stream_.open_tcp(reactor, settings_.address, settings_.port, {}, progress)) {
        report({false, stream_.problem()});
    }
}

}  // namespace understudy
