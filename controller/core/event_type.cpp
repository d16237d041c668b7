#include "controller/core/event_type.h"

#include "base/words.h"

namespace understudy {
namespace {

constexpr Words<EventType, 80> kEventType{
    {{EventType::ControllerStarted, "controller_started"},
     {EventType::WarmUpEnded, "warm_up_ended"},
     {EventType::ControllerStalled, "controller_stalled"},
     {EventType::ServerAdded, "server_added"},
     {EventType::ServerChanged, "server_changed"},
     {EventType::ServerRemoved, "server_removed"},
     {EventType::ServerTokenMade, "server_token_made"},
     {EventType::ServerTokenRotated, "server_token_rotated"},
     {EventType::ServerEnrolled, "server_enrolled"},
     {EventType::MaintenanceStarted, "maintenance_started"},
     {EventType::MaintenanceEnded, "maintenance_ended"},
     {EventType::ServerDown, "server_down"},
     {EventType::ServerUp, "server_up"},
     {EventType::ServerError, "server_error"},
     {EventType::TokenShared, "token_shared"},
     {EventType::AddressReported, "address_reported"},
     {EventType::AddressRefused, "address_refused"},
     {EventType::AddressHeld, "address_held"},
     {EventType::AddressProven, "address_proven"},
     {EventType::AddressFollowed, "address_followed"},
     {EventType::AddressWithdrawn, "address_withdrawn"},
     {EventType::PoolAdded, "pool_added"},
     {EventType::PoolMembersSet, "pool_members_set"},
     {EventType::PoolPolicySet, "pool_policy_set"},
     {EventType::PoolRemoved, "pool_removed"},
     {EventType::PoolKept, "pool_kept"},
     {EventType::PoolSwitched, "pool_switched"},
     {EventType::PoolHeld, "pool_held"},
     {EventType::PoolPinned, "pool_pinned"},
     {EventType::PoolReleased, "pool_released"},
     {EventType::HoldEnded, "hold_ended"},
     {EventType::FailoverDecided, "failover_decided"},
     {EventType::FailbackDecided, "failback_decided"},
     {EventType::FailoverInDryRun, "failover_observed"},
     {EventType::FailbackInDryRun, "failback_observed"},
     {EventType::OutageStarted, "outage_started"},
     {EventType::OutageResolved, "outage_resolved"},
     {EventType::DrillStarted, "drill_started"},
     {EventType::DrillEnded, "drill_ended"},
     {EventType::DrillSkipped, "drill_skipped"},
     {EventType::Paused, "paused"},
     {EventType::Resumed, "resumed"},
     {EventType::DryRunStarted, "observe_started"},
     {EventType::DryRunEnded, "observe_ended"},
     {EventType::LossesAccepted, "losses_accepted"},
     {EventType::FailoverHeld, "failover_held"},
     {EventType::MassLossEnded, "mass_loss_ended"},
     {EventType::ObserverDoubted, "observer_doubted"},
     {EventType::ObserverTrusted, "observer_trusted"},
     {EventType::DomainAdded, "domain_added"},
     {EventType::DomainMoved, "domain_moved"},
     {EventType::DomainRemoved, "domain_removed"},
     {EventType::DomainAdopted, "domain_adopted"},
     {EventType::DomainEnforced, "domain_enforced"},
     {EventType::DomainIgnored, "domain_ignored"},
     {EventType::FailoverTriggered, "failover_triggered"},
     {EventType::ServerRecovered, "server_recovered"},
     {EventType::FailoverFailed, "failover_failed"},
     {EventType::DnsDrift, "dns_drift"},
     {EventType::DriftCleared, "drift_cleared"},
     {EventType::RecordServed, "record_served"},
     {EventType::CertificateExpiring, "certificate_expiring"},
     {EventType::StandbyNotReady, "standby_not_ready"},
     {EventType::StandbyReady, "standby_ready"},
     {EventType::ProviderAdded, "provider_added"},
     {EventType::ProviderRemoved, "provider_removed"},
     {EventType::ProviderCredentialReplaced, "provider_credential_replaced"},
     {EventType::ChannelAdded, "channel_added"},
     {EventType::ChannelChanged, "channel_changed"},
     {EventType::ChannelRemoved, "channel_removed"},
     {EventType::ChannelEnabled, "channel_enabled"},
     {EventType::ChannelDisabled, "channel_disabled"},
     {EventType::StillBroken, "still_broken"},
     {EventType::Escalated, "escalated"},
     {EventType::EscalationOver, "escalation_over"},
     {EventType::Acknowledged, "acknowledged"},
     {EventType::AcknowledgementLapsed, "acknowledgement_lapsed"},
     {EventType::TokenAdded, "token_added"},
     {EventType::TokenRevoked, "token_revoked"},
     {EventType::OrderGiven, "order_given"}}};

EventType event_type_named(const char* text) {
    const auto type = event_type_from(text);
    ensure(type.has_value());
    return *type;
}

}  // namespace

const char* to_text(EventType type) {
    return word(kEventType, type);
}

std::optional<EventType> event_type_from(std::string_view text) {
    return value(kEventType, text);
}

EventType event_type_of(NoticeType type) {
    return event_type_named(to_text(type));
}

EventType event_type_of(News news) {
    if (news == News::NotServed) return EventType::FailoverFailed;
    return event_type_named(to_text(news));
}

}  // namespace understudy
