// Faults: everything that may go wrong, each a named kind, and the plan of one run: which goes
// wrong when. Every fault carries a seed of its own for its details and ends by itself, so that any
// of them can be left out of a run without changing what the others do.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/random.h"

namespace understudy::simulation {

enum class FaultKind {
    AgentCrashClosed,
    AgentCrashSilent,
    AgentFreeze,
    AgentHalfOpen,
    AgentRestart,
    AgentShutdown,
    CheckFails,
    ServiceDies,
    ServiceFreezes,
    GreyFailure,
    HostingVanishes,
    StandbyExpired,
    AgentKilled,
    ProbesCutOff,
    SiblingCutOff,
    SiblingsBlind,
    ProberOverloaded,
    LinkFlaps,
    BeatsLost,
    MessagesSlow,
    MessageRepeated,
    CrossedLinks,
    PartitionSome,
    PartitionMost,
    PartitionAll,
    MassReconnect,
    WitnessesSilent,
    CrashBeforeCommit,
    CrashAfterCommit,
    CrashAfterDispatch,
    ControllerSuspended,
    CommitFails,
    CommitFailsForGood,
    WallStep,
    WallDrift,
    ProviderUnreachable,
    ProviderRefuses,
    ProviderThrottles,
    ProviderErrors,
    ProviderLosesReplies,
    ProviderAppliesLate,
    ProviderReadsStale,
    ProviderSlow,
    ChannelDown,
    ForeignEdit,
    Order,
    OrderAtWorst,
    OrderNonsense,
};

struct FaultRow {
    FaultKind kind;
    const char* name;
    std::uint64_t weight;
    const char* what;
};
std::span<const FaultRow> fault_table();
const FaultRow& row_of(FaultKind kind);

struct Fault {
    Duration at{0};  // after the beginning of trouble
    FaultKind kind = FaultKind::AgentCrashClosed;
    std::uint64_t seed = 0;
};

// By lot, of a fault's length.
Duration seconds(Random& random, int low, int high);

std::vector<Fault> draw_faults(std::uint64_t seed, Duration troubled, double per_hour);

}  // namespace understudy::simulation
