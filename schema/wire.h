// The agent protocol `understudy.agent.v1`: its messages as structs. The codec is in wire.cpp, the
// JSON Schemas and golden messages in schema/wire/, the text for authors of other agents in
// docs/protocol.md.
//
// One message is one JSON text frame {"type": "...", ...}. Unknown fields are ignored, unknown
// types refused politely. Used by controller/hub and agent/session; pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/token_bucket.h"

namespace understudy::wire {

inline constexpr std::string_view kSubprotocol = "understudy.agent.v1";
// Of the connection by which an agent comes by its token: one Enroll, one Enrolled or Refusal.
inline constexpr std::string_view kEnrollProtocol = "understudy.enroll.v1";
inline constexpr int kVersion = 1;
inline constexpr std::string_view kPath = "/agent";  // of the upgrade, when a URL names none
inline constexpr std::size_t kMessageLimitBytes =
    16 * 1024;  // of any message; more closes the link

// What one side takes from the other: so many messages at once, and for long so many a second or,
// where heartbeats come faster, an interval. More closes the link.
inline constexpr int kMessagesAtOnce = 60;
inline constexpr int kMessagesPerSecond = 5;
inline constexpr int kMessagesPerInterval = 4;
Rate message_rate(Duration heartbeat_interval);

// What a controller may ask for in Welcome; outside of it the message is refused.
inline constexpr int kShortestIntervalMs = 20;
inline constexpr int kLongestIntervalMs = 3'600'000;

inline constexpr double kHighestLoad = 1'000'000;

// In place of an address that a machine has: the one that this link comes from.
inline constexpr std::string_view kAddressOfLink = "link";

// What an agent may say in its hello that it can beside the rest; only then it is asked for it.
inline constexpr std::string_view kCanProbe = "probe";           // look at others' services
inline constexpr std::string_view kCanProxy = "proxy_protocol";  // and begin with its header

// Of a probe: one attempt, its host, and its path and text each.
inline constexpr int kLongestTimeoutMs = 60'000;
inline constexpr std::size_t kProbeHostLimitBytes = 255;
inline constexpr std::size_t kProbeTextLimitBytes = 512;
// Of one agent: so many probes at once, and for long one of the same address in so much time. It
// answers others with `nothing`.
inline constexpr std::size_t kProbesAtOnce = 8;
inline constexpr Duration kProbeInterval{2'000};
// Of one probe it makes at most so many attempts, for so long in all, and none sooner after the one
// before than this: nothing that is in doubt is tried faster, be it another's service or its own.
inline constexpr int kMostAttempts = 10;
inline constexpr Duration kLongestProbe{120'000};
inline constexpr Duration kShortestFastInterval{500};

// Close codes of our own (RFC 6455 7.4.2: 4000-4999).
inline constexpr std::uint16_t kCloseReplaced = 4000;  // a newer connection of the same agent won
inline constexpr std::uint16_t kCloseProtocolError = 4001;  // the peer does not speak the protocol
inline constexpr std::uint16_t kCloseNoCommonVersion = 4002;
inline constexpr std::uint16_t kCloseTokenRevoked = 4003;  // token rotated or server removed
inline constexpr std::uint16_t kCloseStopping = 4004;      // the controller stops; come back soon
inline constexpr std::uint16_t kCloseNotEnrolled = 4005;   // the code is no good any more

// --- agent to controller -----------------------------------------------------------------------

struct FailingCheck {
    std::string name;
    std::string problem;  // one sentence
    std::string since;    // RFC 3339 by the agent's clock: shown, never compared
    friend bool operator==(const FailingCheck&, const FailingCheck&) = default;
};

// State of the local checks. `ok` false only with at least one failing check.
struct Status {
    bool ok = true;
    std::vector<FailingCheck> failing;
    friend bool operator==(const Status&, const Status&) = default;
};

// First message after the upgrade; carries the status, so that a linked agent's health is known at
// once.
struct Hello {
    std::vector<int> versions;  // protocol versions it speaks
    std::string agent;          // "understudy-agent 0.1.0"
    std::string hostname;
    std::string boot_id;  // changes when the machine was restarted
    Status status;
    std::vector<std::string> capabilities = {};  // kCanProbe, kCanProxy; at most 8
    friend bool operator==(const Hello&, const Hello&) = default;
};

struct Heartbeat {
    std::int64_t sequence = 0;
    // Load average of the last minute per core, from 0 to kHighestLoad, sent with two decimals.
    // None: not told, or told something else, which is no reason to end a link.
    std::optional<double> load = {};
    // The addresses at which others reach this machine: numeric, or kAddressOfLink. Empty: not
    // told, or told something else.
    std::string public_ipv4 = {};
    std::string public_ipv6 = {};
    friend bool operator==(const Heartbeat&, const Heartbeat&) = default;
};

enum class GoodbyeReason { Restart, Shutdown };
struct Goodbye {
    GoodbyeReason reason = GoodbyeReason::Restart;
    friend bool operator==(const Goodbye&, const Goodbye&) = default;
};

enum class ProbeVerdict {
    Nothing,  // it cannot say: not willing, busy, without a network, or the kind is unknown to it
    Serves,
    Dead,
};

// Answer to a Probe, exactly one.
struct Probed {
    std::int64_t id = 0;
    ProbeVerdict verdict = ProbeVerdict::Nothing;
    std::string found;  // one sentence: "https 443: 503"
    int took_ms = 0;    // the attempt that decided
    friend bool operator==(const Probed&, const Probed&) = default;
};

// The token that this agent has drawn: take it for the server whose code came with the upgrade.
// Only where kEnrollProtocol was agreed on.
struct Enroll {
    std::string token;
    friend bool operator==(const Enroll&, const Enroll&) = default;
};

// --- controller to agent -----------------------------------------------------------------------

struct Welcome {
    int version = kVersion;
    std::string controller;  // "understudy-controller 0.1.0"
    std::string server_name;
    std::int64_t server_id = 0;
    int heartbeat_interval_ms = 10'000;
    int silence_limit_ms = 30'000;  // either side may take the other for gone after this
    friend bool operator==(const Welcome&, const Welcome&) = default;
};

// Answer to a heartbeat: lets the agent notice a controller that went away without closing.
struct HeartbeatAck {
    std::int64_t sequence = 0;
    friend bool operator==(const HeartbeatAck&, const HeartbeatAck&) = default;
};

// The last message before the controller closes for a reason the agent's operator should see.
struct Refusal {
    std::string code;     // "no_common_version", "protocol_error", ...
    std::string message;  // for the agent's log
    friend bool operator==(const Refusal&, const Refusal&) = default;
};

enum class ProbeKind { Unknown, Tcp, Http, Https };

// Look at that service, of another server, and answer with a Probed: the first attempt that finds
// it serving decides, or `fall` attempts that fail. A new one is begun every fast_interval_ms as
// long as none has succeeded, while those before may still wait. Only for agents that said
// kCanProbe.
struct Probe {
    std::int64_t id = 0;  // of this link's probes
    ProbeKind kind = ProbeKind::Tcp;
    std::string address;  // numeric IPv4 or IPv6
    std::uint16_t port = 0;
    // Of HTTP and HTTPS. What is asked for, and what an answer must be to count.
    std::string host = {};  // also the name that TLS is told
    std::string path = "/";
    int status_low = 200;
    int status_high = 499;
    std::string text = {};             // in the first 16 KiB of the body; empty: any
    bool require_certificate = false;  // of HTTPS: one that does not fit fails
    // The PROXY protocol's header, version 1, comes before anything else. Only for agents that said
    // kCanProxy: to others the service would look dead.
    bool proxy_protocol = false;
    int timeout_ms = 3'000;  // of an attempt
    int fast_interval_ms = 1'000;
    int fall = 3;
    friend bool operator==(const Probe&, const Probe&) = default;
};

// Answer to Enroll: the token counts from now on.
struct Enrolled {
    std::string server_name;
    friend bool operator==(const Enrolled&, const Enrolled&) = default;
};

using AgentMessage = std::variant<Hello, Heartbeat, Status, Goodbye, Probed, Enroll>;
using ControllerMessage = std::variant<Welcome, HeartbeatAck, Refusal, Probe, Enrolled>;

std::string encode(const AgentMessage& message);
std::string encode(const ControllerMessage& message);

// Errors (Errc::Invalid) name the field. Both directions: text is plain (base/text.h), cut to 256
// bytes, but for a probe's, which is taken whole or not at all; at most 32 failing checks are
// taken, and what encode() gives always fits kMessageLimitBytes.
Result<AgentMessage> decode_agent_message(std::string_view text);
Result<ControllerMessage> decode_controller_message(std::string_view text);

}  // namespace understudy::wire
