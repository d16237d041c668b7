// What explain and replay ask and show.
#include <unistd.h>

#include <doctest/doctest.h>

#include <cstdio>
#include <filesystem>

#include "tests/unit/ctl/ctl_play.h"

using namespace understudy;
using namespace understudy::ctl;

namespace {

std::string temporary_file(const std::string& content) {
    std::string path = (std::filesystem::temp_directory_path() / "ctl-XXXXXX").string();
    const int descriptor = ::mkstemp(path.data());
    REQUIRE(descriptor >= 0);
    REQUIRE(::write(descriptor, content.data(), content.size()) ==
            static_cast<ssize_t>(content.size()));
    ::close(descriptor);
    return path;
}

}  // namespace

TEST_CASE("an explanation is a story: the record, the decision, the members, what is forced") {
    Play play;
    play.transport.answer(
        200,
        R"({"at":"2026-11-21T04:00:00Z","domain":{"display_name":"www.example.org",)"
        R"("status":"failed_over","pool":{"id":3,"name":"web"},"record":{"settled":true,)"
        R"("desired":{"addresses":["203.0.113.20"]},"confirmed":{"addresses":["203.0.113.20"]},)"
        R"("foreign":null}},"present":{"evidence":{"rule":"the present target stays","members":[],)"
        R"("overrides":[]},"restraints":[{"sentence":"pool 'web' is held"}],"other_addresses":[)"
        R"({"server":"web2","ipv4":"203.0.113.9","ipv6":null,"state":"held","sentence":)"
        R"("not followed: it is in maintenance by ops"}]},"decision":{"event":)"
        R"({"at":"2026-11-21T03:54:52Z","type":"failover_decided","from":"203.0.113.10",)"
        R"("to":"203.0.113.20","reason":"Primary server down","who":""},"evidence":{"rule":)"
        R"("rule 4: the primary is down","members":[{"server":"web1","standing":"down","health":)"
        R"("offline for 30.0 s: link closed","published":false}],"policy":{"reaction":"prompt",)"
        R"("confirm_s":30,"health_timeout_s":120,"failback":"auto","failback_after_s":60},)"
        R"("restraints":[],"overrides":["server 'web3' is in maintenance by ops"],)"
        R"("failovers_within_the_hour":1}},"record":null,"since_then":[{"at":)"
        R"("2026-11-21T03:58:00Z","type":"server_up","server":{"id":1,"name":"web1"},)"
        R"("reason":"online","who":""}]})");
    CHECK(play.run({"explain", "www.example.org", "--at", "2026-11-21T04:00:00Z"}) == kOk);
    CHECK(play.transport.asked ==
          std::vector<std::string>{
              "GET /api/v1/domains/www.example.org/explain?at=2026-11-21T04%3A00%3A00.000Z"});
    const std::string told = play.out.str();
    for (const char* part :
         {"www.example.org: failed_over\n", "The record holds 203.0.113.20, as it should.",
          "Last decision, at 2026-11-21 03:54:52 UTC: Primary server down (failover_decided)",
          "From 203.0.113.10 to 203.0.113.20.", "Nobody ordered it.",
          "Why: Rule 4: the primary is down.", "  web1    down       no         offline for 30.0 s",
          "30 s (confirm_s)", "120 s (health_timeout_s)",
          "Override: Server 'web3' is in maintenance by ops.", "Since then:\n",
          "2026-11-21 03:58:00  server_up  web1  online", "Held: Pool 'web' is held.",
          "The agent of 'web2' reports 203.0.113.9: not followed: it is in maintenance by ops."}) {
        CAPTURE(part);
        CAPTURE(told);
        CHECK(told.find(part) != std::string::npos);
    }
}

TEST_CASE("a replay is a table of differences and a line that sums them up") {
    const std::string file = temporary_file("// calmer\n{\"confirm_s\": 60}\n");
    Play play;
    play.transport.answer(
        200, R"({"since":"2026-11-20T00:00:00Z","until":"2026-11-21T00:00:00Z","sightings":9,)"
             R"("cut":true,"usual":[{},{}],"other":[{}],"differences":[{"difference":"later",)"
             R"("at":"2026-11-20T03:00:00Z","pool":"web","from":"203.0.113.10","to":)"
             R"("203.0.113.20","reason":"Primary server down","by_s":30.0},{"difference":)"
             R"("not_switched","at":"2026-11-20T05:00:00Z","pool":"web","from":"203.0.113.20",)"
             R"("to":"203.0.113.10","reason":"Primary server recovered","by_s":null}]})");
    CHECK(play.run({"replay", "--policy", file, "--since", "2026-11-20T00:00:00Z"}) == kOk);
    CHECK(play.transport.asked ==
          std::vector<std::string>{R"(POST /api/v1/replay {"since":"2026-11-20T00:00:00.000Z",)"
                                   R"("policy":{"confirm_s":60}})"});
    const std::string told = play.out.str();
    CHECK(told.find("would have switched 30.0 s later") != std::string::npos);
    CHECK(told.find("would not have switched") != std::string::npos);
    CHECK(told.find("2 switches with the policies as they are, 1 switch with this one. 1 not made, "
                    "1 at another time, 0 in addition.") != std::string::npos);
    CHECK(told.find("There was too much to play") != std::string::npos);
    CHECK(play.run({"replay", "--policy", file}) == kUsage);
    CHECK(play.run({"replay", "--since", "1h"}) == kUsage);
    std::remove(file.c_str());
}
