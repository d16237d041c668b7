#include "tests/simulation/faults.h"

#include <algorithm>

#include "base/ensure.h"

namespace understudy::simulation {
namespace {

constexpr FaultRow kTable[] = {
    {FaultKind::AgentCrashClosed, "agent_crash_closed", 8, "a server dies, its link is closed"},
    {FaultKind::AgentCrashSilent, "agent_crash_silent", 8, "a server vanishes without a word"},
    {FaultKind::AgentFreeze, "agent_freeze", 3, "an agent says nothing for a while, linked"},
    {FaultKind::AgentHalfOpen, "agent_half_open", 3, "a server is gone, its link seems open"},
    {FaultKind::AgentRestart, "agent_restart", 4, "an agent restarts and says so"},
    {FaultKind::AgentShutdown, "agent_shutdown", 2, "an agent stops on purpose"},
    {FaultKind::CheckFails, "check_fails", 5, "a local check of a server fails"},
    {FaultKind::ServiceDies, "service_dies", 4, "a service is dead, its agent lives"},
    {FaultKind::ServiceFreezes, "service_freezes", 3, "a service accepts and answers nothing"},
    {FaultKind::GreyFailure, "grey_failure", 3, "every second request to a server fails"},
    {FaultKind::HostingVanishes, "hosting_vanishes", 1, "a hosting company vanishes"},
    {FaultKind::StandbyExpired, "standby_expired", 4,
     "a stand-by's certificate has expired, then the primary dies"},
    {FaultKind::AgentKilled, "agent_killed", 4, "an agent is killed, its server serves"},
    {FaultKind::ProbesCutOff, "probes_cut_off", 2, "the controller's probes have no network"},
    {FaultKind::SiblingCutOff, "sibling_cut_off", 2, "a sibling reaches no other server"},
    {FaultKind::SiblingsBlind, "siblings_blind", 2, "no sibling reaches one server"},
    {FaultKind::ProberOverloaded, "prober_overloaded", 2, "who probes is behind with it"},
    {FaultKind::LinkFlaps, "link_flaps", 3, "a link goes down and up several times"},
    {FaultKind::BeatsLost, "beats_lost", 3, "a few heartbeats are lost"},
    {FaultKind::MessagesSlow, "messages_slow", 2, "what agents say arrives late, out of order"},
    {FaultKind::MessageRepeated, "message_repeated", 3, "an old message arrives once more"},
    {FaultKind::CrossedLinks, "crossed_links", 3, "a new link comes before the old one is closed"},
    {FaultKind::PartitionSome, "partition_some", 4, "some agents cannot reach the controller"},
    {FaultKind::PartitionMost, "partition_most", 2, "most agents cannot reach the controller"},
    {FaultKind::PartitionAll, "partition_all", 2, "no agent can reach the controller"},
    {FaultKind::MassReconnect, "mass_reconnect", 2, "all links are closed and come back at once"},
    {FaultKind::WitnessesSilent, "witnesses_silent", 1, "no witness address answers"},
    {FaultKind::CrashBeforeCommit, "crash_before_commit", 3, "the controller dies having decided"},
    {FaultKind::CrashAfterCommit, "crash_after_commit", 3, "the controller dies having committed"},
    {FaultKind::CrashAfterDispatch, "crash_after_dispatch", 3, "the controller dies having sent"},
    {FaultKind::ControllerSuspended, "controller_suspended", 3, "the controller sleeps"},
    {FaultKind::CommitFails, "commit_fails", 2, "a commit fails and succeeds when repeated"},
    {FaultKind::CommitFailsForGood, "commit_fails_for_good", 1, "the store cannot be written"},
    {FaultKind::WallStep, "wall_step", 3, "the wall clock is stepped"},
    {FaultKind::WallDrift, "wall_drift", 1, "the wall clock drifts"},
    {FaultKind::ProviderUnreachable, "provider_unreachable", 2, "the provider is cut off"},
    {FaultKind::ProviderRefuses, "provider_refuses", 2, "the provider refuses the credential"},
    {FaultKind::ProviderThrottles, "provider_throttles", 2, "the provider says 429"},
    {FaultKind::ProviderErrors, "provider_errors", 3,
     "the provider says 502, having done it or not"},
    {FaultKind::ProviderLosesReplies, "provider_loses_replies", 3, "it is done, the reply is lost"},
    {FaultKind::ProviderAppliesLate, "provider_applies_late", 2, "it is done after the time-out"},
    {FaultKind::ProviderReadsStale, "provider_reads_stale", 2, "what is read is some seconds old"},
    {FaultKind::ProviderSlow, "provider_slow", 2, "every answer takes seconds"},
    {FaultKind::ChannelDown, "channel_down", 2, "a receiver of notifications is down"},
    {FaultKind::ForeignEdit, "foreign_edit", 4, "somebody else changes a record"},
    {FaultKind::Order, "order", 8, "a person gives an order"},
    {FaultKind::OrderAtWorst, "order_at_worst", 8, "a person gives an order in mid-switch"},
    {FaultKind::OrderNonsense, "order_nonsense", 4, "a person gives an order that makes no sense"},
};

const FaultRow& draw_row(Random& random) {
    std::uint64_t all = 0;
    for (const FaultRow& row : kTable)
        all += row.weight;
    std::uint64_t draw = random.below(all);
    for (const FaultRow& row : kTable) {
        if (draw < row.weight) return row;
        draw -= row.weight;
    }
    return kTable[0];
}

}  // namespace

std::span<const FaultRow> fault_table() {
    return kTable;
}

const FaultRow& row_of(FaultKind kind) {
    for (const FaultRow& row : kTable)
        if (row.kind == kind) return row;
    ensure(false);
    return kTable[0];
}

Duration seconds(Random& random, int low, int high) {
    return random.between(Duration{low * 1'000}, Duration{high * 1'000});
}

std::vector<Fault> draw_faults(std::uint64_t seed, Duration troubled, double per_hour) {
    Random random{seed ^ 0x6661756c7473u};
    std::vector<Fault> faults;
    const Duration longest{static_cast<Duration::rep>(2 * 3'600'000 / per_hour)};
    Duration at{0};
    while (true) {
        at += random.between(Duration{1}, longest);
        if (at >= troubled) return faults;
        faults.push_back({at, draw_row(random).kind, random.below(UINT64_MAX)});
    }
}

}  // namespace understudy::simulation
