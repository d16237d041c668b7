// One agent's connection, as AgentListener keeps it. Shared by agent_listener.cpp and
// agent_probes.cpp; nobody else includes this.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "controller/hub/agent_listener.h"

namespace understudy {

struct AgentListener::Connection : AgentSocket {
    enum class Stage : std::uint8_t { Making, Linked, Leaving };

    Connection(Owner& owner, const Peer& other) : AgentSocket(owner), peer(other) {}
    static Connection& of(AgentSocket& socket) { return static_cast<Connection&>(socket); }

    Peer peer;
    Stage stage = Stage::Making;
    Places::Ticket place = Places::kNone;  // while its log-in is under way
    bool replaced = false;                 // by a newer connection, and not answered to that yet
    LinkLiveness::Slot slot = LinkLiveness::kNone;
    LinkId id = 0;
    Instant deadline = kNever;      // while watched
    std::optional<AgentLink> link;  // from the login on
    std::string name;
    std::string token_prefix;
    Secret code;                  // of who enrolls
    std::uint64_t enrolment = 0;  // whose answer it waits for
};

}  // namespace understudy
