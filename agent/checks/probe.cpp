#include "agent/checks/check.h"
#include "agent/checks/command.h"
#include "agent/checks/haproxy.h"
#include "agent/checks/http.h"
#include "agent/checks/systemd_unit.h"
#include "agent/checks/tcp.h"

namespace understudy {
namespace {

struct Make {
    ChildReaper& reaper;

    std::unique_ptr<Probe> operator()(const TcpCheck& settings) const {
        return std::make_unique<TcpProbe>(settings);
    }
    std::unique_ptr<Probe> operator()(const HttpCheck& settings) const {
        return std::make_unique<HttpProbe>(settings);
    }
    std::unique_ptr<Probe> operator()(const SystemdUnitCheck& settings) const {
        return std::make_unique<SystemdUnitProbe>(settings, reaper);
    }
    std::unique_ptr<Probe> operator()(const HaproxyCheck& settings) const {
        return std::make_unique<HaproxyProbe>(settings);
    }
    std::unique_ptr<Probe> operator()(const CommandCheck& settings) const {
        return std::make_unique<CommandProbe>(settings, reaper);
    }
};

}  // namespace

bool may_overlap(const CheckKind& kind) {
    return !std::holds_alternative<SystemdUnitCheck>(kind) &&
           !std::holds_alternative<CommandCheck>(kind);
}

std::unique_ptr<Probe> make_probe(const CheckKind& kind, ChildReaper& reaper) {
    return std::visit(Make{reaper}, kind);
}

}  // namespace understudy
