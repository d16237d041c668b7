#include <array>
#include <bit>

#include "controller/api/census.h"
#include "tests/unit/api/customers.h"

using namespace understudy;
using api_test::Stage;

namespace {

// Every counter another number, so that a new one shows here as well.
constexpr std::uint64_t kFirstCount = 700'001;
using Counts = std::array<std::uint64_t, sizeof(HubCounters) / sizeof(std::uint64_t)>;

HubCounters numbered_counters() {
    Counts counts{};
    for (std::size_t i = 0; i < counts.size(); ++i)
        counts[i] = kFirstCount + i;
    return std::bit_cast<HubCounters>(counts);
}

}  // namespace

TEST_CASE("status counts everything and says why nothing is decided") {
    Stage stage;
    stage.add_domain();
    stage.state.agents_linked = 2;
    stage.state.notifications_dead = 3;
    const auto status = stage.get("/api/v1/status");
    REQUIRE(status.status() == 200);
    CHECK(status.text("version") == "1.2.3");
    CHECK(status.text("instance") == "a1b2c3");
    CHECK(status.text("sentence").starts_with("The one domain is served by its primary."));
    CHECK(status["servers"]["total"].integer() == 2);
    CHECK(status["servers"]["unknown"].integer() == 2);
    CHECK(status["domains"]["active"].integer() == 1);
    CHECK(status["domains"]["outage"].integer() == 0);
    CHECK(status["agents_linked"].integer() == 2);
    CHECK(status["notifications_dead"].integer() == 3);
    CHECK(status["store"]["writable"].boolean() == true);
    CHECK(status["held"]["held"].boolean() == !stage.engine.restraints(stage.now).empty());
}

TEST_CASE("the sentence counts where there is something to count") {
    const auto said = [](std::map<std::string, std::size_t> some, std::size_t without_standby) {
        api::Census census;
        for (const char* status : {"active", "failed_over", "switching", "outage", "conflict"}) {
            census.domains_by_status[status] = some[status];
            census.domains += some[status];
        }
        census.domains_without_standby = without_standby;
        return api::sentence_of_domains(census);
    };
    CHECK(said({}, 0) == "No domain is in care yet.");
    CHECK(said({{"active", 1}}, 1) ==
          "The one domain is served by its primary. It could not fail over now.");
    CHECK(said({{"failed_over", 1}}, 0) == "The one domain is failed over.");
    CHECK(said({{"outage", 1}}, 0) == "The one domain is without a healthy server.");
    CHECK(said({{"active", 3}}, 2) ==
          "All 3 domains are served by their primaries. 2 could not fail over now.");
    CHECK(said({{"active", 1}, {"failed_over", 2}, {"conflict", 1}}, 0) ==
          "1 of 4 domains is served by the primary, 2 failed over, 1 in conflict.");
}

TEST_CASE("not ready while the store cannot be written") {
    Stage stage;
    CHECK(stage.get("/readyz").status() == 200);
    stage.state.store_writable = false;
    CHECK(stage.get("/readyz").status() == 503);
    CHECK(stage.get("/healthz").status() == 200);
}

TEST_CASE("every counter of the hub is among the metrics") {
    Stage stage;
    stage.state.hub = numbered_counters();
    const std::string text = stage.get("/metrics").response.body;
    for (std::size_t i = 0; i < Counts{}.size(); ++i) {
        CAPTURE(i);
        CHECK(text.find(" " + std::to_string(kFirstCount + i) + "\n") != std::string::npos);
    }
}

TEST_CASE("a histogram counts what is not above each bound, and all") {
    Stage stage;
    for (const double each : {0.000244140625, 0.0009765625, 0.375, 1.0, 77.0})
        stage.state.measures.turn.add(each);
    ++stage.state.measures.log_lines["outage_started"];
    const std::string text = stage.get("/metrics").response.body;
    for (const char* line :
         {"understudy_turn_seconds_bucket{le=\"0.001\"} 2\n",
          "understudy_turn_seconds_bucket{le=\"0.25\"} 2\n",
          "understudy_turn_seconds_bucket{le=\"0.5\"} 3\n",
          "understudy_turn_seconds_bucket{le=\"1\"} 4\n",
          "understudy_turn_seconds_bucket{le=\"+Inf\"} 5\n",
          "understudy_turn_seconds_sum 78.376220703125\n", "understudy_turn_seconds_count 5\n",
          "understudy_log_lines_total{type=\"outage_started\"} 1\n",
          "understudy_log_lines_total{type=\"failover_decided\"} 0\n",
          "understudy_servers_by_testimony{says=\"nothing\"} 0\n"}) {
        CAPTURE(line);
        CHECK(text.find(line) != std::string::npos);
    }
}

TEST_CASE("of each account the metrics tell what is left of its calls and what went wrong") {
    Stage stage;
    const ProviderId account = stage.add_provider();
    stage.desk.means = AccountMeans{{}, 7};
    stage.desk.means->can.calls_per_window = 1200;
    const std::map<ProviderId, ProviderErrors> errors{{account, {3, 2, 5}}};
    const std::string name = stage.engine.fleet().provider(account)->name;
    const auto has = [&](const std::string& what, const std::string& number) {
        const std::string line = "understudy_provider_" + what + "} " + number + "\n";
        return stage.get("/metrics").response.body.find(line) != std::string::npos;
    };
    const auto errors_by = [&](const char* kind) {
        return "errors_total{provider=\"" + name + "\",kind=\"" + kind + "\"";
    };
    CHECK(has("calls_left{provider=\"" + name + "\"", "7"));
    CHECK(has("calls_limit{provider=\"" + name + "\"", "1200"));
    CHECK(has(errors_by("rejected"), "0"));
    stage.state.provider_errors = &errors;
    CHECK(has(errors_by("rejected"), "3"));
    CHECK(has(errors_by("throttled"), "2"));
    CHECK(has(errors_by("transient"), "5"));
    stage.desk.means = AccountMeans{};  // no limit is known
    CHECK_FALSE(has("calls_left{provider=\"" + name + "\"", "0"));
    CHECK_FALSE(has("calls_limit{provider=\"" + name + "\"", "0"));
}

TEST_CASE("of stand-bys those are counted that are there to take over") {
    api_test::Customers all;
    const Fleet& fleet = all.stage.engine.fleet();
    const ServerId standby = fleet.server_named("acmeshield2")->id;
    const DomainId shop = fleet.domain_named("shop.example.org")->id;
    PoolReadiness unready{fleet.pool_named("acmepool")->id, 1, 1, 0, {{shop, "503"}}, true};
    all.happens(ReadinessFound{standby, {unready}, true, {}, false});
    const auto not_ready = [&](const char* number) {
        const std::string line = "understudy_standbys{readiness=\"not_ready\"} ";
        all.pass(Duration{60'000});  // what was counted is kept for a while
        return all.stage.get("/metrics").response.body.find(line + number + "\n") !=
               std::string::npos;
    };
    CHECK(not_ready("1"));
    REQUIRE(all.stage.put("/api/v1/servers/acmeshield2/maintenance", "{}").status() == 200);
    CHECK(not_ready("0"));
    REQUIRE(all.stage.remove("/api/v1/servers/acmeshield2/maintenance").status() == 204);
    CHECK(not_ready("1"));
    all.leaves("acmeshield2");
    CHECK(not_ready("0"));
}

TEST_CASE("metrics are in the text format, each family described once") {
    Stage stage;
    stage.add_domain();
    stage.state.commits = 42;
    const auto answer = stage.get("/metrics");
    CHECK(answer.response.content_type == "text/plain; version=0.0.4; charset=utf-8");
    const std::string& text = answer.response.body;
    for (const char* line :
         {"understudy_build_info{version=\"1.2.3\"} 1\n", "understudy_commits_total 42\n",
          "understudy_domains{status=\"active\"} 1\n", "understudy_pools 1\n",
          "understudy_server_online{server=\"web1\"} 0\n", "# TYPE understudy_pools gauge\n"}) {
        CAPTURE(line);
        const auto at = text.find(line);
        REQUIRE(at != std::string::npos);
        CHECK(text.find(line, at + 1) == std::string::npos);
    }
    CHECK(text.ends_with('\n'));
}
