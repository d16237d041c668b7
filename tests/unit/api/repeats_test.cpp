// Orders that are sent again because their answer was lost: Idempotency-Key.
#include "controller/api/repeats.h"

#include <algorithm>

#include "tests/unit/api/stage.h"

using namespace understudy;
using api::Repeats;
using api_test::Answer;
using api_test::Stage;

namespace {

constexpr const char* kServersPath = "/api/v1/servers";
constexpr const char* kNewWeb9 = R"({"name":"web9","ipv4":"203.0.113.9"})";

struct Repeating : Stage {
    ApiRequest keyed(const std::string& key, std::string method, const std::string& target,
                     std::string body = {}) {
        ApiRequest asked = request(std::move(method), target, std::move(body));
        asked.idempotency_key = key;
        return asked;
    }
    Answer add(const std::string& key, const std::string& body = kNewWeb9) {
        return send(keyed(key, "POST", kServersPath, body));
    }
};

// Repeats alone.
struct KeptAlone {
    std::shared_ptr<Repeats> repeats = std::make_shared<Repeats>();
    Instant now{Duration{1'000'000}};

    auto begin(const std::string& key, const std::string& caller = "ops") const {
        ApiRequest asked;
        asked.method = "POST";
        asked.idempotency_key = key;
        return repeats->begin(caller, asked, now);
    }
    std::shared_ptr<Repeats::Work> first(const std::string& key,
                                         const std::string& caller = "ops") const {
        auto begun = begin(key, caller);
        REQUIRE(std::holds_alternative<std::shared_ptr<Repeats::Work>>(begun));
        return std::get<std::shared_ptr<Repeats::Work>>(begun);
    }
    int status(const std::string& key) const {
        const auto begun = begin(key);
        const auto* answer = std::get_if<ApiResponse>(&begun);
        return answer == nullptr ? 0 : answer->status;
    }
};

}  // namespace

TEST_CASE("the same order with the same key is carried out once and answered alike") {
    Repeating stage;
    const Answer first = stage.add("\"8e03978e-40d5\"");
    REQUIRE(first.status() == 201);
    const Answer again = stage.add("8e03978e-40d5");  // with quotes or without
    CHECK(again.status() == 201);
    CHECK(again.response.body == first.response.body);  // the token as well
    CHECK(again.header("Location") == first.header("Location"));
    CHECK(again.header("Idempotent-Replayed") == "true");
    CHECK(first.header("Idempotent-Replayed").empty());
    CHECK(stage.desk.orders_by.size() == 1);
    CHECK(stage.add("another").status() == 409);  // the name is taken
}

TEST_CASE("a key that was used for another request is refused") {
    Repeating stage;
    REQUIRE(stage.add("k").status() == 201);
    const Answer refused = stage.add("k", R"({"name":"web8","ipv4":"203.0.113.8"})");
    CHECK(refused.status() == 422);
    CHECK(refused.errors() ==
          "Idempotency-Key: another request was sent with this key within a day\n");
    CHECK(stage.send(stage.keyed("k", "DELETE", "/api/v1/servers/web9")).status() == 422);
    CHECK(stage.desk.orders_by.size() == 1);
}

TEST_CASE("of a refusal nothing came: the same key is judged anew") {
    Repeating stage;
    const std::string maintenance = "/api/v1/servers/web9/maintenance";
    CHECK(stage.send(stage.keyed("k", "DELETE", maintenance)).status() == 404);
    REQUIRE(stage.add("other").status() == 201);
    CHECK(stage.send(stage.keyed("k", "DELETE", maintenance)).status() == 409);
    REQUIRE(stage.put(maintenance).status() == 200);
    CHECK(stage.send(stage.keyed("k", "DELETE", maintenance)).status() == 204);
    CHECK(stage.send(stage.keyed("k", "DELETE", maintenance)).status() == 204);
}

TEST_CASE("a repeat while the first is in work is told to wait") {
    Repeating stage;
    const ProviderId provider = stage.add_domain();
    stage.desk.hold_answers = true;
    stage.desk.answers.insert_or_assign(
        provider,
        api_test::Outcome{std::vector{
            Stage::location_of("www.example.org", Stage::addresses("203.0.113.10")).reading}});
    const std::string adopt = "/api/v1/domains/www.example.org/adopt";
    stage.hand_in(stage.keyed("k", "POST", adopt));
    CHECK(stage.times_answered == 0);
    const auto first = std::exchange(stage.last, std::nullopt);
    ApiRequest again = stage.keyed("k", "POST", adopt);
    std::optional<ApiResponse> told;
    stage.api.handle(again, stage.now, stage.wall, [&](ApiResponse answer) { told = answer; });
    REQUIRE(told);
    CHECK(told->status == 409);
    CHECK(told->body.find("still in work") != std::string::npos);
    stage.desk.release();
    CHECK(stage.finish().status() == 200);
    CHECK(stage.send(again).header("Idempotent-Replayed") == "true");
}

TEST_CASE("a conditional order that was done is answered again although its condition is void") {
    Repeating stage;
    stage.add_servers();
    ApiRequest edit =
        stage.keyed("k", "PATCH", "/api/v1/servers/web1", R"({"labels":{"region":"eu"}})");
    edit.if_match = stage.get("/api/v1/servers/web1").header("ETag");
    const Answer first = stage.send(edit);
    REQUIRE(first.status() == 200);
    stage.api.decided(SaveServer{*stage.engine.fleet().server_named("web1")});  // as the turn does
    const Answer again = stage.send(edit);
    CHECK(again.status() == 200);
    CHECK(again.header("ETag") == first.header("ETag"));
    edit.idempotency_key = "another";
    CHECK(stage.send(edit).status() == 412);
}

TEST_CASE("what is no key is refused; reading needs none") {
    Repeating stage;
    for (const std::string& key : {std::string{"a b"}, std::string{"\"\""}, std::string{"a\"b"},
                                   std::string(Repeats::kLongestKey + 1, 'k')}) {
        CAPTURE(key);
        CHECK(stage.add(key).status() == 400);
    }
    CHECK(stage.add(std::string(Repeats::kLongestKey, 'k')).status() == 201);
    CHECK(stage.send(stage.keyed("a b", "GET", kServersPath)).status() == 200);
}

TEST_CASE("a key counts for a day, and for its caller alone") {
    KeptAlone kept;
    kept.first("k")->answered(ApiResponse{201, "", {}, ""});
    kept.first("k", "somebody else");
    CHECK(kept.status("k") == 201);
    kept.now += Repeats::kKept - Duration{1};
    CHECK(kept.status("k") == 201);
    kept.now += Duration{1};
    CHECK(kept.status("k") == 0);
}

TEST_CASE("whoever is on this machine is one caller, whether his name is known yet or not") {
    Repeating stage;
    ApiRequest order = stage.keyed("k", "POST", kServersPath, kNewWeb9);
    order.authorization.clear();
    order.peer = "local:1000";
    order.local = LocalPeer{"uid 1000", true};
    REQUIRE(stage.send(order).status() == 201);
    order.local = LocalPeer{"alice", true};
    const Answer again = stage.send(order);
    CHECK(again.status() == 201);
    CHECK(again.header("Idempotent-Replayed") == "true");
    CHECK(stage.desk.orders_by == std::vector<std::string>{"local:uid 1000"});
    // Of the same name in two directories each is himself.
    order.peer = "local:1001";
    CHECK(stage.send(order).status() == 409);
}

TEST_CASE("what is a day old goes by itself, of callers that send nothing more as well") {
    KeptAlone kept;
    constexpr Duration kApart{1'000};
    for (int i = 0; i < 3; ++i) {
        kept.first("k", "caller " + std::to_string(i))->answered(ApiResponse{201, "", {}, "usk_x"});
        kept.now += kApart;
    }
    kept.first("refused")->answered(ApiResponse{422, "", {}, ""});
    const Instant begun = kept.now - 3 * kApart;
    const auto callers_at = [&](Instant now) {
        kept.repeats->time_passed(now);
        return kept.repeats->callers();
    };
    CHECK(callers_at(begun + Repeats::kKept - Duration{1}) == 3);
    CHECK(callers_at(begun + Repeats::kKept) == 2);
    CHECK(callers_at(begun + Repeats::kKept + kApart) == 1);
    CHECK(callers_at(begun + Repeats::kKept + 2 * kApart) == 0);
}

TEST_CASE("of what changes nothing no answer is kept, whatever key it comes with") {
    Repeating stage;
    stage.add_servers();
    const std::string rehearsed = R"({"method":"DELETE","path":"/api/v1/servers/web1"})";
    for (const char* key : {"k", "k", "no key"}) {
        const Answer answer = stage.send(stage.keyed(key, "POST", "/api/v1/rehearse", rehearsed));
        CHECK(answer.status() == 200);
        CHECK(answer.header("Idempotent-Replayed").empty());
    }
    const std::string policy = R"({"since":"1h","policy":{"confirm_s":60}})";
    for (int i = 0; i < 2; ++i) {
        const Answer answer = stage.send(stage.keyed("r", "POST", "/api/v1/replay", policy));
        CHECK(answer.status() == 200);
        CHECK(answer.header("Idempotent-Replayed").empty());
    }
    CHECK(stage.add("k").status() == 201);  // it is free for an order
}

TEST_CASE("answers are forgotten after a day although nobody sends a key any more") {
    Repeating stage;
    REQUIRE(stage.add("k").status() == 201);
    const auto used = [&] {
        const auto budgets = stage.api.budgets();
        return std::ranges::find(budgets, std::string_view{"idempotency_keys_per_caller"},
                                 &Budget::name)
            ->used;
    };
    CHECK(used() == 1);
    stage.api.time_passed(stage.now + Repeats::kKept);
    CHECK(used() == 0);
}

TEST_CASE("work that is given up frees its key") {
    KeptAlone kept;
    auto work = kept.first("k");
    CHECK(kept.status("k") == 409);
    work.reset();
    CHECK(kept.status("k") == 0);
}

TEST_CASE("one caller's answers are kept within limits, the newest longest") {
    KeptAlone kept;
    for (std::size_t i = 0; i <= Repeats::kMostOfOneCaller; ++i)
        kept.first(std::to_string(i))->answered(ApiResponse{200, "", {}, ""});
    CHECK(kept.repeats->budget().used == Repeats::kMostOfOneCaller);
    CHECK(kept.repeats->budget().exceeded == 1);
    CHECK(kept.status("1") == 200);
    CHECK(kept.status("0") == 0);
    const ApiResponse long_answer{
        200, "", {}, std::string(Repeats::kBytesOfOneCaller / 4 - 99, 'x')};
    for (int i = 0; i < 5; ++i)
        kept.first("long" + std::to_string(i))->answered(long_answer);
    CHECK(kept.status("1") == 0);
    CHECK(kept.status("long0") == 0);
    CHECK(kept.status("long1") == 200);
    kept.first("longest")->answered(
        ApiResponse{200, "", {}, std::string(Repeats::kBytesOfOneCaller / 4 + 1, 'x')});
    CHECK(kept.status("longest") == 409);  // it was done: that much is known
}
