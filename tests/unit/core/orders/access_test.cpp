#include "tests/unit/core/engine_harness.h"

using namespace understudy;

namespace {

struct Makers : EngineHarness {
    Caller whole{"admin token 'ops'", Role::Admin};
    std::int64_t made = 0;

    Token wanted(Role role = Role::Viewer) {
        Token token;
        token.name = "token" + std::to_string(++made);
        token.prefix = token.name;
        token.role = role;
        return token;
    }
    Result<OrderDone> give(const Caller& by, OrderAction action) {
        return step(Order{{7, by.who, by}, std::move(action)}).replies.front().result;
    }
    // As far as it goes: a rehearsal refuses what the order would be refused.
    std::string refusal(const Caller& by, const Token& token) {
        const auto refused = engine().rehearse(by, {AddToken{token}}, now).refused;
        return refused.empty() ? "" : refused.front().error.text();
    }
    bool makes(const Caller& by, const Token& token) { return give(by, AddToken{token}).ok(); }
    // Somebody who calls with a token like this one.
    Caller holder(Token token) {
        const auto done = give(whole, AddToken{token});
        REQUIRE(done.ok());
        return {"token", token.role, token.scope, TokenId{done->id}};
    }
};

}  // namespace

TEST_CASE("tokens: nobody makes one of a higher role") {
    Makers all;
    for (const auto& [own, word] : kWordsOf<Role>) {
        const Caller maker = all.holder(all.wanted(own));
        for (const auto& [role, same] : kWordsOf<Role>) {
            const bool may = role <= own;
            const std::string pair = std::string{word} + " makes " + std::string{same};
            CAPTURE(pair);
            CHECK(all.makes(maker, all.wanted(role)) == may);
        }
    }
}

TEST_CASE("tokens: nobody makes one that reaches further, lives longer or is taken elsewhere") {
    Makers all;
    Token narrow = all.wanted(Role::Admin);
    narrow.scope.labels = {{"owner", "a"}};
    narrow.expires = all.wall() + Duration{60'000};
    narrow.sources = {*parse_network("203.0.113.0/24")};
    const Caller maker = all.holder(narrow);
    Token same = narrow;
    same.name = same.prefix = "same";
    CHECK(all.makes(maker, same));
    const auto refused = [&](auto change) {
        Token more = narrow;
        more.name = more.prefix = "more";
        change(more);
        return !all.makes(maker, more);
    };
    CHECK(refused([](Token& token) { token.scope.labels.clear(); }));
    CHECK(refused([](Token& token) { token.expires = {}; }));
    CHECK(refused([](Token& token) { token.expires += Duration{1}; }));
    CHECK(refused([](Token& token) { token.sources.clear(); }));
    CHECK(refused([](Token& token) { token.sources = {*parse_network("203.0.0.0/16")}; }));
    CHECK(refused([&](Token& token) { token.expires = all.wall(); }));
}

TEST_CASE("tokens: what is tried is tried as whoever asks, and leaves nothing") {
    Makers all;
    const Token viewer = all.wanted();
    CHECK(all.refusal(all.whole, viewer).empty());
    CHECK(all.fleet().token_named(viewer.name) == nullptr);
    CHECK(all.makes(all.whole, viewer));
    Caller person{"person 'jo'", Role::Admin};
    person.source = "203.0.113.9";
    person.vouched = true;
    Token brief = all.wanted();
    CHECK(all.refusal(person, brief).empty());
    brief.expires = all.wall() + std::chrono::days{365};
    const std::string refused = all.refusal(person, brief);
    CHECK(refused.find("90 days") != std::string::npos);
    CHECK(refused == all.give(person, AddToken{brief}).error().text());
    Token longest = all.wanted();
    longest.expires = all.wall() + kLongestOfVouched + Duration{1};
    CHECK(all.makes(person, longest));
    CHECK(all.fleet().token_named(longest.name)->expires == all.wall() + kLongestOfVouched);
    const Token higher = all.wanted(Role::Admin);
    CHECK_FALSE(all.refusal(Caller{"token", Role::Viewer}, higher).empty());
}

TEST_CASE("tokens: the last by which everything can be done stays, and others go") {
    Makers all;
    const Token first = all.wanted(Role::Admin);
    const Caller ops = all.holder(first);
    Token brief = all.wanted(Role::Admin);
    brief.expires = all.wall() + Duration{60'000};
    const Caller other = all.holder(brief);
    CHECK_FALSE(all.give(ops, RemoveToken{ops.accessor}).ok());
    CHECK(all.give(ops, RemoveToken{other.accessor}).ok());
    CHECK(all.fleet().token(other.accessor) == nullptr);
    const Caller second = all.holder(all.wanted(Role::Admin));
    CHECK(all.give(second, RemoveToken{ops.accessor}).ok());
    Caller narrow{"admin token 'a'", Role::Admin};
    narrow.scope.labels = {{"owner", "a"}};
    CHECK(all.give(narrow, RemoveToken{second.accessor}).error().code == Errc::NotFound);
}

TEST_CASE("tokens: what was ordered by one that is gone since is not carried out") {
    Makers all;
    Token brief = all.wanted(Role::Admin);
    brief.expires = all.wall() + Duration{60'000};
    const Caller expired = all.holder(brief);
    const Caller revoked = all.holder(all.wanted(Role::Operator));
    CHECK(all.give(expired, PauseAll{}).ok());
    REQUIRE(all.give(all.whole, RemoveToken{revoked.accessor}).ok());
    all.advance(Duration{60'000});
    for (const Caller& by : {expired, revoked}) {
        CHECK(all.give(by, ResumeAll{}).error().code == Errc::Rejected);
        CHECK_FALSE(all.makes(by, all.wanted()));
    }
}

TEST_CASE("tokens: a use is written down once in a while, and makes no line") {
    Makers all;
    const Caller holder = all.holder(all.wanted());
    const auto use = [&](const char* from) {
        return all.step(Order{{}, TokenUsed{holder.accessor, from}}).changes.size();
    };
    CHECK(use("203.0.113.9") == 1);
    CHECK(use("203.0.113.9") == 0);
    CHECK(use("203.0.113.8") == 0);
    all.advance(kUseGrainElsewhere);
    CHECK(use("203.0.113.9") == 0);
    CHECK(use("203.0.113.8") == 1);
    CHECK(all.fleet().token(holder.accessor)->used_from == "203.0.113.8");
}
