#include "base/policy.h"

#include "base/text.h"

namespace understudy {

std::string service_of(const Policy& policy) {
    if (policy.probe.kind == ProbeTarget::Kind::Off) return {};
    const auto seconds = [](std::chrono::seconds value) { return std::to_string(value.count()); };
    std::string words = to_string(policy.probe);
    if (policy.probe.kind != ProbeTarget::Kind::Tcp) words += " " + to_string(policy.probe_status);
    words += " every " + seconds(policy.probe_interval_s) + "/" + seconds(policy.fast_interval_s) +
             " s, " + std::to_string(policy.probe_fall) + "/" + std::to_string(policy.probe_rise) +
             " of " + seconds(policy.probe_timeout_s) + " s";
    if (policy.probe_certificate == ProbeCertificate::Require) words += ", certificate";
    if (policy.probe_proxy_protocol == ProxyProtocol::V1) words += ", PROXY v1";
    if (!policy.probe_text.empty()) words += ", text " + policy.probe_text;
    return words;
}

Result<Done> check_policy(const Policy& policy) {
    if (policy.fallback_ipv6 && !policy.fallback_ipv4) {
        return invalid("policy.fallback_ipv6", "a fallback needs an IPv4 address as well",
                       "give fallback_ipv4 too");
    }
    if (policy.mode == PoolMode::Failover && policy.max_answers != 0) {
        return invalid("policy.max_answers", "a pool of mode 'failover' has one answer",
                       "leave it out, or set mode to active_active");
    }
    if (policy.answers == AnswerOrder::LeastLoaded && policy.max_answers == 0) {
        return invalid("policy.answers", "'least_loaded' chooses among too many, and all are taken",
                       "give max_answers too");
    }
    const bool tcp = policy.probe.kind == ProbeTarget::Kind::Tcp;
    if (tcp && !policy.probe_text.empty()) {
        return invalid("policy.probe_text", "a tcp probe reads no answer",
                       "leave it out, or probe http or https");
    }
    // Agents are asked for it in one line, and take it whole or not at all.
    if (!is_plain(policy.probe_text)) {
        return invalid("policy.probe_text",
                       quoted(policy.probe_text) + " holds what no line of text does",
                       "give printable text on one line");
    }
    const bool plain = tcp || policy.probe.kind == ProbeTarget::Kind::Http;
    if (plain && policy.probe_certificate == ProbeCertificate::Require) {
        return invalid("policy.probe_certificate", "this probe sees no certificate",
                       "give record, or probe https");
    }
    if (policy.evidence == Evidence::Service && policy.probe.kind == ProbeTarget::Kind::Off) {
        return invalid("policy.evidence", "'service' goes by what probes say, and probe is off",
                       "give a probe, or evidence two_of or link");
    }
    if (policy.require_ready == RequireReady::Must && policy.mode == PoolMode::ActiveActive) {
        return invalid("policy.require_ready", "'must' is for pools of which one member serves",
                       "give prefer: a member that is not ready does not join the others");
    }
    if (policy.require_ready == RequireReady::Must && policy.probe.kind == ProbeTarget::Kind::Off) {
        return invalid("policy.require_ready", "'must' goes by what probes find, and probe is off",
                       "give a probe, or require_ready prefer");
    }
    if (policy.fast_interval_s > policy.probe_interval_s) {
        return invalid("policy.fast_interval_s", "it is longer than probe_interval_s",
                       "give at most as many seconds");
    }
    return Done{};
}

}  // namespace understudy
