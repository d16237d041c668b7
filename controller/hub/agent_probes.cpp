// AgentListener's part that asks agents to look at other servers' services.
#include <string>

#include "controller/hub/agent_connection.h"
#include "controller/hub/agent_listener.h"
#include "schema/wire.h"

namespace understudy {

bool AgentListener::can_probe(ServerId server, bool proxied) const {
    const auto found = by_server_.find(server);
    return found != by_server_.end() && found->second->link->can_probe(proxied);
}

bool AgentListener::probe(ServerId server, const wire::Probe& probe) {
    if (stopping_ || !can_probe(server, probe.proxy_protocol)) return false;
    by_server_.at(server)->send(encode(wire::ControllerMessage{probe}));
    return true;
}

}  // namespace understudy
