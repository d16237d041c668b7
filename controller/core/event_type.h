// The types of the log's lines: the one table of their words, which are stable, for programs. The
// operator's guide lists them all. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/notice.h"
#include "controller/core/model.h"

namespace understudy {

enum class EventType {
    ControllerStarted,
    WarmUpEnded,
    ControllerStalled,

    ServerAdded,
    ServerChanged,
    ServerRemoved,
    ServerTokenMade,
    ServerTokenRotated,
    ServerEnrolled,
    MaintenanceStarted,
    MaintenanceEnded,
    ServerDown,
    ServerUp,
    ServerError,
    TokenShared,
    AddressReported,
    AddressRefused,
    AddressHeld,
    AddressProven,
    AddressFollowed,
    AddressWithdrawn,

    PoolAdded,
    PoolMembersSet,
    PoolPolicySet,
    PoolRemoved,
    PoolKept,
    PoolSwitched,
    PoolHeld,
    PoolPinned,
    PoolReleased,
    HoldEnded,
    FailoverDecided,
    FailbackDecided,
    FailoverInDryRun,
    FailbackInDryRun,
    OutageStarted,
    OutageResolved,
    DrillStarted,
    DrillEnded,
    DrillSkipped,

    Paused,
    Resumed,
    DryRunStarted,
    DryRunEnded,
    LossesAccepted,
    FailoverHeld,
    MassLossEnded,
    ObserverDoubted,
    ObserverTrusted,

    DomainAdded,
    DomainMoved,
    DomainRemoved,
    DomainAdopted,
    DomainEnforced,
    DomainIgnored,
    FailoverTriggered,
    ServerRecovered,
    FailoverFailed,
    DnsDrift,
    DriftCleared,
    RecordServed,
    CertificateExpiring,
    StandbyNotReady,
    StandbyReady,

    ProviderAdded,
    ProviderRemoved,
    ProviderCredentialReplaced,

    ChannelAdded,
    ChannelChanged,
    ChannelRemoved,
    ChannelEnabled,
    ChannelDisabled,
    StillBroken,

    TokenAdded,
    TokenRevoked,
    OrderGiven,
    Escalated,
    EscalationOver,
    Acknowledged,
    AcknowledgementLapsed,
};

const char* to_text(EventType type);
std::optional<EventType> event_type_from(std::string_view text);

// The line that goes with a notification; `test` and `none` have none.
EventType event_type_of(NoticeType type);
EventType event_type_of(News news);

// A line's type as it is kept: a word for whoever reads it, but made only of the types above, or of
// what stands in a store, which may be older or newer than the table.
struct EventWord : std::string {
    EventWord() = default;
    EventWord(EventType type) : std::string(to_text(type)) {}
    static EventWord kept(std::string text) { return EventWord(std::move(text)); }
    friend bool operator==(const EventWord& word, EventType type) {
        return std::string_view{word} == to_text(type);
    }

  private:
    explicit EventWord(std::string text) : std::string(std::move(text)) {}
};

}  // namespace understudy
