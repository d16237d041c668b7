// Replacements of many names: chunks, strangers among them, culprits, lost answers in the middle.
#include <doctest/doctest.h>

#include <map>
#include <set>

#include "base/json.h"
#include "tests/unit/providers/cloudflare_replies.h"

namespace understudy::test {
namespace {

std::string batch_name(int number) {
    return "n" + std::to_string(number) + ".example.com";
}

// A zone that behaves: lists, patches, refuses batches that touch a bad name.
class World {
  public:
    explicit World(int names) {
        for (int i = 0; i < names; ++i)
            content_["r" + std::to_string(i)] = "192.0.2.10";
    }

    std::map<std::string, std::string> content_;  // by record id
    std::set<std::string> bad_;                   // ids whose change is refused
    int writes = 0;

    HttpResponse serve(const HttpRequest& request) {
        if (request.method == "GET") return list(request.url);
        ++writes;
        const auto body = json::Document::parse(request.body);
        REQUIRE(body.ok());
        std::map<std::string, std::string> changes;
        if (request.method == "PATCH") {
            const auto id = request.url.substr(request.url.rfind('/') + 1);
            changes[id] = std::string{*body->root()["content"].string()};
        }
        body->root()["patches"].each([&](json::Value patch) {
            changes[std::string{*patch["id"].string()}] = std::string{*patch["content"].string()};
        });
        largest = std::max(largest, changes.size());
        for (const auto& [id, content] : changes) {
            if (bad_.count(id) > 0) {
                return response(400, failure_json(9007, "Content for A record is invalid."));
            }
        }
        for (const auto& [id, content] : changes)
            content_[id] = content;
        return response(200, success_json("{}"));
    }

    std::size_t largest = 0;

  private:
    HttpResponse list(const std::string& url) const {
        std::vector<std::string> items;
        for (const auto& [id, content] : content_) {
            const auto owner = "n" + id.substr(1) + ".example.com";
            const bool one = url.find("name.exact") != std::string::npos;
            if (one && url.find("name.exact=" + owner + "&") == std::string::npos) continue;
            items.push_back(record_json(id, owner, "A", content));
        }
        return response(200, page_json(items, 1, 1000));
    }
};

Script moving(int names, const std::string& settings = "{}") {
    std::vector<RecordReplacement> batch;
    for (int i = 0; i < names; ++i)
        batch.push_back(replacement(batch_name(i), "192.0.2.20", "192.0.2.10"));
    return Script{cloudflare(settings)->replace(example_zone(), std::move(batch))};
}

void play(Script& script, World& world) {
    for (int calls = 0; !script.done(); ++calls) {
        REQUIRE(calls < 500);
        script.answer(world.serve(script.request()));
    }
}

TEST_CASE("200 names take one listing, one batch and one reading back") {
    World world{200};
    auto script = moving(200);
    play(script, world);
    for (const auto& outcome : script.outcomes())
        CHECK(confirmed(outcome));
    CHECK(world.writes == 1);
    CHECK(world.largest == 200);
}

TEST_CASE("a batch is divided by what the plan takes in one call") {
    World world{450};
    auto script = moving(450);
    play(script, world);
    CHECK(world.writes == 3);
    CHECK(world.largest == 200);
    World pro_world{450};
    auto pro = moving(450, R"({"plan":"pro"})");
    play(pro, pro_world);
    CHECK(pro_world.writes == 1);
}

TEST_CASE("two families of one name are never divided") {
    std::vector<RecordReplacement> batch;
    std::vector<std::string> records;
    for (int i = 0; i < 150; ++i) {
        batch.push_back(
            replacement(batch_name(i), "192.0.2.20, 2001:db8::20", "192.0.2.10, 2001:db8::10"));
        records.push_back(record_json("a" + std::to_string(i), batch_name(i), "A", "192.0.2.10"));
        records.push_back(
            record_json("b" + std::to_string(i), batch_name(i), "AAAA", "2001:db8::10"));
    }
    Script script{cloudflare()->replace(example_zone(), std::move(batch))};
    script.reply(200, page_json(records, 1, 1000));
    for (const std::size_t size : {200U, 100U}) {
        const auto body = json::Document::parse(script.request().body);
        const auto patches = body->root()["patches"];
        CHECK(patches.size() == size);
        const auto last = patches[size - 1]["id"].string().value_or("");
        CHECK(last.substr(0, 1) == "b");
        script.reply(200, success_json("{}"));
    }
    script.expect("GET", "/dns_records?");
}

TEST_CASE("strangers are left out of the batch, the others go") {
    World world{20};
    world.content_["r7"] = "198.51.100.1";
    world.content_["r8"] = "192.0.2.20";
    world.content_.erase("r9");
    auto script = moving(20);
    play(script, world);
    CHECK(world.writes == 1);
    CHECK(world.largest == 17);
    for (std::size_t i = 0; i < 20; ++i) {
        CHECK(confirmed(script.outcomes()[i]) == (i != 7 && i != 9));
        CHECK(is_foreign(script.outcomes()[i]) == (i == 7 || i == 9));
    }
    CHECK(world.content_["r7"] == "198.51.100.1");
}

TEST_CASE("one bad record is found by halving; it alone gets the error") {
    for (const int culprit : {0, 99, 199}) {
        World world{200};
        world.bad_ = {"r" + std::to_string(culprit)};
        auto script = moving(200);
        play(script, world);
        CHECK(world.writes <= 17);
        for (int i = 0; i < 200; ++i) {
            const auto& outcome = script.outcomes()[static_cast<std::size_t>(i)];
            CHECK(confirmed(outcome) == (i != culprit));
            if (i == culprit)
                CHECK(error_of(outcome).message.find("code 9007") != std::string::npos);
        }
    }
}

TEST_CASE("nothing but bad records: every one gets its error") {
    World world{8};
    for (const auto& [id, content] : world.content_)
        world.bad_.insert(id);
    auto script = moving(8);
    play(script, world);
    for (const auto& outcome : script.outcomes())
        CHECK(error_of(outcome).code == Errc::Rejected);
    CHECK(world.writes == 15);
}

TEST_CASE("after a lost answer nothing more is written, and reading back tells who is done") {
    World world{450};
    auto script = moving(450);
    for (int call = 0; !script.done(); ++call) {
        REQUIRE(call < 10);
        const auto reply = world.serve(script.request());
        if (script.request().method == "GET" || world.writes == 1) {
            script.answer(reply);
        } else {
            script.lose();  // the second write was applied, its answer lost
        }
    }
    CHECK(world.writes == 2);
    for (std::size_t i = 0; i < 400; ++i)
        CHECK(confirmed(script.outcomes()[i]));
    for (std::size_t i = 400; i < 450; ++i) {
        CHECK(error_of(script.outcomes()[i]).code == Errc::Transient);
    }
}

TEST_CASE("a name re-created under the batch is read again with the others") {
    World world{5};
    auto script = moving(5);
    script.answer(world.serve(script.request()));
    script.expect("POST", "/batch").reply(404, failure_json(81044, "Record does not exist."));
    play(script, world);
    for (const auto& outcome : script.outcomes())
        CHECK(confirmed(outcome));
    CHECK(world.writes == 1);
}

TEST_CASE(
    "throttled in the middle: each name is told as far as it came, and is tried again later") {
    World world{300};
    auto script = moving(300);
    script.answer(world.serve(script.request()));
    script.answer(world.serve(script.request()));
    script.reply(429, failure_json(971, "slow"), {{"Retry-After", "30"}});
    const auto& written = error_of(script.outcomes()[0]);
    CHECK(written.code == Errc::Transient);
    CHECK(written.message.find("was written") != std::string::npos);
    CHECK_FALSE(written.retry_after.has_value());
    const auto& waiting = error_of(script.outcomes()[299]);
    CHECK(waiting.code == Errc::Throttled);
    CHECK(waiting.retry_after == std::chrono::seconds{30});
    auto again = moving(300);
    play(again, world);
    for (const auto& outcome : again.outcomes())
        CHECK(confirmed(outcome));
    CHECK(world.writes == 2);
}

TEST_CASE("refused in the middle for all: what was written is read back, the rest is told why") {
    World world{300};
    auto script = moving(300);
    script.answer(world.serve(script.request()));
    script.answer(world.serve(script.request()));
    script.reply(403, failure_json(10000, "Authentication error"));
    script.expect("GET", "/dns_records?").answer(world.serve(script.request()));
    for (std::size_t i = 0; i < 200; ++i)
        CHECK(confirmed(script.outcomes()[i]));
    for (std::size_t i = 200; i < 300; ++i)
        CHECK(error_of(script.outcomes()[i]).message.find("code 10000") != std::string::npos);
}

TEST_CASE("a reading back that fails leaves the others their outcome") {
    World world{5};
    world.content_["r3"] = "198.51.100.1";
    auto script = moving(5);
    script.answer(world.serve(script.request()));
    script.answer(world.serve(script.request()));
    script.lose();
    CHECK(is_foreign(script.outcomes()[3]));
    CHECK(error_of(script.outcomes()[0]).code == Errc::Transient);
}

TEST_CASE("throttled at once, or when reading back: the operation hears of it") {
    World world{5};
    auto first = moving(5);
    first.reply(429, failure_json(971, "slow"), {{"Retry-After", "30"}});
    CHECK(first.error().code == Errc::Throttled);
    auto last = moving(5);
    last.answer(world.serve(last.request()));
    last.answer(world.serve(last.request()));
    last.reply(429, failure_json(971, "slow"), {{"Retry-After", "30"}});
    CHECK(last.error().code == Errc::Throttled);
}

}  // namespace
}  // namespace understudy::test
