// What every provider owes, whatever service is behind it. Each case has names of its own in the
// scene (scene.json), so that no case depends on another.
//
// To read as a story: a name is located and read; its one address is moved; then everything that
// makes moving dangerous - foreign content, two families, several addresses, TTLs, the proxy - and
// then the many.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "providers/locate.h"
#include "tests/contract/provider/moves.h"

namespace understudy::test {
namespace {

TEST_CASE("a name is located in the longest zone that has it") {
    struct Row {
        const char* name;
        const char* zone;
        const char* content;
    };
    const Row rows[] = {
        {"example.com", "example.com", "192.0.2.10"},
        {"read.example.com", "example.com", "192.0.2.10, 2001:db8::10"},
        {"*.wild.example.com", "example.com", "192.0.2.10"},
        {"deep.sub.example.com", "sub.example.com", "192.0.2.10"},
        {"www.xn--bcher-kva.example", "xn--bcher-kva.example", "192.0.2.10"},
    };
    Account account;
    for (const auto& row : rows) {
        CAPTURE(row.name);
        const auto location = account.locate(row.name);
        CHECK(location.zone.name == row.zone);
        CHECK_FALSE(location.zone.id.empty());
        CHECK(location.reading.name == row.name);
        CHECK(location.reading.exists);
        CHECK(location.reading.state.addresses == addresses(row.content));
    }
}

TEST_CASE("the zones of many names, and all zones, are found in a few calls") {
    Account account;
    std::vector<std::string> names{"deep.sub.example.com", "www.xn--bcher-kva.example",
                                   "www.nowhere.example"};
    for (int i = 0; i < 300; ++i)
        names.push_back("n" + std::to_string(i) + ".example.com");
    const int before = account.calls();
    const auto findings = account.value<ZoneFindings>(account.provider().find_zones(names));
    CHECK(account.calls() - before <= (Account::asks_one_by_one() ? names.size() : 6));
    for (const std::string name : {"deep.sub.example.com", "www.xn--bcher-kva.example"})
        CHECK(zone_of(findings, name)->zone == account.locate(name).zone);
    CHECK(zone_of(findings, "n299.example.com")->zone == account.locate("read.example.com").zone);
    const auto nowhere = zone_of(findings, "www.nowhere.example");
    REQUIRE_FALSE(nowhere.ok());
    CHECK(nowhere.error().code == Errc::NotFound);

    const auto all = account.value<ZoneFindings>(account.provider().find_zones({}));
    CHECK(all.complete != Account::asks_one_by_one());
    if (!all.complete) return;
    CHECK(zone_of(all, "n1.example.com")->zone == account.locate("read.example.com").zone);
}

TEST_CASE("a name without addresses is located and does not exist") {
    Account account;
    for (const std::string name : {"nobody.example.com", "text.example.com"}) {
        CAPTURE(name);
        const auto location = account.locate(name);
        CHECK(location.zone.name == "example.com");
        CHECK_FALSE(location.reading.exists);
    }
}

TEST_CASE("a name whose zone nobody has is not found") {
    Account account;
    const auto result = account.run(account.provider().locate("www.nowhere.example"));
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().code == Errc::NotFound);
    CHECK(result.error().message.find("www.nowhere.example") != std::string::npos);
    CHECK_FALSE(result.error().remedy.empty());
}

TEST_CASE("what cannot be one record is refused with its reason") {
    Account account;
    struct Row {
        const char* name;
        const char* word;
    };
    for (const auto& row : {Row{"alias.example.com", "CNAME"}, Row{"uneven.example.com", "TTL"}}) {
        CAPTURE(row.name);
        const auto result = account.run(account.provider().locate(row.name));
        REQUIRE_FALSE(result.ok());
        CHECK(result.error().code == Errc::Conflict);
        CHECK(result.error().message.find(row.word) != std::string::npos);
    }
}

TEST_CASE("many names are read at once, and a bad one does not spoil the others") {
    Account account;
    const auto zone = account.locate("read.example.com").zone;
    const auto readings = account.value<std::vector<RecordReading>>(account.provider().read(
        zone, {"read.example.com", "nobody.example.com", "alias.example.com", "example.com"}));
    REQUIRE(readings.size() == 4);
    CHECK(readings[0].state.addresses == addresses("192.0.2.10, 2001:db8::10"));
    CHECK(readings[0].state.ttl == Ttl{300});
    CHECK_FALSE(readings[1].exists);
    CHECK_FALSE(readings[1].problem.has_value());
    REQUIRE(readings[2].problem.has_value());
    CHECK(readings[2].problem->code == Errc::Conflict);
    CHECK(readings[3].state.addresses == addresses("192.0.2.10"));
}

TEST_CASE("an address is moved away and back") {
    Account account;
    make(account, {"away", "move.example.com", "192.0.2.10", "192.0.2.20", 60});
    make(account, {"back", "move.example.com", "192.0.2.20", "192.0.2.10", 300});
}

TEST_CASE("a replacement that is done already is confirmed without a write") {
    Account account;
    const Move move{"once", "again.example.com", "192.0.2.10", "192.0.2.20", 60};
    const auto zone = account.locate(move.name).zone;
    check_confirmed(account.replace(zone, {replacement(move)})[0], move.to);
    const auto first = account.calls();
    account.read(zone, move.name);
    const auto reading = account.calls() - first;
    CHECK((reading == 1 || Account::asks_one_by_one()));
    const auto writes = account.writes();
    check_confirmed(account.replace(zone, {replacement(move)})[0], move.to);
    CHECK(account.writes() == writes);
    CHECK(account.calls() <= first + 2 * reading + 1);  // a reading, and perhaps the zone's limits
}

TEST_CASE("a TTL is changed where the addresses are right already") {
    Account account;
    make(account, {"lowered", "lowered.example.com", "192.0.2.10", "192.0.2.20", 60});
    const auto state =
        make(account, {"restored", "lowered.example.com", "192.0.2.20", "192.0.2.20", 300});
    CHECK(state.ttl == Ttl{300});
}

TEST_CASE("foreign content is reported and not touched") {
    Account account;
    const auto zone = account.locate("stranger.example.com").zone;
    const auto outcomes = account.replace(
        zone, {replacement({"", "stranger.example.com", "192.0.2.10", "192.0.2.20", 60})});
    REQUIRE(std::holds_alternative<Foreign>(outcomes[0]));
    CHECK(std::get<Foreign>(outcomes[0]).state.addresses == addresses("198.51.100.99"));
    CHECK(account.read(zone, "stranger.example.com").state.addresses == addresses("198.51.100.99"));
}

TEST_CASE("AAAA is withdrawn with the A record's move and restored with it") {
    Account account;
    const char* both = "192.0.2.10, 2001:db8::10";
    make(account, {"withdrawn", "dual.example.com", both, "192.0.2.20", 60});
    const auto state = make(account, {"restored", "dual.example.com", "192.0.2.20", both, 300});
    CHECK(state.ttl == Ttl{300});
}

TEST_CASE("an AAAA record beside the A record that may be replaced keeps both from being touched") {
    Account account;
    const char* name = "four.example.com";
    const char* both = "192.0.2.10, 2001:db8::10";
    const auto zone = account.locate(name).zone;
    const auto outcomes =
        account.replace(zone, {replacement({"", name, "192.0.2.10", "192.0.2.20", 60})});
    REQUIRE(std::holds_alternative<Foreign>(outcomes[0]));
    CHECK(std::get<Foreign>(outcomes[0]).state.addresses == addresses(both));
    CHECK(account.read(zone, name).state.addresses == addresses(both));
    make(account, {"both may go", name, both, "192.0.2.20", 60});
}

TEST_CASE("what a stopped change may have left is gone on with; what a person did is not") {
    Account account;
    const char* from = "192.0.2.10, 2001:db8::10";
    const char* to = "192.0.2.20, 2001:db8::20";
    const char* further = "192.0.2.30, 2001:db8::30";
    const auto zone = account.locate("halfway.example.com").zone;
    auto next = replacement({"", "halfway.example.com", from, further, 300});
    next.acceptable.push_back(addresses(to));
    const auto outcome = account.replace(zone, {next})[0];
    if (account.provider().capabilities().whole_names) {
        CHECK(std::holds_alternative<Foreign>(outcome));
    } else {
        check_confirmed(outcome, further);
    }
    const auto outcomes =
        account.replace(zone, {replacement({"", "beside.example.com", "192.0.2.10", to, 300}),
                               replacement({"", "taken.example.com", from, to, 300})});
    for (const auto& each : outcomes)
        CHECK(std::holds_alternative<Foreign>(each));
}

TEST_CASE("a missing record is made where a person allowed it, proxied as told") {
    Account account;
    const char* name = "made.example.com";
    const auto zone = account.locate(name).zone;
    auto wanted = replacement({"", name, "192.0.2.10", "192.0.2.20, 2001:db8::20", 300});
    CHECK(std::holds_alternative<Foreign>(account.replace(zone, {wanted})[0]));
    CHECK_FALSE(account.read(zone, name).exists);
    wanted.acceptable.push_back({});
    wanted.proxied = account.provider().capabilities().proxying;
    check_confirmed(account.replace(zone, {wanted})[0], "192.0.2.20, 2001:db8::20");
    const auto reading = account.read(zone, name);
    CHECK(reading.state.proxied == wanted.proxied);
    CHECK(reading.state.ttl == (wanted.proxied ? Ttl{} : Ttl{300}));
}

// Whoever runs this program looks afterwards whether what the scene calls disabled is still there.
TEST_CASE("what is not served is kept while the set around it moves, goes and comes back") {
    Account account;
    const char* name = "asleep.example.com";
    const char* both = "192.0.2.10, 2001:db8::10";
    make(account, {"away, without IPv6", name, both, "192.0.2.20", 60});
    make(account, {"back", name, "192.0.2.20", both, 300});
}

TEST_CASE("sets of several addresses shrink, change and grow") {
    Account account;
    const char* name = "several.example.com";
    const Move moves[] = {
        {"shrink", name, "192.0.2.10, 192.0.2.11, 192.0.2.12", "192.0.2.11", 60},
        {"grow", name, "192.0.2.11", "192.0.2.11, 192.0.2.21, 192.0.2.22", 60},
        {"shift", name, "192.0.2.11, 192.0.2.21, 192.0.2.22", "192.0.2.20, 192.0.2.21", 60},
        {"swap", name, "192.0.2.20, 192.0.2.21", "192.0.2.10, 192.0.2.12", 300},
    };
    for (const auto& move : moves)
        CHECK(make(account, move).ttl == account.ttl(move.ttl_s));
}

TEST_CASE("the TTL is lowered and restored") {
    Account account;
    const char* name = "ttl.example.com";
    CHECK(make(account, {"lowered", name, "192.0.2.10", "192.0.2.20", 60}).ttl == account.ttl(60));
    CHECK(make(account, {"restored", name, "192.0.2.20", "192.0.2.10", 3600}).ttl == Ttl{3600});
}

TEST_CASE("a proxied record stays proxied with its automatic TTL") {
    Account account;
    if (!account.provider().capabilities().proxying) return;
    const char* name = "proxied.example.com";
    const char* both = "192.0.2.10, 2001:db8::10";
    for (const Move& move : {Move{"away", name, both, "192.0.2.20", 60},
                             Move{"back", name, "192.0.2.20", both, 300}}) {
        const auto state = make(account, move);
        CHECK(state.proxied);
        CHECK(state.ttl.automatic());
    }
    const auto half = account.run(account.provider().locate("half.example.com"));
    REQUIRE_FALSE(half.ok());
    CHECK(half.error().code == Errc::Conflict);
    CHECK(half.error().message.find("proxied") != std::string::npos);
}

TEST_CASE("names of every shape are moved") {
    Account account;
    for (const char* name : {"example.com", "*.wild.example.com", "deep.sub.example.com",
                             "www.xn--bcher-kva.example"}) {
        make(account, {"away", name, "192.0.2.10", "192.0.2.20", 60});
        make(account, {"back", name, "192.0.2.20", "192.0.2.10", 300});
    }
}

TEST_CASE("one foreign content, one nonsense and one missing name do not hold up a batch") {
    Account account;
    const auto zone = account.locate("batch-1.example.com").zone;
    std::vector<RecordReplacement> batch;
    for (const char* name : {"batch-1.example.com", "batch-2.example.com", "batch-3.example.com",
                             "batch-4.example.com", "batch-5.example.com"}) {
        batch.push_back(replacement({"", name, "192.0.2.10", "192.0.2.20", 60}));
    }
    batch[2].wanted = {};
    const auto outcomes = account.replace(zone, batch);
    REQUIRE(outcomes.size() == 5);
    check_confirmed(outcomes[0], "192.0.2.20");
    CHECK(std::holds_alternative<Foreign>(outcomes[1]));
    REQUIRE(std::holds_alternative<Error>(outcomes[2]));
    CHECK(std::get<Error>(outcomes[2]).code == Errc::Invalid);
    CHECK(std::holds_alternative<Foreign>(outcomes[3]));
    check_confirmed(outcomes[4], "192.0.2.20");
    CHECK(account.read(zone, "batch-2.example.com").state.addresses == addresses("198.51.100.99"));
    CHECK(account.read(zone, "batch-3.example.com").state.addresses == addresses("192.0.2.10"));
    CHECK_FALSE(account.read(zone, "batch-4.example.com").exists);
}

TEST_CASE("450 names are moved: one reading, a write for each batch, one more reading") {
    Account account;
    const auto zone = account.locate("n0.bulk.example").zone;
    const auto can = account.provider().capabilities();
    // Who takes one name at a time is not asked for so many, and may need some calls for each.
    const bool batches = can.batch_size > 1;
    const int names = batches ? 450 : 45;
    REQUIRE((can.operation_size >= names || Account::asks_one_by_one()));
    const int before_reading = account.calls();
    account.read(zone, "n0.bulk.example");
    const int reading =
        (account.calls() - before_reading) * (Account::asks_one_by_one() ? names : 1);
    const int writes = (names + can.batch_size - 1) / can.batch_size;
    const auto before = account.calls();
    const auto written = account.writes();
    for (int first = 0; first < names; first += can.operation_size) {
        std::vector<RecordReplacement> batch;
        for (int i = first; i < std::min(names, first + can.operation_size); ++i) {
            const auto name = "n" + std::to_string(i) + ".bulk.example";
            batch.push_back(replacement({"", name, "192.0.2.10", "192.0.2.20", 60}));
        }
        for (const auto& outcome : account.replace(zone, std::move(batch)))
            check_confirmed(outcome, "192.0.2.20");
    }
    CHECK(account.writes() - written <= 2 * writes);  // a second call to notify secondaries, say
    if (batches) CHECK(account.calls() - before <= 2 * writes + 2 * reading + 1);
    if (can.proxying) CHECK(account.calls() - before == writes + 2);
    const auto last = "n" + std::to_string(names - 1) + ".bulk.example";
    CHECK(account.read(zone, last).state.addresses == addresses("192.0.2.20"));
}

TEST_CASE("a good credential is verified, and what cannot be proven is said") {
    Account account;
    const auto verified = account.value<Verification>(account.provider().verify());
    CHECK_FALSE(verified.proven.empty());
    CHECK_FALSE(verified.unproven.empty());
}

TEST_CASE("a bad credential is rejected everywhere and never repeated") {
    const auto secret = environment("UNDERSTUDY_CONTRACT_BAD_CREDENTIAL");
    Account good;
    const auto zone = good.locate("read.example.com").zone;
    Account bad{"UNDERSTUDY_CONTRACT_BAD_CREDENTIAL"};
    const auto& provider = bad.provider();
    const auto refused = [&](auto operation) {
        const auto result = bad.run(std::move(operation));
        REQUIRE_FALSE(result.ok());
        CHECK(result.error().code == Errc::Rejected);
        CHECK_FALSE(result.error().remedy.empty());
        CHECK(result.error().text().find(secret) == std::string::npos);
    };
    refused(provider.verify());
    refused(provider.locate("read.example.com"));
    refused(provider.read(zone, {"read.example.com"}));
    refused(provider.replace(
        zone, {replacement({"", "read.example.com", "192.0.2.10", "192.0.2.20", 60})}));
}

}  // namespace
}  // namespace understudy::test
