#include "schema/wire_fields.h"

#include "base/ip_address.h"
#include "base/probe_target.h"
#include "base/words.h"

namespace understudy::wire {
namespace {

// What is asked in HTTP, of the kinds of probes.
bool speaks_http(ProbeKind kind) {
    return kind == ProbeKind::Http || kind == ProbeKind::Https;
}

constexpr Words<ProbeKind, 4> kKinds{{{ProbeKind::Tcp, "tcp"},
                                      {ProbeKind::Http, "http"},
                                      {ProbeKind::Https, "https"},
                                      {ProbeKind::Unknown, "unknown"}}};

void write_http(json::Writer& writer, const Probe& probe) {
    writer.field("host", probe.host)
        .field("path", probe.path)
        .field("status_low", probe.status_low)
        .field("status_high", probe.status_high);
    if (!probe.text.empty()) writer.field("text", probe.text);
    if (probe.kind != ProbeKind::Https) return;
    writer.field("certificate", probe.require_certificate ? "require" : "record");
}

// A kind that is not known is no error: it is answered with `nothing`.
ProbeKind read_kind(Fields& fields) {
    return value(kKinds, fields.text("kind", true)).value_or(ProbeKind::Unknown);
}

// Nor is a version of that protocol that is not known.
void read_proxy_protocol(Fields& fields, Probe& probe) {
    if (!fields.value("proxy_protocol").exists()) return;
    probe.proxy_protocol = true;
    if (fields.text("proxy_protocol", true) != "v1") probe.kind = ProbeKind::Unknown;
}

void read_http(Fields& fields, Probe& probe) {
    probe.host = fields.whole_text("host", kProbeHostLimitBytes);
    if (probe.host.empty() || probe.host.find(' ') != std::string::npos)
        fields.fail("host", "must be a name or an address");
    probe.path = fields.whole_text("path", kProbeTextLimitBytes);
    if (!is_request_path(probe.path))
        fields.fail("path", "must begin with / and hold printable ASCII");
    probe.status_low = fields.integer<int>("status_low", 100, 599);
    probe.status_high = fields.integer<int>("status_high", 100, 599);
    if (probe.status_low > probe.status_high)
        fields.fail("status_low", "must be at most status_high");
    if (fields.value("text").exists()) probe.text = fields.whole_text("text", kProbeTextLimitBytes);
    if (probe.kind != ProbeKind::Https) return;
    const std::string certificate = fields.text("certificate", true);
    probe.require_certificate = certificate == "require";
    if (!probe.require_certificate && certificate != "record")
        fields.fail("certificate", "must be \"record\" or \"require\"");
}

}  // namespace

void write_probe(json::Writer& writer, const Probe& probe) {
    writer.field("type", "probe")
        .field("id", probe.id)
        .field("kind", word(kKinds, probe.kind))
        .field("address", probe.address)
        .field("port", static_cast<int>(probe.port));
    if (speaks_http(probe.kind)) write_http(writer, probe);
    if (probe.proxy_protocol) writer.field("proxy_protocol", "v1");
    writer.field("timeout_ms", probe.timeout_ms)
        .field("fast_interval_ms", probe.fast_interval_ms)
        .field("fall", probe.fall);
}

Probe read_probe(Fields& fields) {
    Probe probe;
    probe.id = fields.integer("id", 0, INT64_MAX);
    probe.kind = read_kind(fields);
    probe.address = fields.text("address", true);
    if (!parse_ipv4(probe.address) && !parse_ipv6(probe.address))
        fields.fail("address", "must be an IPv4 or IPv6 address");
    probe.port = fields.integer<std::uint16_t>("port", 1, 65'535);
    if (speaks_http(probe.kind)) read_http(fields, probe);
    read_proxy_protocol(fields, probe);
    probe.timeout_ms = fields.integer<int>("timeout_ms", kShortestIntervalMs, kLongestTimeoutMs);
    probe.fast_interval_ms =
        fields.integer<int>("fast_interval_ms", kShortestIntervalMs, kLongestIntervalMs);
    probe.fall = fields.integer<int>("fall", 1, 100);
    return probe;
}

}  // namespace understudy::wire
