#include "controller/runtime/probes/sibling_question.h"

#include <algorithm>

#include "base/text.h"

namespace understudy {
namespace {

// Below what agents take. Fewer attempts are a weaker word, but more would be none.
constexpr Duration kLongestOfAgents = wire::kLongestProbe - Duration{20'000};

Duration fast_interval(const ProbeRules& rules) {
    return std::max(rules.fast_interval, wire::kShortestFastInterval);
}

int attempts(const ProbeRules& rules) {
    const auto room = (kLongestOfAgents - rules.terms.timeout) / fast_interval(rules);
    return std::clamp(rules.fall, 1, std::min(wire::kMostAttempts, 1 + static_cast<int>(room)));
}

ProbeTarget usual(ProbeTarget::Kind kind) {
    return {kind, static_cast<std::uint16_t>(kind == ProbeTarget::Kind::Https ? 443 : 80), "/"};
}

wire::ProbeKind kind_of(ProbeTarget::Kind kind) {
    switch (kind) {
        case ProbeTarget::Kind::Tcp:
            return wire::ProbeKind::Tcp;
        case ProbeTarget::Kind::Http:
            return wire::ProbeKind::Http;
        case ProbeTarget::Kind::Https:
            return wire::ProbeKind::Https;
        case ProbeTarget::Kind::Auto:
        case ProbeTarget::Kind::Off:
            break;
    }
    return wire::ProbeKind::Unknown;
}

}  // namespace

Duration longest_answer(const ProbeRules& rules) {
    return (attempts(rules) - 1) * fast_interval(rules) + rules.terms.timeout;
}

ProbeTarget first_target(const ProbeRules& rules) {
    ProbeTarget target = rules.terms.target;
    if (target.kind == ProbeTarget::Kind::Auto) return usual(ProbeTarget::Kind::Https);
    if (target.port == 0) target.port = usual(target.kind).port;
    return target;
}

ProbeTarget second_target(const ProbeRules& rules) {
    if (rules.terms.target.kind == ProbeTarget::Kind::Auto) return usual(ProbeTarget::Kind::Http);
    return first_target(rules);
}

bool can_be_asked(const ProbeJob& job) {
    const ServiceTerms& terms = job.rules->terms;
    if (terms.target.kind == ProbeTarget::Kind::Tcp) return true;
    return !job.host.empty() && job.host.size() <= wire::kProbeHostLimitBytes &&
           is_plain(job.host) && terms.target.path.size() <= wire::kProbeTextLimitBytes &&
           terms.text.size() <= wire::kProbeTextLimitBytes && is_plain(terms.text);
}

bool is_proxied(const ProbeJob& job) {
    return job.rules->terms.proxy_protocol != ProxyProtocol::Off;
}

wire::Probe question_about(const ProbeJob& job, const ProbeTarget& target, std::int64_t id) {
    const ServiceTerms& terms = job.rules->terms;
    wire::Probe probe;
    probe.id = id;
    probe.kind = kind_of(target.kind);
    probe.address = to_string(job.ipv4);
    probe.port = target.port;
    probe.host = job.host;
    probe.path = target.path;
    probe.status_low = terms.status.low;
    probe.status_high = terms.status.high;
    probe.text = terms.text;
    probe.require_certificate = terms.certificate == ProbeCertificate::Require;
    probe.proxy_protocol = is_proxied(job);
    probe.timeout_ms = static_cast<int>(terms.timeout.count());
    probe.fast_interval_ms = static_cast<int>(fast_interval(*job.rules).count());
    probe.fall = attempts(*job.rules);
    return probe;
}

Verdict verdict_of(const wire::Probed& answer) {
    if (answer.verdict == wire::ProbeVerdict::Serves) return Verdict::Serves;
    return answer.verdict == wire::ProbeVerdict::Dead ? Verdict::Dead : Verdict::Nothing;
}

}  // namespace understudy
