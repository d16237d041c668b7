#include "controller/store/sqlite_rows.h"

#include <limits>

#include "controller/store/columns.h"

namespace understudy::sqlite {
namespace {

constexpr std::string_view kSaveServer =
    "INSERT INTO server (id, name, ipv4, ipv6, labels, token_hash, token_prefix, ever_seen, "
    "alarm, incident, maintenance, shared, created) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, "
    "?10, ?11, ?12, ?13) ON CONFLICT (id) DO UPDATE SET name = ?2, ipv4 = ?3, ipv6 = ?4, labels = "
    "?5, "
    "token_hash = ?6, token_prefix = ?7, ever_seen = ?8, alarm = ?9, incident = ?10, "
    "maintenance = ?11, shared = ?12";

constexpr std::string_view kSavePool =
    "INSERT INTO pool (id, name, reaction, confirm_s, health_timeout_s, failback, "
    "failback_after_s, failover_ttl_s, fallback_ipv4, fallback_ipv6, mode, max_answers, "
    "answers, implicit, targets, would, outage, incident, reason, epoch, hold, pinned, "
    "preferred, preferred_server, observe, failovers, change_window, change_count, created) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, "
    "?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29) ON CONFLICT (id) DO UPDATE "
    "SET name = ?2, reaction = ?3, confirm_s = ?4, health_timeout_s = ?5, failback = ?6, "
    "failback_after_s = ?7, failover_ttl_s = ?8, fallback_ipv4 = ?9, fallback_ipv6 = ?10, "
    "mode = ?11, max_answers = ?12, answers = ?13, implicit = ?14, targets = ?15, would = "
    "?16, outage = ?17, incident = ?18, reason = ?19, epoch = ?20, hold = ?21, pinned = ?22, "
    "preferred = ?23, preferred_server = ?24, observe = ?25, failovers = ?26, change_window "
    "= ?27, change_count = ?28";

constexpr std::string_view kDeleteMembers = "DELETE FROM pool_member WHERE pool = ?";
constexpr std::string_view kSaveMember =
    "INSERT INTO pool_member (pool, position, server) VALUES (?, ?, ?)";

// desired_since is kept while the generation is the same.
constexpr std::string_view kSaveDomain =
    "INSERT INTO domain (id, name, provider, zone_id, zone_name, pool, with_ipv6, "
    "normal_ttl, proxied, desired, desired_ttl, generation, confirmed, "
    "confirmed_generation, attempted, stranger, stranger_why, refused, change_window, "
    "change_count, ignored, announced_away, news, news_from, news_to, news_incident, "
    "certificates_warned, adopted_epoch, lowered_ttl, desired_since, created) VALUES (?1, "
    "?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, "
    "?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?30) ON CONFLICT (id) DO UPDATE SET name = "
    "?2, "
    "provider = ?3, zone_id "
    "= ?4, zone_name = ?5, pool = ?6, with_ipv6 = ?7, normal_ttl = ?8, proxied = ?9, "
    "desired = ?10, desired_ttl = ?11, generation = ?12, confirmed = ?13, "
    "confirmed_generation = ?14, attempted = ?15, stranger = ?16, stranger_why = ?17, "
    "refused = ?18, change_window = ?19, change_count = ?20, ignored = ?21, announced_away "
    "= ?22, news = ?23, news_from = ?24, news_to = ?25, news_incident = ?26, "
    "certificates_warned = ?27, adopted_epoch = ?28, lowered_ttl = ?29, desired_since = "
    "iif(generation = ?12, desired_since, ?30)";

constexpr std::string_view kSaveProvider =
    "INSERT INTO provider (id, name, kind, settings, sealed_credential, created)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
    " ON CONFLICT (id) DO UPDATE SET name = ?2, kind = ?3, settings = ?4, sealed_credential = ?5";

constexpr std::string_view kSaveChannel =
    "INSERT INTO channel (id, name, kind, settings, sealed_settings, types, pools, labels, "
    "disabled,"
    " created) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
    " ON CONFLICT (id) DO UPDATE SET name = ?2, kind = ?3, settings = ?4, sealed_settings = ?5,"
    " types = ?6, pools = ?7, labels = ?8, disabled = ?9";

template <typename Address>
std::optional<std::string> text_of(const std::optional<Address>& address) {
    if (!address) return std::nullopt;
    return to_string(*address);
}

Result<Done> save_members(Database& database, const Pool& pool) {
    auto clear = database.prepare(kDeleteMembers);
    if (!clear) return clear.error();
    if (auto done = database.run((*clear)->bind(pool.id)); !done) return done.error();
    std::int64_t position = 0;
    for (const ServerId member : pool.members) {
        auto add = database.prepare(kSaveMember);
        if (!add) return add.error();
        auto done = database.run((*add)->bind(pool.id).bind(position++).bind(member));
        if (!done) return done.error();
    }
    return Done{};
}

std::optional<std::string> text_of(const std::optional<Override>& forced) {
    if (!forced) return std::nullopt;
    return columns::write(*forced);
}

std::optional<std::string> text_of(const std::optional<SharedToken>& shared) {
    if (!shared) return std::nullopt;
    return columns::write(*shared);
}

void bind_changes(Statement& statement, const ChangeCount& changes) {
    statement.bind(changes.window_start).bind(std::int64_t{changes.count});
}

ChangeCount read_changes(Row& row) {
    ChangeCount changes;
    changes.window_start = row.time();
    changes.count = row.small_number();
    return changes;
}

void bind_forced(Statement& statement, const Pool& pool) {
    statement.bind(text_of(pool.hold ? std::optional{pool.hold->by} : std::nullopt))
        .bind(pool.hold ? pool.hold->pinned : ServerId{})
        .bind(text_of(pool.preferred ? std::optional{pool.preferred->by} : std::nullopt))
        .bind(pool.preferred ? pool.preferred->server : ServerId{})
        .bind(text_of(pool.observe))
        .bind(columns::write(pool.failovers));
}

void read_forced(Row& row, Pool& pool) {
    const auto held = row.parsed_or_null(columns::read_override);
    const auto pinned = row.id<ServerId>();
    if (held) pool.hold = Hold{*held, pinned};
    const auto preferred = row.parsed_or_null(columns::read_override);
    const auto server = row.id<ServerId>();
    if (preferred) pool.preferred = Preference{*preferred, server};
    pool.observe = row.parsed_or_null(columns::read_override);
    pool.failovers = row.parsed(columns::read_times);
}

void bind_publication(Statement& statement, const Publication& record) {
    statement.bind(to_string(record.desired))
        .bind(std::int64_t{record.desired_ttl.seconds})
        .bind(record.generation)
        .bind(to_string(record.confirmed))
        .bind(record.confirmed_generation)
        .bind(columns::write(record.attempted))
        .bind(text_of(record.foreign))
        .bind(record.foreign_why)
        .bind(record.refused);
    bind_changes(statement, record.changes);
}

void read_publication(Row& row, Publication& record) {
    record.desired = row.parsed(parse_address_set);
    record.desired_ttl.seconds = row.small_number();
    record.generation = row.integer();
    record.confirmed = row.parsed(parse_address_set);
    record.confirmed_generation = row.integer();
    record.attempted = row.parsed(columns::read_contents);
    record.foreign = row.parsed_or_null(parse_address_set);
    record.foreign_why = row.text();
    record.refused = row.flag();
    record.changes = read_changes(row);
}

}  // namespace

void Row::reject() {
    if (!fault_.empty()) return;
    fault_ = "row " + std::to_string(statement_.integer(0)) + ", column '" +
             statement_.column_name(next_) + "' holds '" + statement_.text(next_).substr(0, 80) +
             "'";
}

std::uint32_t Row::small_number() {
    const std::int64_t number = statement_.integer(next_);
    const bool fits = number >= 0 && number <= std::numeric_limits<std::uint32_t>::max();
    if (!fits) reject();
    ++next_;
    return fits ? static_cast<std::uint32_t>(number) : 0;
}

Server read_server(Row& row) {
    Server server;
    server.id = row.id<ServerId>();
    server.name = row.text();
    server.ipv4 = row.parsed(parse_ipv4);
    server.ipv6 = row.parsed_or_null(parse_ipv6);
    server.labels = row.parsed(columns::read_labels);
    server.token_hash = row.text();
    server.token_prefix = row.text();
    server.ever_seen = row.flag();
    server.alarm = row.parsed(alarm_from);
    server.incident = row.id<IncidentId>();
    server.maintenance = row.parsed_or_null(columns::read_override);
    server.shared = row.parsed_or_null(columns::read_shared_token);
    return server;
}

Pool read_pool(Row& row) {
    Pool pool;
    pool.id = row.id<PoolId>();
    pool.name = row.text();
    pool.policy.reaction = row.parsed(reaction_from);
    pool.policy.confirm_s = row.seconds();
    pool.policy.health_timeout_s = row.seconds();
    pool.policy.failback = row.parsed(failback_from);
    pool.policy.failback_after_s = row.seconds();
    pool.policy.failover_ttl_s = row.small_number();
    pool.policy.fallback_ipv4 = row.parsed_or_null(parse_ipv4);
    pool.policy.fallback_ipv6 = row.parsed_or_null(parse_ipv6);
    pool.policy.mode = row.parsed(pool_mode_from);
    pool.policy.max_answers = row.small_number();
    pool.policy.answers = row.parsed(answer_order_from);
    pool.implicit = row.flag();
    pool.target.servers = row.parsed(columns::read_servers);
    pool.would.servers = row.parsed(columns::read_servers);
    pool.outage = row.flag();
    pool.incident = row.id<IncidentId>();
    pool.reason = row.text();
    pool.epoch = row.integer();
    read_forced(row, pool);
    pool.changes = read_changes(row);
    return pool;
}

Domain read_domain(Row& row) {
    Domain domain;
    domain.id = row.id<DomainId>();
    domain.name = row.text();
    domain.provider = row.id<ProviderId>();
    domain.zone_id = row.text();
    domain.zone_name = row.text();
    domain.pool = row.id<PoolId>();
    domain.with_ipv6 = row.flag();
    domain.normal_ttl.seconds = row.small_number();
    domain.proxied = row.flag();
    read_publication(row, domain.record);
    domain.ignored = row.parsed_or_null(columns::read_override);
    domain.announced_away = row.flag();
    domain.news = row.parsed(news_from);
    domain.news_from = row.parsed(parse_address_set);
    domain.news_to = row.parsed(parse_address_set);
    domain.news_incident = row.id<IncidentId>();
    domain.certificates_warned = row.text();
    domain.record.adopted_epoch = row.integer();
    const std::int64_t lowered = row.integer();
    if (lowered >= 0) domain.lowered_ttl = Ttl{static_cast<std::uint32_t>(lowered)};
    return domain;
}

ProviderAccount read_provider(Row& row) {
    ProviderAccount account;
    account.id = row.id<ProviderId>();
    account.name = row.text();
    account.kind = row.text();
    account.settings = row.text();
    account.sealed_credential = row.text();
    return account;
}

Channel read_channel(Row& row) {
    Channel channel;
    channel.id = row.id<ChannelId>();
    channel.name = row.text();
    channel.kind = row.text();
    channel.settings = row.text();
    channel.sealed_settings = row.text();
    channel.types = row.parsed(columns::read_types);
    channel.pools = row.parsed(columns::read_pools);
    channel.labels = row.parsed(columns::read_labels);
    channel.disabled = row.flag();
    return channel;
}

Result<Done> save(Database& database, const Server& server, WallTime at) {
    auto statement = database.prepare(kSaveServer);
    if (!statement) return statement.error();
    (*statement)
        ->bind(server.id)
        .bind(server.name)
        .bind(to_string(server.ipv4))
        .bind(text_of(server.ipv6))
        .bind(columns::write(server.labels))
        .bind(server.token_hash)
        .bind(server.token_prefix)
        .bind(server.ever_seen)
        .bind(to_text(server.alarm))
        .bind(server.incident)
        .bind(text_of(server.maintenance))
        .bind(text_of(server.shared))
        .bind(at);
    return database.run(**statement);
}

Result<Done> save(Database& database, const Pool& pool, WallTime at) {
    auto statement = database.prepare(kSavePool);
    if (!statement) return statement.error();
    const Policy& policy = pool.policy;
    (*statement)
        ->bind(pool.id)
        .bind(pool.name)
        .bind(to_text(policy.reaction))
        .bind(policy.confirm_s)
        .bind(policy.health_timeout_s)
        .bind(to_text(policy.failback))
        .bind(policy.failback_after_s)
        .bind(std::int64_t{policy.failover_ttl_s})
        .bind(text_of(policy.fallback_ipv4))
        .bind(text_of(policy.fallback_ipv6))
        .bind(to_text(policy.mode))
        .bind(std::int64_t{policy.max_answers})
        .bind(to_text(policy.answers))
        .bind(pool.implicit)
        .bind(columns::write(pool.target.servers))
        .bind(columns::write(pool.would.servers))
        .bind(pool.outage)
        .bind(pool.incident)
        .bind(pool.reason)
        .bind(pool.epoch);
    bind_forced(**statement, pool);
    bind_changes(**statement, pool.changes);
    (*statement)->bind(at);
    if (auto done = database.run(**statement); !done) return done.error();
    return save_members(database, pool);
}

Result<Done> save(Database& database, const Domain& domain, WallTime at) {
    auto statement = database.prepare(kSaveDomain);
    if (!statement) return statement.error();
    (*statement)
        ->bind(domain.id)
        .bind(domain.name)
        .bind(domain.provider)
        .bind(domain.zone_id)
        .bind(domain.zone_name)
        .bind(domain.pool)
        .bind(domain.with_ipv6)
        .bind(std::int64_t{domain.normal_ttl.seconds})
        .bind(domain.proxied);
    bind_publication(**statement, domain.record);
    (*statement)
        ->bind(text_of(domain.ignored))
        .bind(domain.announced_away)
        .bind(to_text(domain.news))
        .bind(to_string(domain.news_from))
        .bind(to_string(domain.news_to))
        .bind(domain.news_incident)
        .bind(domain.certificates_warned)
        .bind(domain.record.adopted_epoch)
        .bind(domain.lowered_ttl ? std::int64_t{domain.lowered_ttl->seconds} : -1)
        .bind(at);
    return database.run(**statement);
}

Result<Done> save(Database& database, const ProviderAccount& account, WallTime at) {
    auto statement = database.prepare(kSaveProvider);
    if (!statement) return statement.error();
    (*statement)
        ->bind(account.id)
        .bind(account.name)
        .bind(account.kind)
        .bind(account.settings)
        .bind(account.sealed_credential)
        .bind(at);
    return database.run(**statement);
}

Result<Done> save(Database& database, const Channel& channel, WallTime at) {
    auto statement = database.prepare(kSaveChannel);
    if (!statement) return statement.error();
    (*statement)
        ->bind(channel.id)
        .bind(channel.name)
        .bind(channel.kind)
        .bind(channel.settings)
        .bind(channel.sealed_settings)
        .bind(columns::write(channel.types))
        .bind(columns::write(channel.pools))
        .bind(columns::write(channel.labels))
        .bind(channel.disabled)
        .bind(at);
    return database.run(**statement);
}

Controls read_controls(Row& row) {
    Controls controls;
    controls.pause = row.parsed_or_null(columns::read_override);
    controls.observe = row.parsed_or_null(columns::read_override);
    controls.losses_accepted = row.parsed_or_null(columns::read_override);
    controls.certificate_warned = row.text();
    return controls;
}

Result<Done> save(Database& database, const Controls& controls) {
    auto statement = database.prepare(
        "UPDATE controls SET pause = ?, observe = ?, losses_accepted = ?,"
        " certificate_warned = ?");
    if (!statement) return statement.error();
    (*statement)
        ->bind(text_of(controls.pause))
        .bind(text_of(controls.observe))
        .bind(text_of(controls.losses_accepted))
        .bind(controls.certificate_warned);
    return database.run(**statement);
}

}  // namespace understudy::sqlite
