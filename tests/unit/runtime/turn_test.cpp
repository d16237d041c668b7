// The order of a turn: nothing is answered or sent before it is written, and who cannot write does
// not act.
#include "tests/unit/runtime/turn_bench.h"

using namespace understudy;
using namespace understudy::test;

namespace {

std::vector<Change> notifications(std::int64_t count) {
    std::vector<Change> changes;
    for (std::int64_t id = 1; id <= count; ++id)
        changes.emplace_back(Enqueue{NotificationId{1'000'000 + id}, ChannelId{1}, Notice{}});
    return changes;
}

ApiRequest request_of(const std::string& path) {
    ApiRequest request;
    request.path = path;
    return request;
}

}  // namespace

TEST_CASE("an order is answered only after it is written") {
    Bench bench;
    REQUIRE(bench.run().ok());
    const auto before = bench.store.archive().history(HistoryQuery{})->size();
    bench.give(some_server("web1"));
    REQUIRE(bench.run().ok());
    REQUIRE(bench.answered.size() == 1);
    REQUIRE(bench.answered[0].ok());
    CHECK(bench.logged_at_answer > before);
    CHECK(bench.store.load()->servers.size() == 1);
    CHECK(bench.state.commits > 0);
}

TEST_CASE("changes of the fleet are counted, with rows and without, and no others") {
    Bench bench;
    bench.give(some_server("web1"));
    REQUIRE(bench.run().ok());
    const auto before = bench.state.fleet_changes;
    CHECK(before > 0);
    AddChannel channel;
    channel.channel.name = "ops";
    bench.give(channel);
    REQUIRE(bench.run().ok());
    CHECK(bench.state.fleet_changes == before);
    const ServerId server{bench.answered[0]->id};
    bench.hub.arrivals.inputs.push_back(ReadinessFound{server, {}, true, "", false});
    REQUIRE(bench.run().ok());
    CHECK(bench.state.fleet_changes == before + 1);
}

TEST_CASE("a write that fails is tried again after pauses; the answer waits") {
    Bench bench;
    REQUIRE(bench.run().ok());
    bench.give(some_server("web1"));
    bench.store.fail_next_commit(transient("the disk is full"));
    REQUIRE(bench.run().ok());
    CHECK(bench.pauses == std::vector<Duration>{Duration{100}});
    REQUIRE(bench.answered.size() == 1);
    CHECK(bench.answered[0].ok());
    CHECK(bench.state.store_writable);
}

TEST_CASE("who cannot write must not act: no answer, no request, the turn says so") {
    TurnSettings settings;
    settings.commit_pauses = {};
    Bench bench{settings};
    REQUIRE(bench.run().ok());
    bench.give(some_server("web1"));
    bench.hub.arrivals.requests.push_back(request_of("/api/v1/servers"));
    bench.store.fail_next_commit(transient("the disk is full"));
    const auto turned = bench.run();
    REQUIRE_FALSE(turned.ok());
    CHECK(turned.error().message == "the disk is full");
    CHECK(bench.answered.empty());
    CHECK(bench.requests.empty());
    CHECK(bench.outbound.submitted.empty());
    CHECK_FALSE(bench.state.store_writable);
}

TEST_CASE("a store that lost its place is found out though there is nothing to write") {
    TurnSettings settings;
    settings.commit_pauses = {};
    Bench bench{settings};
    REQUIRE(bench.run().ok());
    bench.store.fail_next_commit(transient("the file was removed"));
    bench.now += settings.tick / 2;
    REQUIRE(bench.run().ok());  // not asked in every turn
    bench.now += settings.tick / 2;
    bench.hub.arrivals.requests.push_back(request_of("/api/v1/servers"));
    const auto turned = bench.run();
    REQUIRE_FALSE(turned.ok());
    CHECK(turned.error().message == "the file was removed");
    CHECK(bench.requests.empty());
    CHECK_FALSE(bench.state.store_writable);
}

TEST_CASE("the controller's own certificate is looked at, at the start and with the loop") {
    Bench bench;
    TlsView tls;
    tls.certificate = OwnCertificate{bench.wall - std::chrono::days{80},
                                     bench.wall + std::chrono::days{10},
                                     "01",
                                     {"ctl.example.org"}};
    bench.state.tls = &tls;
    REQUIRE(bench.run().ok());
    REQUIRE(bench.run().ok());
    HistoryQuery query;
    query.type = "certificate_expiring";
    REQUIRE(bench.store.archive().history(query)->size() == 1);
    CHECK(bench.store.archive().history(query)->front().line.reason ==
          "The controller's own certificate ends in 10 days, at " +
              to_rfc3339(tls.certificate->not_after));
    CHECK(bench.store.load()->controls.certificate_warned ==
          to_rfc3339(tls.certificate->not_after) + "/01");
}

TEST_CASE("corrupt data is not written to a second time") {
    Bench bench;
    REQUIRE(bench.run().ok());
    bench.give(some_server("web1"));
    bench.store.fail_next_commit(Error{Errc::Corrupt, "malformed", {}, {}, {}});
    CHECK_FALSE(bench.run().ok());
    CHECK(bench.pauses.empty());
}

TEST_CASE("a rotated token closes the agent's link, after the commit and only then") {
    Bench bench;
    bench.give(some_server("web1"));
    REQUIRE(bench.run().ok());
    const ServerId id{bench.answered[0]->id};
    bench.give(RotateToken{ServerId{id.value + 77}, "hash", "other"});  // there is no such server
    REQUIRE(bench.run().ok());
    CHECK_FALSE(bench.answered[1].ok());
    CHECK(bench.hub.revoked.empty());
    bench.give(RotateToken{id, std::string(64, 'b'), "other", {}, true});
    REQUIRE(bench.run().ok());
    REQUIRE(bench.answered[2].ok());
    CHECK(bench.hub.revoked == std::vector<ServerId>{id});
    bench.give(RemoveServer{id});
    REQUIRE(bench.run().ok());
    CHECK(bench.hub.revoked.size() == 2);
}

TEST_CASE("a batch is one order: all of it or nothing, and it closes the links it ends") {
    Bench bench;
    AddServer second = some_server("web2");
    second.ipv4 = *parse_ipv4("192.0.2.2");
    bench.give_batch({some_server("web1"), some_server("web1")});
    REQUIRE(bench.run().ok());
    CHECK_FALSE(bench.answered[0].ok());
    CHECK(bench.store.load()->servers.empty());
    bench.give_batch({some_server("web1"), second});
    REQUIRE(bench.run().ok());
    REQUIRE(bench.answered[1].ok());
    REQUIRE(bench.answered[1]->ids.size() == 2);
    const ServerId first{bench.answered[1]->ids[0]};
    const ServerId other{bench.answered[1]->ids[1]};
    bench.give_batch({RemoveServer{first}, RemoveServer{ServerId{other.value + 77}}});
    REQUIRE(bench.run().ok());
    CHECK(bench.hub.revoked.empty());
    bench.give_batch({RemoveServer{first}, RemoveServer{other}});
    REQUIRE(bench.run().ok());
    CHECK(bench.hub.revoked == std::vector<ServerId>{first, other});
}

TEST_CASE("a retry is answered with what the commit found") {
    Bench bench;
    REQUIRE(bench.store.commit(notifications(2), bench.wall).ok());
    std::vector<RetryOutcome> outcomes;
    const auto note = [&](const RetryOutcome& outcome) { outcomes.push_back(outcome); };
    bench.desk.retry_notification({NotificationId{1'000'002}}, note);
    bench.desk.retry_notification({NotificationId{7}}, note);
    bench.desk.retry_channel(ChannelId{1}, note);
    REQUIRE(bench.run().ok());
    REQUIRE(outcomes.size() == 3);
    CHECK(outcomes[0].retried == 1);
    CHECK(outcomes[0].behind->id == NotificationId{1'000'001});
    CHECK(outcomes[1].verdict == RetryOutcome::Verdict::Missing);
    CHECK(outcomes[2].verdict == RetryOutcome::Verdict::Missing);  // the channel is not there
}

TEST_CASE("a message that some of its receivers have taken is not what another waits for") {
    Bench bench;
    REQUIRE(bench.store.commit(notifications(2), bench.wall).ok());
    const NotificationDeferred partly{NotificationId{1'000'001}, 1, bench.wall, "busy", "a@x.org"};
    REQUIRE(bench.store.commit(std::vector<Change>{partly}, bench.wall).ok());
    std::optional<RetryOutcome> outcome;
    bench.desk.retry_notification({NotificationId{1'000'002}},
                                  [&](const RetryOutcome& found) { outcome = found; });
    REQUIRE(bench.run().ok());
    REQUIRE(outcome.has_value());
    CHECK(outcome->retried == 1);
    CHECK_FALSE(outcome->behind.has_value());
}

TEST_CASE("whose client has gone is said after the requests of the same turn") {
    Bench bench;
    bench.hub.arrivals.requests.push_back(request_of("/api/v1/events"));
    bench.hub.arrivals.gone.push_back(7);
    REQUIRE(bench.run().ok());
    CHECK(bench.requests.size() == 1);
    CHECK(bench.gone == std::vector<HttpRequestId>{7});
}

TEST_CASE("a loop that slept says so before it looks at anything") {
    Bench bench;
    const auto stalls = [&bench] {
        HistoryQuery query;
        query.type = "controller_stalled";
        return bench.store.archive().history(query)->size();
    };
    const auto until = bench.run();
    REQUIRE(until.ok());
    CHECK(*until <= bench.now + std::chrono::seconds{1});
    bench.now = *until + std::chrono::seconds{10};
    REQUIRE(bench.run().ok());
    CHECK(stalls() == 0);
    const auto next = bench.run();
    REQUIRE(next.ok());
    bench.now = std::max(bench.now, *next) + std::chrono::seconds{10} + Duration{1};
    REQUIRE(bench.run().ok());
    CHECK(stalls() == 1);
}

TEST_CASE("what is not delivered is counted to the last one") {
    Bench bench;
    std::vector<Change> changes = notifications(1'203);
    changes.emplace_back(NotificationDead{NotificationId{1'000'001}, 1, {}});
    REQUIRE(bench.store.commit(changes, bench.wall).ok());
    REQUIRE(bench.run().ok());
    CHECK(bench.state.notifications_pending == 1'202);
    CHECK(bench.state.notifications_dead == 1);
}

TEST_CASE("the more notifications there are, the seldomer they are counted") {
    Bench bench;
    REQUIRE(bench.run().ok());
    bench.state.notifications_dead = 25'000;
    bench.give(some_server("web1"));
    REQUIRE(bench.run().ok());
    CHECK(bench.state.notifications_dead == 25'000);
    bench.now += Duration{249};
    REQUIRE(bench.run().ok());
    CHECK(bench.state.notifications_dead == 25'000);
    bench.now += Duration{1};
    REQUIRE(bench.run().ok());
    CHECK(bench.state.notifications_dead == 0);
}

TEST_CASE("a flood of events is taken in portions, and the loop does not wait in between") {
    TurnSettings settings;
    settings.inputs_per_turn = 10;
    Bench bench{settings};
    REQUIRE(bench.run().ok());
    const auto steps = bench.state.steps;
    for (int i = 0; i < 25; ++i)
        bench.hub.arrivals.inputs.push_back(AgentSeen{ServerId{1}, 1});
    for (const int done : {10, 20}) {
        const auto until = bench.run();
        REQUIRE(until.ok());
        CHECK(bench.state.steps - steps == static_cast<std::uint64_t>(done));
        CHECK(*until <= bench.now);
    }
    REQUIRE(bench.run().ok());
    CHECK(bench.state.steps - steps >= 25);
}

TEST_CASE("while an answer is under way the loop does not wait") {
    Bench bench;
    REQUIRE(bench.run().ok());
    bench.answering = true;
    CHECK(bench.run().value() <= bench.now);
    bench.answering = false;
    CHECK(bench.run().value() > bench.now);
}

TEST_CASE("a request handled in a turn has its order decided in the next, at once") {
    Bench bench;
    REQUIRE(bench.run().ok());
    bench.on_request = [&bench] { bench.give(some_server("web1")); };
    bench.hub.arrivals.requests.push_back(request_of("/api/v1/servers"));
    const auto until = bench.run();
    REQUIRE(until.ok());
    CHECK(bench.answered.empty());
    CHECK(*until <= bench.now);
    REQUIRE(bench.run().ok());
    CHECK(bench.answered.size() == 1);
}

TEST_CASE(
    "a lost link asks the witnesses once it is written, and their answer reaches the engine") {
    DispatcherLimits limits = World::quiet_limits();
    limits.witnesses = {{"192.0.2.9", 443}};
    Bench bench{{}, limits};
    bench.give(some_server("web1"));
    REQUIRE(bench.run().ok());
    const ServerId server{bench.answered[0]->id};
    bench.hub.arrivals.inputs.push_back(AgentLinked{server, 1, "192.0.2.1:5", true, {}});
    REQUIRE(bench.run().ok());
    CHECK(bench.outbound.submitted.empty());
    bench.hub.arrivals.inputs.push_back(AgentLeft{server, 1, Departure::Closed, "closed"});
    REQUIRE(bench.run().ok());
    REQUIRE(bench.outbound.submitted.size() == 1);
    const Submitted asked = bench.outbound.take();
    CHECK(std::get<ConnectProbe>(asked.transfer).to == limits.witnesses[0]);
    const auto steps = bench.state.steps;
    bench.answers.post(TransferDone{asked.id, ConnectAnswer{true, {}}});
    REQUIRE(bench.run().ok());
    CHECK(bench.state.steps > steps);
    CHECK(bench.outbound.submitted.empty());
}

TEST_CASE("an order whose condition does not hold when its turn comes is not carried out") {
    test::Bench bench;
    bench.give(test::some_server("web1"));
    const auto unmet = [&] {
        const bool there = bench.engine.fleet().server_named("web1") != nullptr;
        return there ? std::optional{conflict("web1 came before it")} : std::nullopt;
    };
    std::vector<Result<OrderDone>> answered;
    const auto note = [&](const Result<OrderDone>& done) { answered.push_back(done); };
    bench.desk.give(own_caller("tester"), test::some_server("web2"), unmet, note);
    REQUIRE_FALSE(unmet());  // it held when it was given
    REQUIRE(bench.run().ok());
    REQUIRE(answered.size() == 1);
    CHECK(answered.front().error().message == "web1 came before it");
    CHECK(bench.engine.fleet().server_named("web2") == nullptr);
    AddServer third = test::some_server("web3");
    third.ipv4 = *parse_ipv4("192.0.2.3");
    bench.desk.give(
        own_caller("tester"), third, [] { return std::optional<Error>{}; }, note);
    REQUIRE(bench.run().ok());
    CHECK(answered.back().ok());
}

TEST_CASE("what drivers may keep is said in the turn that removes an account or its credential") {
    test::Bench bench;
    ProviderAccount account;
    account.name = "main";
    account.kind = "scripted";
    account.sealed_credential = "old";
    const auto kept = [&]() -> std::size_t {
        REQUIRE(bench.run().ok());
        REQUIRE_FALSE(bench.drivers.kept.empty());
        return bench.drivers.kept.back();
    };
    bench.give(AddProvider{account});
    CHECK(kept() == 1);
    const ProviderId id{bench.answered.back()->id};
    const std::size_t before = bench.drivers.kept.size();
    bench.give(ReplaceCredential{id, "new"});
    CHECK(kept() == 1);
    CHECK(bench.drivers.kept.size() > before);
    bench.give(RemoveProvider{id});
    CHECK(kept() == 0);
}
