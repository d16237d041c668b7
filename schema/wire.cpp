#include "schema/wire.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "base/ip_address.h"
#include "base/json.h"
#include "base/text.h"
#include "base/words.h"
#include "schema/wire_fields.h"

namespace understudy::wire {
namespace {

constexpr std::size_t kFailingLimit = 32;
constexpr std::size_t kVersionsLimit = 16;
constexpr std::size_t kCapabilitiesLimit = 8;
constexpr std::size_t kCapabilityLimitBytes = 32;
// What the failing checks of one message may take, so that no status makes a message too long.
constexpr std::size_t kFailingLimitBytes = 12 * 1024;
constexpr int kMaxDepth = 8;

// No load rather than one that makes no sense.
std::optional<double> sensible(std::optional<double> load) {
    if (load && *load >= 0 && *load <= kHighestLoad) return load;
    return std::nullopt;
}

// No address rather than what is none.
template <typename Parse>
std::string own_address(std::optional<std::string_view> text, Parse parse) {
    if (!text || *text == kAddressOfLink) return std::string{text.value_or("")};
    const auto address = parse(*text);
    return address ? to_string(*address) : std::string{};
}

// --- writing -----------------------------------------------------------------------------------

std::string failing_json(const FailingCheck& check) {
    json::Writer writer;
    writer.begin_object()
        .field("name", short_text(check.name))
        .field("problem", short_text(check.problem))
        .field("since", short_text(check.since))
        .end_object();
    return writer.take();
}

void write_status(json::Writer& writer, const Status& status) {
    writer.field("ok", status.ok).key("failing").begin_array();
    std::size_t used_bytes = 0;
    const auto count = std::min(status.failing.size(), kFailingLimit);
    for (std::size_t i = 0; i < count; ++i) {
        const std::string check = failing_json(status.failing[i]);
        used_bytes += check.size();
        if (used_bytes > kFailingLimitBytes) break;
        writer.raw(check);
    }
    writer.end_array();
}

template <typename Parse>
void write_own_address(json::Writer& writer, std::string_view key, std::string_view text,
                       Parse parse) {
    const std::string address = own_address(text, parse);
    if (!address.empty()) writer.field(key, address);
}

constexpr Words<ProbeVerdict, 3> kVerdicts{{{ProbeVerdict::Serves, "serves"},
                                            {ProbeVerdict::Dead, "dead"},
                                            {ProbeVerdict::Nothing, "nothing"}}};
constexpr Words<GoodbyeReason, 2> kReasons{
    {{GoodbyeReason::Restart, "restart"}, {GoodbyeReason::Shutdown, "shutdown"}}};

// Left out when there are none: as agents said it that knew no such thing.
void write_capabilities(json::Writer& writer, const std::vector<std::string>& capabilities) {
    if (capabilities.empty()) return;
    writer.key("capabilities").begin_array();
    const auto count = std::min(capabilities.size(), kCapabilitiesLimit);
    for (std::size_t i = 0; i < count; ++i)
        writer.value(plain_text(capabilities[i], kCapabilityLimitBytes));
    writer.end_array();
}

struct Encoder {
    json::Writer& writer;

    void operator()(const Hello& hello) const {
        writer.field("type", "hello")
            .list("versions", hello.versions)
            .field("agent", short_text(hello.agent))
            .field("hostname", short_text(hello.hostname))
            .field("boot_id", short_text(hello.boot_id))
            .key("status")
            .begin_object();
        write_status(writer, hello.status);
        writer.end_object();
        write_capabilities(writer, hello.capabilities);
    }
    void operator()(const Heartbeat& heartbeat) const {
        writer.field("type", "heartbeat").field("sequence", heartbeat.sequence);
        if (const auto load = sensible(heartbeat.load)) {
            writer.field("load", std::round(*load * 100) / 100);
        }
        write_own_address(writer, "public_ipv4", heartbeat.public_ipv4, parse_ipv4);
        write_own_address(writer, "public_ipv6", heartbeat.public_ipv6, parse_ipv6);
    }
    void operator()(const Status& status) const {
        writer.field("type", "status");
        write_status(writer, status);
    }
    void operator()(const Goodbye& goodbye) const {
        writer.field("type", "goodbye").field("reason", word(kReasons, goodbye.reason));
    }
    void operator()(const Probed& probed) const {
        writer.field("type", "probed")
            .field("id", probed.id)
            .field("verdict", word(kVerdicts, probed.verdict))
            .field("found", short_text(probed.found))
            .field("took_ms", probed.took_ms);
    }
    void operator()(const Enroll& enroll) const {
        writer.field("type", "enroll").field("token", short_text(enroll.token));
    }
    void operator()(const Welcome& welcome) const {
        writer.field("type", "welcome")
            .field("version", welcome.version)
            .field("controller", short_text(welcome.controller))
            .field("server_name", short_text(welcome.server_name))
            .field("server_id", welcome.server_id)
            .field("heartbeat_interval_ms", welcome.heartbeat_interval_ms)
            .field("silence_limit_ms", welcome.silence_limit_ms);
    }
    void operator()(const HeartbeatAck& ack) const {
        writer.field("type", "heartbeat_ack").field("sequence", ack.sequence);
    }
    void operator()(const Refusal& refusal) const {
        writer.field("type", "refusal")
            .field("code", short_text(refusal.code))
            .field("message", short_text(refusal.message));
    }
    void operator()(const Probe& probe) const { write_probe(writer, probe); }
    void operator()(const Enrolled& enrolled) const {
        writer.field("type", "enrolled").field("server_name", short_text(enrolled.server_name));
    }
};

template <typename Message>
std::string encode_any(const Message& message) {
    json::Writer writer;
    writer.begin_object();
    std::visit(Encoder{writer}, message);
    writer.end_object();
    return writer.take();
}

// --- reading -----------------------------------------------------------------------------------

Status read_status(Fields& fields) {
    Status status;
    status.ok = fields.boolean("ok");
    const json::Value failing = fields.array("failing");
    for (std::size_t i = 0; i < std::min(failing.size(), kFailingLimit); ++i) {
        Fields check{failing[i], fields.path("failing[" + std::to_string(i) + "].")};
        status.failing.push_back(FailingCheck{check.text("name", true), check.text("problem", true),
                                              check.text("since", false)});
        fields.adopt(check);
    }
    if (status.ok != status.failing.empty()) {
        fields.fail("ok", "must be true when no check fails and false otherwise");
    }
    return status;
}

std::vector<std::string> read_capabilities(Fields& fields) {
    std::vector<std::string> capabilities;
    if (!fields.value("capabilities").exists()) return capabilities;
    const json::Value words = fields.array("capabilities");
    for (std::size_t i = 0; i < std::min(words.size(), kCapabilitiesLimit); ++i) {
        if (const auto word = words[i].string()) {
            capabilities.push_back(plain_text(*word, kCapabilityLimitBytes));
        } else {
            fields.fail("capabilities", "must hold strings");
        }
    }
    return capabilities;
}

Hello read_hello(Fields& fields) {
    Hello hello;
    const json::Value versions = fields.array("versions");
    for (std::size_t i = 0; i < std::min(versions.size(), kVersionsLimit); ++i) {
        const auto version = versions[i].integer();
        if (version && *version >= 1 && *version <= 1'000'000) {
            hello.versions.push_back(static_cast<int>(*version));
        } else {
            fields.fail("versions", "must hold integers from 1 to 1000000");
        }
    }
    if (hello.versions.empty()) fields.fail("versions", "must name at least one version");
    hello.agent = fields.text("agent", true);
    hello.hostname = fields.text("hostname", false);
    hello.boot_id = fields.text("boot_id", false);
    Fields status{fields.value("status"), fields.path("status.")};
    hello.status = read_status(status);
    fields.adopt(status);
    hello.capabilities = read_capabilities(fields);
    return hello;
}

Goodbye read_goodbye(Fields& fields) {
    const auto reason = value(kReasons, fields.text("reason", true));
    if (!reason) fields.fail("reason", "must be \"restart\" or \"shutdown\"");
    return {reason.value_or(GoodbyeReason::Restart)};
}

Welcome read_welcome(Fields& fields) {
    Welcome welcome;
    welcome.version = fields.integer<int>("version", 1, 1'000'000);
    welcome.controller = fields.text("controller", false);
    welcome.server_name = fields.text("server_name", false);
    welcome.server_id = fields.integer("server_id", 0, INT64_MAX);
    welcome.heartbeat_interval_ms =
        fields.integer<int>("heartbeat_interval_ms", kShortestIntervalMs, kLongestIntervalMs);
    welcome.silence_limit_ms =
        fields.integer<int>("silence_limit_ms", kShortestIntervalMs, 2 * kLongestIntervalMs);
    if (welcome.silence_limit_ms <= welcome.heartbeat_interval_ms) {
        fields.fail("silence_limit_ms", "must be longer than heartbeat_interval_ms");
    }
    return welcome;
}

Probed read_probed(Fields& fields) {
    Probed probed;
    probed.id = fields.integer("id", 0, INT64_MAX);
    const auto verdict = value(kVerdicts, fields.text("verdict", true));
    if (!verdict) fields.fail("verdict", "must be \"serves\", \"dead\" or \"nothing\"");
    probed.verdict = verdict.value_or(ProbeVerdict::Nothing);
    probed.found = fields.text("found", true);
    probed.took_ms = fields.integer<int>("took_ms", 0, kLongestIntervalMs);
    return probed;
}

Heartbeat read_heartbeat(Fields& fields) {
    return {fields.integer("sequence", 0, INT64_MAX), sensible(fields.value("load").number()),
            own_address(fields.value("public_ipv4").string(), parse_ipv4),
            own_address(fields.value("public_ipv6").string(), parse_ipv6)};
}

Error unknown_type(const std::string& type) {
    return invalid("type", "unknown message type \"" + type + "\"");
}

Result<AgentMessage> read_agent_message(const std::string& type, Fields& fields) {
    if (type == "heartbeat") return AgentMessage{read_heartbeat(fields)};
    if (type == "status") return AgentMessage{read_status(fields)};
    if (type == "hello") return AgentMessage{read_hello(fields)};
    if (type == "goodbye") return AgentMessage{read_goodbye(fields)};
    if (type == "probed") return AgentMessage{read_probed(fields)};
    if (type == "enroll") return AgentMessage{Enroll{fields.whole_text("token", kTextLimitBytes)}};
    return unknown_type(type);
}

Result<ControllerMessage> read_controller_message(const std::string& type, Fields& fields) {
    if (type == "heartbeat_ack") {
        return ControllerMessage{HeartbeatAck{fields.integer("sequence", 0, INT64_MAX)}};
    }
    if (type == "welcome") return ControllerMessage{read_welcome(fields)};
    if (type == "probe") return ControllerMessage{read_probe(fields)};
    if (type == "enrolled") return ControllerMessage{Enrolled{fields.text("server_name", false)}};
    if (type == "refusal") {
        return ControllerMessage{Refusal{fields.text("code", true), fields.text("message", false)}};
    }
    return unknown_type(type);
}

template <typename Message, typename Read>
Result<Message> decode_any(std::string_view text, Read read) {
    const auto document =
        json::Document::parse(text, {.max_bytes = kMessageLimitBytes, .max_depth = kMaxDepth});
    if (!document) return document.error();
    Fields fields{document->root()};
    const std::string type = fields.text("type", true);
    if (fields.error()) return *fields.error();
    Result<Message> message = read(type, fields);
    if (fields.error()) return *fields.error();
    return message;
}

}  // namespace

Rate message_rate(Duration heartbeat_interval) {
    const float interval_s = static_cast<float>(heartbeat_interval.count()) / 1000;
    return {kMessagesAtOnce,
            std::max<float>(kMessagesPerSecond, kMessagesPerInterval / interval_s)};
}

std::string encode(const AgentMessage& message) {
    return encode_any(message);
}
std::string encode(const ControllerMessage& message) {
    return encode_any(message);
}

Result<AgentMessage> decode_agent_message(std::string_view text) {
    return decode_any<AgentMessage>(text, read_agent_message);
}

Result<ControllerMessage> decode_controller_message(std::string_view text) {
    return decode_any<ControllerMessage>(text, read_controller_message);
}

}  // namespace understudy::wire
