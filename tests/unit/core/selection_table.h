// Tables of what selection chooses, in codes that are quick to read.
#pragma once

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

#include "controller/core/selection.h"

namespace understudy::selection_table {

inline constexpr Instant kNow{Duration{1'000'000}};

// "H60" healthy for 60 s, "S" suspect until in 5 s, "V" suspect and vouched for, "D" down, "A"
// never connected, "M" in maintenance.
inline Fitness fitness(const std::string& code) {
    switch (code.at(0)) {
        case 'H': {
            const auto since = kNow - std::chrono::seconds{std::stoi(code.substr(1))};
            return {Standing::Healthy, since, kNow + Duration{120'000}};
        }
        case 'S':
            return {Standing::Suspect, kNow, kNow + Duration{5'000}};
        case 'V':
            return {Standing::Suspect, kNow, kNever, true};
        case 'M':
            return {Standing::Maintenance, kNow, kNever};
        case 'D':
            return {Standing::Down, kNow - Duration{60'000}, kNever};
        default:
            return {Standing::Absent, {}, kNever};
    }
}

// "H60!2": of two domains it is known that it could not take them over; "H60!0": it could of all;
// "H60?": it cannot be found out.
inline std::optional<std::size_t> unready(const std::string& code) {
    const auto at = code.find('!');
    if (at == std::string::npos) return std::nullopt;
    return static_cast<std::size_t>(std::stoi(code.substr(at + 1)));
}

struct Row {
    std::vector<std::string> members;  // fitness of members 1, 2, 3
    int target;                        // member number, 0: fallback address
    const char* action;                // "stay", "move N", "outage"
    const char* reason;
};

inline std::string outcome_of(const Choice& choice) {
    switch (choice.action) {
        case Choice::Action::Stay:
            return "stay";
        case Choice::Action::Move:
            return "move " + std::to_string(choice.target.servers.front().value);
        case Choice::Action::Outage:
            return choice.target.is_fallback() ? "fallback" : "outage";
    }
    return {};
}

inline Choice choose_row(const Row& row, const Policy& policy, Instant no_failback_before = {}) {
    std::vector<MemberView> members;
    for (std::size_t i = 0; i < row.members.size(); ++i) {
        members.push_back({ServerId{static_cast<std::int64_t>(i) + 1},
                           fitness(row.members[i]),
                           0.0,
                           unready(row.members[i]),
                           {},
                           row.members[i].ends_with('?')});
    }
    const SelectionRules rules{policy, ServerId{1}, policy.failback_after_s, no_failback_before};
    const Target target = row.target == 0 ? Target{} : Target{ServerId{row.target}};
    return choose(members, target, rules, kNow);
}

inline void check_table(const std::vector<Row>& table, const Policy& policy) {
    for (const Row& row : table) {
        std::string label = "target " + std::to_string(row.target) + ":";
        for (const std::string& member : row.members)
            label += " " + member;
        CAPTURE(label);
        const Choice choice = choose_row(row, policy);
        CHECK(outcome_of(choice) == row.action);
        CHECK(std::string{reason_of(choice.cause)} == row.reason);
    }
}

}  // namespace understudy::selection_table
