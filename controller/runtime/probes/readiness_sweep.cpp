#include "controller/runtime/probes/readiness_sweep.h"

#include <algorithm>
#include <utility>

#include "controller/runtime/probes/probe_plan.h"

namespace understudy {
namespace {

constexpr int kPasses = 3;
constexpr int kUnansweredEnough = 5;
constexpr Duration kPauseAfterFailures{1'000};
// A proxy that is just being started again.
constexpr Duration kPauseAfterSilence{10'000};
constexpr std::size_t kUnreadyNamed = 1'000;
// A stand-by whose certificate ends before would serve for less than that: no stand-by.
constexpr int kDaysItMustServe = 1;

}  // namespace

ReadinessSweep::ReadinessSweep(const Fleet& fleet, ServerId server,
                               const std::vector<PoolId>& pools)
    : server_(server) {
    for (const PoolId pool : pools) {
        pools_[pool] = fleet.domains_of(pool).size();
        for (const DomainId domain : fleet.domains_of(pool))
            stops_.push_back({pool, domain});
    }
}

const ProbeTarget& ReadinessSweep::target_for(const Policy& policy) {
    target_ = policy.probe;
    if (target_.kind == ProbeTarget::Kind::Auto) {
        target_ = {plain_ ? ProbeTarget::Kind::Http : ProbeTarget::Kind::Https, 0, "/"};
    }
    target_ = with_port(target_);
    return target_;
}

std::optional<ServiceProbe> ReadinessSweep::next(const Fleet& fleet) {
    for (;;) {
        if (stops_.empty()) next_pass();
        if (stops_.empty()) return std::nullopt;
        const Stop stop = stops_.front();
        const Server* server = fleet.server(server_);
        const Domain* domain = fleet.domain(stop.domain);
        const Pool* pool = fleet.pool(stop.pool);
        const bool asked = server != nullptr && domain != nullptr && pool != nullptr &&
                           domain->pool == stop.pool &&
                           pool->policy.probe.kind != ProbeTarget::Kind::Off;
        if (!asked) {
            --pools_.at(stop.pool);
            stops_.pop_front();
            plain_.reset();
            continue;
        }
        ServiceProbe probe;
        probe.address = to_string(server->ipv4);
        probe.name = host_for(domain->name);
        probe.terms = probe_rules_of(pool->policy).terms;
        probe.terms.target = target_for(pool->policy);
        probe.certificate = true;
        return probe;
    }
}

// What failed comes again, as long as there are passes.
void ReadinessSweep::next_pass() {
    if (doubtful_.empty() || pass_ + 1 == kPasses) return;
    ++pass_;
    passed_ = 0;
    unanswered_ = 0;
    for (Doubtful& each : std::exchange(doubtful_, {})) {
        if (!each.unknown) each.stop.why = std::move(each.why);
        stops_.push_back(std::move(each.stop));
    }
}

Duration ReadinessSweep::pause() const {
    if (pass_ == 0 || passed_ > 0) return Duration{0};
    return gave_up_ ? kPauseAfterSilence : kPauseAfterFailures;
}

bool ReadinessSweep::goes_plain(const Policy& policy, const ServiceAnswer& answer) const {
    const bool may = policy.probe.kind == ProbeTarget::Kind::Auto &&
                     target_.kind == ProbeTarget::Kind::Https &&
                     policy.probe_certificate != ProbeCertificate::Require;
    const bool tls = answer.tls || tls_.contains(stops_.front().pool);
    return may && !tls && answer.verdict == Verdict::Dead;
}

// Empty: it could take that domain over.
std::string ReadinessSweep::flaw_of(const ServiceAnswer& answer, WallTime wall) const {
    if (answer.verdict == Verdict::Dead) return answer.sentence;
    const std::string port = "https " + std::to_string(target_.port) + ": ";
    if (!answer.misfit.empty()) return port + "certificate: " + answer.misfit;
    const auto term = term_of(answer.certificate, wall);
    if (term && near_end(*term, kDaysItMustServe)) return port + "its certificate " + ending(*term);
    return {};
}

void ReadinessSweep::answered(const Fleet& fleet, const ServiceAnswer& answer, WallTime wall) {
    const Stop stop = stops_.front();
    const Pool* pool = fleet.pool(stop.pool);
    reached_ = reached_ || answer.connected;
    if (pool != nullptr && !plain_ && goes_plain(pool->policy, answer)) {
        plain_ = answer.sentence;  // and the same name once more
        return;
    }
    stops_.pop_front();
    ++passed_;
    const auto plain = std::exchange(plain_, {});
    if (answer.verdict == Verdict::Nothing) {
        trouble_ = answer.sentence;
        // What was found of it before stands.
        const bool unknown = stop.why.empty();
        doubtful_.push_back({stop, unknown ? answer.sentence : stop.why, unknown});
    } else {
        std::string why = flaw_of(answer, wall);
        if (plain && !why.empty()) why = *plain;
        judge(stop, answer, why, plain.has_value());
    }
    if (stops_.empty()) next_pass();
}

void ReadinessSweep::judge(const Stop& stop, const ServiceAnswer& answer, const std::string& why,
                           bool plain) {
    if (answer.tls) tls_.insert(stop.pool);
    certificates_.add(answer.certificate, stop.domain);
    unanswered_ = answer.connected && !answer.timed_out ? 0 : unanswered_ + 1;
    if (plain || !why.empty()) doubtful_.push_back({stop, why});
    if (unanswered_ == kUnansweredEnough) give_up(why);
}

void ReadinessSweep::give_up(const std::string& why) {
    for (const Stop& stop : std::exchange(stops_, {}))
        doubtful_.push_back({stop, why});
    gave_up_ = true;
}

ReadinessFound ReadinessSweep::found() const {
    ReadinessFound all;
    all.server = server_;
    all.reached = reached_;
    std::map<PoolId, std::vector<UnreadyDomain>> unready;
    std::map<PoolId, std::size_t> unknown;
    for (const Doubtful& each : doubtful_) {
        if (each.unknown) ++unknown[each.stop.pool];
        if (!each.unknown && !each.why.empty())
            unready[each.stop.pool].push_back({each.stop.domain, each.why});
    }
    std::size_t asked = 0;
    for (const auto& [id, walked] : pools_) {
        PoolReadiness pool;
        pool.pool = id;
        pool.unknown = unknown[id];
        pool.asked = walked - pool.unknown;
        pool.tls = tls_.contains(id);
        pool.named = std::move(unready[id]);
        pool.unready = pool.named.size();
        std::ranges::sort(pool.named, {}, &UnreadyDomain::domain);
        if (pool.named.size() > kUnreadyNamed) pool.named.resize(kUnreadyNamed);
        asked += pool.asked;
        all.pools.push_back(std::move(pool));
    }
    if (asked == 0) all.trouble = trouble_;
    return all;
}

}  // namespace understudy
