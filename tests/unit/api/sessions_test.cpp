#include "controller/api/sessions.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <vector>

using namespace understudy;
using namespace understudy::api;
using namespace std::chrono_literals;

namespace {

constexpr Instant kBegin{Duration{1'000'000}};
constexpr TokenId kOps{1}, kNoc{2};

bool all_count(TokenId) {
    return true;
}

}  // namespace

TEST_CASE("session: found by its cookie, and by nothing like it") {
    Sessions sessions;
    const std::string cookie = sessions.begin(kOps, kBegin).reveal();
    const std::string other = sessions.begin(kNoc, kBegin).reveal();
    CHECK(cookie.size() >= 43);  // 256 bits
    CHECK(cookie != other);
    REQUIRE(sessions.find(cookie, kBegin) != nullptr);
    CHECK(sessions.find(cookie, kBegin)->token == kOps);
    CHECK(sessions.find(other, kBegin)->token == kNoc);
    for (const std::string& forged :
         {std::string{}, cookie + "x", cookie.substr(1), std::string(1'000'000, 'x')}) {
        CHECK(sessions.find(forged, kBegin) == nullptr);
    }
    sessions.end(cookie);
    CHECK(sessions.find(cookie, kBegin) == nullptr);
    CHECK(sessions.find(other, kBegin) != nullptr);
}

TEST_CASE("session: it ends when it is not used, and use does not make it older than its age") {
    Sessions sessions{{10min, 60min, 8}};
    const std::string cookie = sessions.begin(kOps, kBegin).reveal();
    const auto there = [&](Duration later) {
        return sessions.find(cookie, kBegin + later) != nullptr;
    };
    CHECK(there(10min - 1ms));
    CHECK_FALSE(there(10min));
    for (Duration later = 5min; later < 60min; later += 5min) {
        CHECK(there(later));
        sessions.use(cookie, kBegin + later);
    }
    CHECK(sessions.ends(*sessions.find(cookie, kBegin + 55min)) == kBegin + 60min);
    CHECK(there(60min - 1ms));
    CHECK_FALSE(there(60min));
    sessions.clear(kBegin + 60min, all_count);
    CHECK(sessions.count() == 0);
}

TEST_CASE("session: it is gone with its token") {
    Sessions sessions;
    const std::string cookie = sessions.begin(kOps, kBegin).reveal();
    const std::string other = sessions.begin(kNoc, kBegin).reveal();
    sessions.clear(kBegin, all_count);
    CHECK(sessions.count() == 2);
    sessions.clear(kBegin, [](TokenId token) { return token != kOps; });
    CHECK(sessions.count() == 1);
    CHECK(sessions.find(cookie, kBegin) == nullptr);
    CHECK(sessions.find(other, kBegin) != nullptr);
}

TEST_CASE("session: of one token's too many, the one that was not used for longest gives way") {
    Sessions sessions{{12h, 24h, 3}};
    std::vector<std::string> cookies;
    for (int i = 0; i < 3; ++i)
        cookies.push_back(sessions.begin(kOps, kBegin + Duration{i}).reveal());
    const std::string other = sessions.begin(kNoc, kBegin).reveal();
    sessions.use(cookies[0], kBegin + 1s);
    cookies.push_back(sessions.begin(kOps, kBegin + 2s).reveal());
    CHECK(sessions.find(cookies[0], kBegin + 2s) != nullptr);
    CHECK(sessions.find(cookies[1], kBegin + 2s) == nullptr);
    CHECK(sessions.find(cookies[2], kBegin + 2s) != nullptr);
    CHECK(sessions.find(cookies[3], kBegin + 2s) != nullptr);
    CHECK(sessions.find(other, kBegin + 2s) != nullptr);
}
