// The descriptions of what the store keeps: names are those of its columns. For .cpp files that
// write or read formats.
//
// A field with several names takes as many columns. One without a name is kept elsewhere. What is
// described itself (Policy, Publication) gives its own names.
#pragma once

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
        Field{&Server::token_hash, "token_hash"},
        Field{&Server::token_prefix, "token_prefix"},
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
        Field{&Pool::observe, "observe"},
        Field{&Pool::would, "would"},
        Field{&Pool::failovers, "failovers"},
        Field{&Pool::changes, "change_window, change_count"},
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
        Field{&ProviderAccount::sealed_credential, "sealed_credential"},
    };
};

template <>
struct Describe<Channel> {
    static constexpr std::tuple fields{
        Field{&Channel::id, "id"},
        Field{&Channel::name, "name"},
        Field{&Channel::kind, "kind"},
        Field{&Channel::settings, "settings"},
        Field{&Channel::sealed_settings, "sealed_settings"},
        Field{&Channel::types, "types"},
        Field{&Channel::pools, "pools"},
        Field{&Channel::labels, "labels"},
        Field{&Channel::disabled, "disabled"},
    };
};

template <>
struct Describe<Controls> {
    static constexpr std::tuple fields{
        Field{&Controls::pause, "pause"},
        Field{&Controls::observe, "observe"},
        Field{&Controls::losses_accepted, "losses_accepted"},
        Field{&Controls::certificate_warned, "certificate_warned"},
    };
};

}  // namespace understudy
