#include "tests/contract/store/sample.h"

#include <doctest/doctest.h>

namespace understudy::test {

AddressSet addresses(const char* text) {
    auto parsed = parse_address_set(text);
    REQUIRE(parsed.has_value());
    return *parsed;
}

Override sample_override() {
    return {"admin token 'ops'", "kernel \"6.1\"", WallTime{Duration{11}}, WallTime{Duration{12}}};
}

Server sample_server(std::int64_t id, const std::string& name) {
    Server server;
    server.id.value = id;
    server.name = name;
    server.ipv4 = *parse_ipv4("192.0.2.10");
    server.ipv6 = parse_ipv6("2001:db8::10");
    server.labels = {{"region", "eu"}, {"host", "quote \" and ünicode"}};
    server.token_hash = "c0ffee";
    server.token_prefix = "abcdefgh";
    server.next_token_hash = "facade";
    server.next_token_prefix = "ijklmnop";
    server.code_hash = "decade";
    server.code_until = WallTime{Duration{14}};
    server.code_taken_for = "facade";
    server.ever_seen = true;
    server.alarm = Alarm::Error;
    server.incident.value = id;
    server.maintenance = sample_override();
    server.shared = SharedToken{WallTime{Duration{13}}, "host 'a' at 192.0.2.10, and host 'b'"};
    return server;
}

Drill sample_drill(std::int64_t id, const Pool& pool) {
    Drill drill;
    drill.id.value = id;
    drill.pool = pool.id;
    drill.pool_name = pool.name;
    drill.from.value = 1;
    drill.to.value = 2;
    drill.from_name = "web1";
    drill.to_name = "web2";
    drill.by = "admin token 'ops'";
    drill.why = "monthly";
    drill.scheduled = true;
    drill.started = WallTime{Duration{30}};
    drill.home_since = WallTime{Duration{31}};
    drill.phase = DrillPhase::Home;
    drill.result = DrillResult::Failed;
    drill.reason = "the provider refused";
    drill.stay_s = 77;
    drill.estimate_ms = 8'000;
    drill.epoch = 6;
    drill.away_confirmed_ms = 11;
    drill.away_served_ms = 12;
    drill.home_confirmed_ms = 13;
    drill.home_served_ms = 14;
    return drill;
}

Pool sample_pool(std::int64_t id, const std::string& name, std::vector<ServerId> members) {
    Pool pool;
    pool.id.value = id;
    pool.name = name;
    pool.members = std::move(members);
    pool.policy.reaction = Reaction::Maintenance;
    pool.policy.confirm_s = std::chrono::seconds{7};
    pool.policy.health_timeout_s = std::chrono::seconds{8};
    pool.policy.failback = Failback::Manual;
    pool.policy.failback_after_s = std::chrono::seconds{9};
    pool.policy.failover_ttl_s = 10;
    pool.policy.fallback_ipv4 = parse_ipv4("203.0.113.1");
    pool.policy.fallback_ipv6 = parse_ipv6("2001:db8::ffff");
    if (!pool.members.empty()) {
        pool.target = Target{pool.members.back()};
        pool.hold = Hold{sample_override(), pool.members.back()};
        pool.preferred = Preference{sample_override(), pool.members.front()};
    }
    pool.would = Target{pool.members};
    pool.policy.mode = PoolMode::ActiveActive;
    pool.policy.max_answers = 2;
    pool.policy.answers = AnswerOrder::LeastLoaded;
    pool.implicit = true;
    pool.dry_run = sample_override();
    pool.failovers = {WallTime{Duration{17}}, WallTime{Duration{18}}};
    pool.changes = {WallTime{Duration{19}}, 4};
    pool.outage = true;
    pool.incident.value = id;
    pool.reason = "Primary server down";
    pool.epoch = 5;
    pool.policy.drill_every_days = 7;
    pool.policy.drill_not = *parse_blocked_hours("mon-fri 08:00-18:00 +01:00; sun 00:00-06:00 UTC");
    pool.drill = sample_drill(id, pool);
    pool.last_drill = WallTime{Duration{20}};
    pool.last_good_drill = WallTime{Duration{21}};
    pool.drill_next = WallTime{Duration{22}};
    return pool;
}

ProviderAccount sample_provider(std::int64_t id, const std::string& name) {
    ProviderAccount account;
    account.id.value = id;
    account.name = name;
    account.kind = "cloudflare";
    account.settings = R"({"base_url":"https://api.example.org"})";
    account.sealed_credential = "c2VhbGVk";
    return account;
}

Domain sample_domain(std::int64_t id, const std::string& name, PoolId pool, ProviderId provider) {
    Domain domain;
    domain.id.value = id;
    domain.name = name;
    domain.provider = provider;
    domain.zone_id = "023e105f4ecef8ad9ca31a8372d0c353";
    domain.zone_name = "example.org";
    domain.pool = pool;
    domain.with_ipv6 = true;
    domain.normal_ttl.seconds = 300;
    domain.lowered_ttl = Ttl{60};
    domain.proxied = true;
    domain.record.desired = addresses("192.0.2.20, 2001:db8::20");
    domain.record.desired_ttl.seconds = 60;
    domain.record.generation = 4;
    domain.record.confirmed = addresses("192.0.2.10, 2001:db8::10");
    domain.record.confirmed_generation = 2;
    domain.record.attempted = {addresses("192.0.2.30"), addresses("nothing")};
    domain.record.foreign = addresses("198.51.100.7");
    domain.record.foreign_why = "its members differ in TTL (60 and 300)";
    domain.record.refused = true;
    domain.record.adopted_epoch = 7;
    domain.record.changes = {WallTime{Duration{13}}, 3};
    domain.serving.state = Served::Disputed;
    domain.serving.generation = 3;
    domain.serving.since = WallTime{Duration{15}};
    domain.serving.said = "1 of 2 name servers still answer with the old content";
    domain.serving.formerly = {addresses("192.0.2.30"), addresses("nothing")};
    domain.serving.former_ttl = Ttl{600};
    domain.serving.shown_ttl = Ttl{60};
    domain.ignored = Override{"ops", "", WallTime{Duration{14}}, {}};
    domain.announced_away = true;
    domain.news = News::FailoverTriggered;
    domain.news_from = addresses("192.0.2.10");
    domain.news_to = addresses("192.0.2.20");
    domain.news_incident.value = id;
    domain.incident.value = id;
    domain.certificates_warned = "2026-12-01T00:00:00Z";
    return domain;
}

Channel sample_channel(std::int64_t id, const std::string& name) {
    Channel channel;
    channel.id.value = id;
    channel.name = name;
    channel.kind = "webhook";
    channel.settings = R"({"origin":"https://hooks.example.org"})";
    channel.sealed_settings = "c2VhbGVk";
    channel.types = {NoticeType::ServerDown, NoticeType::ServerUp};
    channel.attention.severity = Severity::Warning;
    channel.attention.remind_every_s = std::chrono::seconds{3'600};
    channel.attention.quiet_hours = {
        *parse_kept_quiet_hours("mon-fri 22:00-07:00 Europe/Berlin CET-1CEST,M3.5.0,M10.5.0/3"),
        *parse_kept_quiet_hours("sun 00:00-24:00 +02:00")};
    channel.attention.after_min = std::chrono::minutes{15};
    channel.escalation.value = id;
    channel.reminded = WallTime{Duration{1'795'226'922'000}};
    channel.pools = {PoolId{3}};
    channel.labels = {{"region", "eu"}};
    return channel;
}

LogLine sample_line(std::int64_t id) {
    LogLine line;
    line.id.value = id;
    line.type = EventType::FailoverTriggered;
    line.server.value = 1;
    line.pool.value = 3;
    line.domain.value = 5;
    line.incident.value = id;
    line.from = "192.0.2.10";
    line.to = "192.0.2.20";
    line.reason = "Primary server down";
    line.detail = "offline for 31 s";
    line.evidence = R"({"rule":"rule 4"})";
    line.who = "admin token 'ops'";
    line.server_name = "shield-1";
    line.pool_name = "eu";
    line.domain_name = "www.example.org";
    line.audit = R"({"accessor":7})";
    return line;
}

Notice sample_notice(NoticeType type) {
    Notice notice;
    notice.type = type;
    notice.incident.value = 9;
    notice.event.value = 8;
    notice.server.value = 1;
    notice.server_name = "shield-1";
    notice.server_address = "192.0.2.10";
    notice.pool.value = 3;
    notice.pool_name = "eu";
    notice.domains = {{"www.example.org", "192.0.2.10", "192.0.2.20"}};
    notice.pending = {"shop.example.org"};
    notice.reason = "Primary server down";
    notice.detail = "offline for 31 s";
    return notice;
}

Enqueue sample_enqueue(std::int64_t id, std::int64_t channel) {
    Enqueue change;
    change.id.value = id;
    change.channel.value = channel;
    change.notice = sample_notice(NoticeType::ServerDown);
    return change;
}

std::vector<Change> small_fleet() {
    const std::vector<ServerId> members{ServerId{1}, ServerId{2}};
    return {SaveServer{sample_server(1, "shield-1")}, SaveServer{sample_server(2, "shield-2")},
            SavePool{sample_pool(3, "eu", members)}, SaveProvider{sample_provider(4, "cf")}};
}

void must_commit(Store& store, const std::vector<Change>& changes, WallTime at) {
    const auto done = store.commit(changes, at);
    if (!done) FAIL(done.error().text());
}

DueWork must_due(Store& store, int limit) {
    auto work = store.due(limit);
    if (!work) FAIL(work.error().text());
    return *work;
}

Snapshot must_load(Store& store) {
    auto saved = store.load();
    if (!saved) FAIL(saved.error().text());
    return *saved;
}

std::vector<std::int64_t> ids_of(const std::vector<HistoryRow>& rows) {
    std::vector<std::int64_t> ids;
    for (const HistoryRow& row : rows)
        ids.push_back(row.line.id.value);
    return ids;
}

std::vector<std::int64_t> ids_of(const std::vector<NotificationRow>& rows) {
    std::vector<std::int64_t> ids;
    for (const NotificationRow& row : rows)
        ids.push_back(row.id.value);
    return ids;
}

std::vector<std::int64_t> ids_of(const std::vector<DueNotification>& rows) {
    std::vector<std::int64_t> ids;
    for (const DueNotification& due : rows)
        ids.push_back(due.row.id.value);
    return ids;
}

std::vector<std::int64_t> history_ids(Archive& archive, const HistoryQuery& query) {
    auto rows = archive.history(query);
    if (!rows) FAIL(rows.error().text());
    return ids_of(*rows);
}

std::vector<std::int64_t> outbox_ids(Archive& archive, const OutboxQuery& query) {
    auto rows = archive.outbox(query);
    if (!rows) FAIL(rows.error().text());
    return ids_of(*rows);
}

}  // namespace understudy::test
