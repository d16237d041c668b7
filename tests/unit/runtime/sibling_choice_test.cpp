// Who is asked about a server's service: by lot, from other failure domains first.
#include "controller/runtime/probes/sibling_choice.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <string>

using namespace understudy;

namespace {

struct Lot {
    UndoLog log;
    Fleet fleet{log};
    std::set<std::int64_t> unable;
    std::unordered_map<ServerId, int> services;

    Server& add(std::int64_t id, std::map<std::string, std::string> labels = {}) {
        Server server;
        server.id = ServerId{id};
        server.name = "web" + std::to_string(id);
        server.labels = std::move(labels);
        fleet.put(server);
        return servers[id] = server;
    }
    // In the order of their choice.
    std::vector<std::int64_t> chosen(std::int64_t server, std::uint64_t seed = 1) {
        Random random{seed};
        const SiblingChoice choice{
            fleet, [this](ServerId id) { return !unable.contains(id.value); }, random};
        std::vector<ServerId> all;
        while (const ServerId next =
                   choice.choose(*fleet.server(ServerId{server}), all, services, random))
            all.push_back(next);
        std::vector<std::int64_t> ids;
        for (const ServerId each : all)
            ids.push_back(each.value);
        return ids;
    }
    std::map<std::int64_t, Server> servers;
};

}  // namespace

TEST_CASE("sibling choice: never the server itself, and nobody twice") {
    Lot lot;
    for (std::int64_t id = 1; id <= 5; ++id)
        lot.add(id);
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const auto chosen = lot.chosen(3, seed);
        CHECK(std::set<std::int64_t>(chosen.begin(), chosen.end()) ==
              std::set<std::int64_t>{1, 2, 4, 5});
        CHECK(chosen.size() == 4);
    }
    Lot alone;
    alone.add(1);
    CHECK(alone.chosen(1).empty());
}

TEST_CASE("sibling choice: by lot, so that nobody is asked by everybody") {
    Lot lot;
    for (std::int64_t id = 1; id <= 5; ++id)
        lot.add(id);
    std::set<std::int64_t> first;
    for (std::uint64_t seed = 1; seed <= 60; ++seed)
        first.insert(lot.chosen(3, seed).front());
    CHECK(first == std::set<std::int64_t>{1, 2, 4, 5});
}

TEST_CASE("sibling choice: another hosting company comes first, then another region") {
    Lot lot;
    lot.add(1, {{"hosting", "a"}, {"region", "ams"}});
    lot.add(2, {{"hosting", "a"}, {"region", "ams"}});
    lot.add(3, {{"hosting", "a"}, {"region", "fra"}});
    lot.add(4, {{"hosting", "b"}, {"region", "ams"}});
    lot.add(5, {{"hosting", "b"}, {"region", "fra"}});
    lot.add(6);  // nobody knows where
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const auto chosen = lot.chosen(1, seed);
        REQUIRE(chosen.size() == 5);
        CHECK(chosen[0] == 5);
        CHECK(chosen[1] == 4);
        CHECK(chosen[2] == 3);
    }
}

TEST_CASE("sibling choice: nobody in maintenance, unable, or with enough to do") {
    Lot lot;
    for (std::int64_t id = 1; id <= 5; ++id)
        lot.add(id);
    Server resting = lot.servers.at(2);
    resting.maintenance = Override{};
    lot.fleet.put(resting);
    lot.unable.insert(3);
    lot.services[ServerId{4}] = kServicesOfSibling;
    lot.services[ServerId{5}] = kServicesOfSibling - 1;
    CHECK(lot.chosen(1) == std::vector<std::int64_t>{5});
}

TEST_CASE("sibling choice: those who are asked are of different companies where there are some") {
    Lot lot;
    lot.add(1, {{"hosting", "a"}});
    for (std::int64_t id = 2; id <= 9; ++id)
        lot.add(id, {{"hosting", "b"}});
    lot.add(10, {{"hosting", "c"}});
    lot.add(11, {{"hosting", "d"}});
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const auto chosen = lot.chosen(1, seed);
        CHECK(std::ranges::count_if(std::span{chosen}.first(3),
                                    [](std::int64_t id) { return id < 10; }) == 1);
    }
}
