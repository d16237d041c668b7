// Moves: replacements as the cases of the contract write them down, and how their ends are checked.
#pragma once

#include <doctest/doctest.h>

#include <string>

#include "tests/contract/provider/account.h"

namespace understudy::test {

struct Move {
    std::string what;
    std::string name;
    std::string from;
    std::string to;
    std::uint32_t ttl_s;
};

inline RecordReplacement replacement(const Move& move) {
    return {move.name, addresses(move.to), Ttl{move.ttl_s}, {addresses(move.from)}};
}

inline void check_confirmed(const ReplaceOutcome& outcome, const std::string& content) {
    if (const auto* error = std::get_if<Error>(&outcome)) FAIL_CHECK(error->text());
    const auto* confirmed = std::get_if<Confirmed>(&outcome);
    REQUIRE(confirmed != nullptr);
    CHECK(confirmed->state.addresses == addresses(content));
}

// Moves and checks the outcome, and the world by a reading of its own.
inline RecordState make(Account& account, const Move& move) {
    CAPTURE(move.what);
    CAPTURE(move.name);
    const auto zone = account.locate(move.name).zone;
    const auto outcomes = account.replace(zone, {replacement(move)});
    REQUIRE(outcomes.size() == 1);
    check_confirmed(outcomes[0], move.to);
    const auto reading = account.read(zone, move.name);
    CHECK(reading.state.addresses == addresses(move.to));
    CHECK(reading.state == std::get<Confirmed>(outcomes[0]).state);
    return reading.state;
}

}  // namespace understudy::test
