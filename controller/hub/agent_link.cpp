#include "controller/hub/agent_link.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "controller/hub/liveness.h"

namespace understudy {
namespace {

// It stands in log lines, messages and views: the first few say what is wrong.
constexpr std::size_t kEnoughBytes = 600;

std::string describe(const wire::Status& status) {
    std::string text;
    std::size_t named = 0;
    for (const wire::FailingCheck& check : status.failing) {
        if (text.size() > kEnoughBytes) break;
        if (!text.empty()) text += "; ";
        text += check.name + ": " + check.problem;
        if (!check.since.empty()) text += " since " + check.since;
        ++named;
    }
    if (named < status.failing.size()) {
        text += "; and " + std::to_string(status.failing.size() - named) + " more";
    }
    return text;
}

std::string list(const std::vector<int>& versions) {
    std::string text;
    for (const int version : versions)
        add_item(text, std::to_string(version));
    return text.empty() ? "none" : text;
}

}  // namespace

AgentLink::Outcome refuse(std::uint16_t close_code, std::string code, std::string message) {
    AgentLink::Outcome outcome;
    outcome.reply = encode(wire::ControllerMessage{wire::Refusal{std::move(code), message}});
    outcome.close_code = close_code;
    outcome.close_reason = std::move(message);
    return outcome;
}

AgentLink::Outcome AgentLink::receive(std::string_view text, const LinkTerms& terms,
                                      const Identity& identity, Instant now,
                                      std::vector<Input>& inputs) {
    if (state_ == State::Left) return {};
    if (!messages_.take(wire::message_rate(terms.heartbeat_interval), now)) {
        return refuse(
            wire::kCloseProtocolError, "too_many_messages",
            "too many messages: one per heartbeat interval and one per change are expected");
    }
    const Result<wire::AgentMessage> message = wire::decode_agent_message(text);
    if (!message) {
        return refuse(wire::kCloseProtocolError, "protocol_error", message.error().text());
    }
    const bool is_hello = std::holds_alternative<wire::Hello>(*message);
    if (is_hello != (state_ == State::AwaitingHello)) {
        return refuse(wire::kCloseProtocolError, "protocol_error",
                      is_hello ? "a second hello" : "the first message must be a hello");
    }
    if (const auto* hello = std::get_if<wire::Hello>(&*message)) {
        return on(*hello, terms, identity, inputs);
    }
    if (const auto* status = std::get_if<wire::Status>(&*message)) {
        take_status(*status, identity, now, inputs);
        return {};
    }
    if (const auto late = std::exchange(waiting_, std::nullopt)) {
        take_status(*late, identity, now, inputs);
    }
    if (const auto* heartbeat = std::get_if<wire::Heartbeat>(&*message)) {
        return on(*heartbeat, identity, inputs);
    }
    if (const auto* probed = std::get_if<wire::Probed>(&*message)) {
        return on(*probed, identity, inputs);
    }
    if (const auto* goodbye = std::get_if<wire::Goodbye>(&*message)) return on(*goodbye);
    return refuse(wire::kCloseProtocolError, "protocol_error",
                  "an enroll belongs to a connection of its own");
}

AgentLink::Outcome AgentLink::on(const wire::Hello& hello, const LinkTerms& terms,
                                 const Identity& identity, std::vector<Input>& inputs) {
    if (std::ranges::find(hello.versions, wire::kVersion) == hello.versions.end()) {
        return refuse(wire::kCloseNoCommonVersion, "no_common_version",
                      "this controller speaks protocol version " + std::to_string(wire::kVersion) +
                          ", the agent " + list(hello.versions) + ": update the older of the two");
    }
    state_ = State::Linked;
    reported_ok_ = hello.status.ok;
    peer_.ipv4 = parse_ipv4(identity.address);
    peer_.ipv6 = parse_ipv6(identity.address);
    const auto can = [&](std::string_view what) {
        return std::ranges::find(hello.capabilities, what) != hello.capabilities.end();
    };
    can_probe_ = can(wire::kCanProbe);
    can_proxy_ = can(wire::kCanProxy);
    wire::Welcome welcome;
    welcome.controller = terms.controller;
    welcome.server_name = std::string(identity.name);
    welcome.server_id = server_.value;
    welcome.heartbeat_interval_ms = static_cast<int>(terms.heartbeat_interval.count());
    // Both sides give up after the same time.
    welcome.silence_limit_ms =
        static_cast<int>(LinkLiveness::silent_after(terms.heartbeat_interval).count());
    inputs.push_back(AgentLinked{
        server_, identity.link, std::string(identity.peer), hello.status.ok, describe(hello.status),
        Machine{hello.hostname, hello.boot_id, std::string(identity.address), hello.agent},
        std::string(identity.token_prefix)});
    Outcome outcome;
    outcome.reply = encode(wire::ControllerMessage{welcome});
    outcome.linked = true;
    return outcome;
}

AgentLink::Outcome AgentLink::on(const wire::Heartbeat& heartbeat, const Identity& identity,
                                 std::vector<Input>& inputs) {
    inputs.push_back(AgentSeen{server_, identity.link, heartbeat.load});
    take_addresses(heartbeat, identity.link, inputs);
    Outcome outcome;
    outcome.reply = encode(wire::ControllerMessage{wire::HeartbeatAck{heartbeat.sequence}});
    return outcome;
}

// They stand in every heartbeat: only what is new is handed on.
void AgentLink::take_addresses(const wire::Heartbeat& heartbeat, LinkId link,
                               std::vector<Input>& inputs) {
    const bool ipv4_of_link = heartbeat.public_ipv4 == wire::kAddressOfLink;
    const bool ipv6_of_link = heartbeat.public_ipv6 == wire::kAddressOfLink;
    const Addresses now{ipv4_of_link ? peer_.ipv4 : parse_ipv4(heartbeat.public_ipv4),
                        ipv6_of_link ? peer_.ipv6 : parse_ipv6(heartbeat.public_ipv6), ipv4_of_link,
                        ipv6_of_link};
    if (now == reported_) return;
    reported_ = now;
    inputs.push_back(
        AddressReported{server_, link, now.ipv4, now.ipv6, ipv4_of_link, ipv6_of_link});
}

AgentLink::Outcome AgentLink::on(const wire::Probed& probed, const Identity& identity,
                                 std::vector<Input>& inputs) const {
    if (!can_probe_) {
        return refuse(wire::kCloseProtocolError, "protocol_error",
                      "a probed from an agent that did not say it can probe");
    }
    inputs.push_back(AgentSeen{server_, identity.link});
    Outcome outcome;
    outcome.probed = probed;
    return outcome;
}

// What changes nothing may come as often as messages may; it is seen all the same.
void AgentLink::take_status(const wire::Status& status, const Identity& identity, Instant now,
                            std::vector<Input>& inputs) {
    const bool turns = status.ok != reported_ok_;
    waiting_.reset();
    if (turns && !budget_.turns.take(kTurnRate, now)) {
        waiting_ = status;
        inputs.push_back(AgentSeen{server_, identity.link});
        return;
    }
    reported_ok_ = status.ok;
    inputs.push_back(AgentReported{server_, identity.link, status.ok, describe(status)});
}

// The agent closes next; until then it is linked.
AgentLink::Outcome AgentLink::on(const wire::Goodbye& goodbye) {
    departure_ =
        goodbye.reason == wire::GoodbyeReason::Restart ? Departure::Restart : Departure::Shutdown;
    return {};
}

AgentLeft AgentLink::left(LinkId link, Departure how, std::string detail) const {
    return AgentLeft{server_, link, how, std::move(detail)};
}

}  // namespace understudy
