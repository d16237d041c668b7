#include "controller/core/escalation.h"

#include <algorithm>
#include <ctime>

#include "tests/unit/core/engine_harness.h"

namespace understudy {
namespace {

constexpr std::size_t kIncidents = 20'000;
constexpr WallTime kSince{std::chrono::hours{240}};

Channel channel_named(const char* name, std::int64_t id) {
    Channel channel;
    channel.id = ChannelId{id};
    channel.name = name;
    channel.kind = "webhook";
    channel.settings = "{}";
    channel.attention.after_min = std::chrono::minutes{15};
    channel.escalation = IncidentId{id + 10};
    return channel;
}

// Of a mass loss nothing is left but the last server's.
Snapshot after_mass_loss(const std::vector<ChannelId>& owed) {
    Snapshot saved;
    saved.channels = {channel_named("boss", 1), channel_named("chief", 2)};
    Server server;
    server.id = ServerId{100};
    server.name = "web1";
    server.alarm = Alarm::Down;
    server.incident = IncidentId{1'000};
    saved.servers.push_back(server);
    for (std::size_t i = 0; i < kIncidents; ++i) {
        Incident incident;
        incident.id = IncidentId{static_cast<std::int64_t>(1'000 + i)};
        incident.severity = Severity::Error;
        incident.since = incident.waits_since = kSince;
        incident.owed = owed;
        saved.incidents.push_back(incident);
    }
    saved.last_id = 1'000'000;
    return saved;
}

struct Ended {
    Decision decision;
    std::size_t left = 0;
    double took = 0;  // processor time of the step
};
Ended end_all(Snapshot saved) {
    const Instant now{Duration{1'000'000}};
    Engine engine{{}, {}, std::move(saved), now, kSince};
    Ended ended;
    const std::clock_t begun = std::clock();
    ended.decision = engine.step(now, TimePassed{kSince});
    ended.took = static_cast<double>(std::clock() - begun);
    ended.left = engine.fleet().incidents().size();
    return ended;
}

std::vector<ChannelId> told_the_end(const Decision& decision) {
    std::vector<ChannelId> told;
    for (const Change& change : decision.changes) {
        const auto* entry = std::get_if<Enqueue>(&change);
        if (entry != nullptr && entry->notice.type == NoticeType::EscalationOver)
            told.push_back(entry->channel);
    }
    return told;
}

}  // namespace

TEST_CASE("escalation: the end of very many incidents is looked at once") {
    Snapshot saved = after_mass_loss({ChannelId{1}, ChannelId{2}});
    saved.incidents.front().owed = {ChannelId{2}};  // that one goes on
    const auto ratio = [&saved] {
        const Ended unowed = end_all(after_mass_loss({}));
        CHECK(told_the_end(unowed.decision).empty());
        const Ended owed = end_all(saved);
        CHECK(owed.left == 1);
        CHECK(told_the_end(owed.decision) == std::vector{ChannelId{1}});
        return owed.took / unowed.took;
    };
    // Once for each of them takes hundreds of times as long as the rest of it, however often it is
    // tried; a busy machine makes one try slow.
    double least = ratio();
    for (int tries = 1; least >= 30 && tries < 5; ++tries)
        least = std::min(least, ratio());
    CHECK(least < 30);
}

}  // namespace understudy
