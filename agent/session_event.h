// What happens to the agent's session, and what the session wants done: values only.
//
// The driver (agent.cpp, or the simulation) turns I/O into events and carries out actions in order.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/log.h"
#include "schema/wire.h"

namespace understudy::session {

// --- events ------------------------------------------------------------------------------------

struct Started {};
struct LinkOpened {};  // the WebSocket is up with our sub-protocol

// The link ended, or the attempt to open it failed. Reported once per Connect, and never after
// DropLink.
struct LinkClosed {
    std::uint16_t close_code = 0;  // of the peer's close frame; 0: none
    int http_status = 0;           // of an upgrade that was answered with something else; 0: none
    std::string problem;           // for the log
};

struct MessageReceived {
    std::string text;
};
struct NonsenseReceived {  // what cannot be a message: too long, binary
    std::string problem;
};
struct StatusChanged {
    wire::Status status;
};
struct StopRequested {
    wire::GoodbyeReason reason = wire::GoodbyeReason::Restart;
};
struct ProbeFound {  // of the link that is up now
    wire::Probed answer;
};
struct TimePassed {};

using Event = std::variant<Started, LinkOpened, LinkClosed, MessageReceived, NonsenseReceived,
                           StatusChanged, StopRequested, ProbeFound, TimePassed>;

// --- actions -----------------------------------------------------------------------------------

struct Connect {};  // open a new link; there is none now
struct Send {
    std::string text;
};
// Flush what was sent, then close politely; LinkClosed follows.
struct CloseLink {
    std::uint16_t code = 1000;
    std::string reason;
};
// Forget the link, if there still is one, at once; nothing more is reported of it.
struct DropLink {};
struct Log {
    log::Level level = log::Level::Info;
    std::string message;
};
// ProbeFound shall follow, unless the link goes first.
struct LookAt {
    wire::Probe probe;
};
struct Finish {};  // the goodbye is out or has no one to go to: the program may end

using Action = std::variant<Connect, Send, CloseLink, DropLink, Log, LookAt, Finish>;
using Actions = std::vector<Action>;

}  // namespace understudy::session
