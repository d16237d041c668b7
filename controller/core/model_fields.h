// The descriptions of what the store keeps: names are those of its columns. For .cpp files that
// write or read formats.
//
// A field with several names takes as many columns. One without a name is kept elsewhere. What is
// described itself (Policy, Publication) gives its own names.
#pragma once

#include "base/attention_fields.h"
#include "base/describe.h"
#include "base/policy_fields.h"
#include "controller/core/model.h"

namespace understudy {

template <>
struct Describe<Server> {
    static constexpr std::tuple fields{
        Field{&Server::id, "id"},
        Field{&Server::name, "name"},
        Field{&Server::ipv4, "ipv4"},
        Field{&Server::ipv6, "ipv6"},
        Field{&Server::labels, "labels"},
        Field{&Server::token_hash, "token_hash"}.hidden(),
        Field{&Server::token_prefix, "token_prefix"}.hidden(),
        Field{&Server::next_token_hash, "next_token_hash"}.hidden(),
        Field{&Server::next_token_prefix, "next_token_prefix"}.hidden(),
        Field{&Server::code_hash, "code_hash"}.hidden(),
        Field{&Server::code_until, "code_until"},
        Field{&Server::code_taken_for, "code_taken_for"}.hidden(),
        Field{&Server::ever_seen, "ever_seen"},
        Field{&Server::alarm, "alarm"},
        Field{&Server::incident, "incident"},
        Field{&Server::maintenance, "maintenance"},
        Field{&Server::shared, "shared"},
        Field{&Server::unready_told, "unready_told"},
        Field{&Server::dynamic, "dynamic"},
        Field{&Server::followed_ipv4, "followed_ipv4"},
        Field{&Server::followed_ipv6, "followed_ipv6"},
    };
};

template <>
struct Describe<Pool> {
    static constexpr std::tuple fields{
        Field{&Pool::id, "id"},
        Field{&Pool::name, "name"},
        Field{&Pool::members, ""},  // a table of its own
        Field{&Pool::policy, ""},
        Field{&Pool::implicit, "implicit"},
        Field{&Pool::target, "targets"},
        Field{&Pool::outage, "outage"},
        Field{&Pool::incident, "incident"},
        Field{&Pool::reason, "reason"},
        Field{&Pool::epoch, "epoch"},
        Field{&Pool::hold, "hold, pinned"},
        Field{&Pool::preferred, "preferred, preferred_server"},
        Field{&Pool::dry_run, "observe"},
        Field{&Pool::would, "would"},
        Field{&Pool::failovers, "failovers"},
        Field{&Pool::changes, "change_window, change_count"},
        Field{&Pool::drill, ""},  // a table of its own
        Field{&Pool::last_drill, "last_drill"},
        Field{&Pool::last_good_drill, "last_good_drill"},
        Field{&Pool::drill_next, "drill_next"},
    };
};

template <>
struct Describe<Drill> {
    static constexpr std::tuple fields{
        Field{&Drill::id, "id"},
        Field{&Drill::pool, "pool"},
        Field{&Drill::pool_name, "pool_name"},
        Field{&Drill::from, "from_server"},
        Field{&Drill::to, "to_server"},
        Field{&Drill::from_name, "from_name"},
        Field{&Drill::to_name, "to_name"},
        Field{&Drill::by, "who"},
        Field{&Drill::why, "why"},
        Field{&Drill::scheduled, "scheduled"},
        Field{&Drill::started, "started"},
        Field{&Drill::home_since, "home_since"},
        Field{&Drill::ended, "ended"},
        Field{&Drill::phase, "phase"},
        Field{&Drill::result, "result"},
        Field{&Drill::reason, "reason"},
        Field{&Drill::stay_s, "stay_s"},
        Field{&Drill::estimate_ms, "estimate_ms"},
        Field{&Drill::epoch, "epoch"},
        Field{&Drill::away_confirmed_ms, "away_confirmed_ms"},
        Field{&Drill::away_served_ms, "away_served_ms"},
        Field{&Drill::home_confirmed_ms, "home_confirmed_ms"},
        Field{&Drill::home_served_ms, "home_served_ms"},
    };
};

template <>
struct Describe<Publication> {
    static constexpr std::tuple fields{
        Field{&Publication::desired, "desired"},
        Field{&Publication::desired_ttl, "desired_ttl"},
        Field{&Publication::generation, "generation"},
        Field{&Publication::confirmed, "confirmed"},
        Field{&Publication::confirmed_generation, "confirmed_generation"},
        Field{&Publication::attempted, "attempted"},
        Field{&Publication::foreign, "stranger"},
        Field{&Publication::foreign_why, "stranger_why"},
        Field{&Publication::refused, "refused"},
        Field{&Publication::changes, "change_window, change_count"},
        Field{&Publication::adopted_epoch, "adopted_epoch"},
    };
};

template <>
struct Describe<Serving> {
    static constexpr std::tuple fields{
        Field{&Serving::state, "served"},        Field{&Serving::generation, "served_generation"},
        Field{&Serving::since, "served_since"},  Field{&Serving::said, "served_said"},
        Field{&Serving::formerly, "formerly"},   Field{&Serving::former_ttl, "former_ttl"},
        Field{&Serving::shown_ttl, "shown_ttl"},
    };
};

template <>
struct Describe<Domain> {
    static constexpr std::tuple fields{
        Field{&Domain::id, "id"},
        Field{&Domain::name, "name"},
        Field{&Domain::provider, "provider"},
        Field{&Domain::zone_id, "zone_id"},
        Field{&Domain::zone_name, "zone_name"},
        Field{&Domain::pool, "pool"},
        Field{&Domain::with_ipv6, "with_ipv6"},
        Field{&Domain::normal_ttl, "normal_ttl"},
        Field{&Domain::lowered_ttl, "lowered_ttl"},
        Field{&Domain::proxied, "proxied"},
        Field{&Domain::record, ""},
        Field{&Domain::serving, ""},
        Field{&Domain::ignored, "ignored"},
        Field{&Domain::announced_away, "announced_away"},
        Field{&Domain::told_epoch, "told_epoch"},
        Field{&Domain::news, "news"},
        Field{&Domain::news_from, "news_from"},
        Field{&Domain::news_to, "news_to"},
        Field{&Domain::news_incident, "news_incident"},
        Field{&Domain::incident, "incident"},
        Field{&Domain::certificates_warned, "certificates_warned"},
    };
};

template <>
struct Describe<ProviderAccount> {
    static constexpr std::tuple fields{
        Field{&ProviderAccount::id, "id"},
        Field{&ProviderAccount::name, "name"},
        Field{&ProviderAccount::kind, "kind"},
        Field{&ProviderAccount::settings, "settings"},
        Field{&ProviderAccount::sealed_credential, "sealed_credential"}.hidden(),
    };
};

template <>
struct Describe<Channel> {
    static constexpr std::tuple fields{
        Field{&Channel::id, "id"},
        Field{&Channel::name, "name"},
        Field{&Channel::kind, "kind"},
        Field{&Channel::settings, "settings"},
        Field{&Channel::sealed_settings, "sealed_settings"}.hidden(),
        Field{&Channel::types, "types"},
        Field{&Channel::pools, "pools"},
        Field{&Channel::labels, "labels"},
        Field{&Channel::disabled, "disabled"},
        Field{&Channel::attention, ""},
        Field{&Channel::reminded, "reminded"},
        Field{&Channel::escalation, "escalation"},
    };
};

template <>
struct Describe<Incident> {
    static constexpr std::tuple fields{
        Field{&Incident::id, "id"},
        Field{&Incident::severity, "severity"},
        Field{&Incident::since, "since"},
        Field{&Incident::acknowledged, "acknowledged"},
        Field{&Incident::waits_since, "waits_since"},
        Field{&Incident::escalated, "escalated"},
        Field{&Incident::owed, "owed"},
    };
};

template <>
struct Describe<Scope> {
    static constexpr std::tuple fields{
        Field{&Scope::pools, "scope_pools"},
        Field{&Scope::labels, "scope_labels"},
    };
};

template <>
struct Describe<Token> {
    static constexpr std::tuple fields{
        Field{&Token::id, "id"},
        Field{&Token::name, "name"},
        Field{&Token::hash, "hash"}.hidden(),
        Field{&Token::prefix, "prefix"}.hidden(),
        Field{&Token::role, "role"},
        Field{&Token::scope, ""},
        Field{&Token::sources, "sources"},
        Field{&Token::expires, "expires"},
        Field{&Token::made_by, "made_by"},
        Field{&Token::made, "made"},
        Field{&Token::used, "used"},
        Field{&Token::used_from, "used_from"},
    };
};

template <>
struct Describe<Controls> {
    static constexpr std::tuple fields{
        Field{&Controls::pause, "pause"},
        Field{&Controls::dry_run, "observe"},
        Field{&Controls::losses_accepted, "losses_accepted"},
        Field{&Controls::certificate_warned, "certificate_warned"},
    };
};

}  // namespace understudy
