#include "controller/core/selection.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace understudy {
namespace {

constexpr Instant kNow{Duration{1'000'000}};

// "H60" healthy for 60 s, "S" suspect until in 5 s, "D" down, "A" never connected.
Fitness fitness(const std::string& code) {
    switch (code.at(0)) {
        case 'H': {
            const auto since = kNow - std::chrono::seconds{std::stoi(code.substr(1))};
            return {Standing::Healthy, since, kNow + Duration{120'000}};
        }
        case 'S':
            return {Standing::Suspect, kNow, kNow + Duration{5'000}};
        case 'D':
            return {Standing::Down, kNow - Duration{60'000}, kNever};
        default:
            return {Standing::Absent, {}, kNever};
    }
}

struct Row {
    std::vector<std::string> members;  // fitness of members 1, 2, 3
    int target;                        // member number, 0: fallback address
    const char* action;                // "stay", "move N", "outage"
    const char* reason;
};

std::string outcome_of(const Choice& choice) {
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

Choice choose_row(const Row& row, const Policy& policy) {
    std::vector<MemberView> members;
    for (std::size_t i = 0; i < row.members.size(); ++i) {
        members.push_back(
            {ServerId{static_cast<std::int64_t>(i) + 1}, fitness(row.members[i]), 0.0});
    }
    const SelectionRules rules{policy, ServerId{1}, policy.failback_after_s, {}};
    const Target target = row.target == 0 ? Target{} : Target{ServerId{row.target}};
    return choose(members, target, rules, kNow);
}

void check_table(const std::vector<Row>& table, const Policy& policy) {
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

}  // namespace

TEST_CASE("selection: the truth table, failback auto") {
    check_table(
        {
            {{"H99", "H99", "H99"}, 1, "stay", ""},
            {{"H0", "D", "D"}, 1, "stay", ""},
            {{"S", "H99", "H99"}, 1, "stay", ""},
            {{"A", "H99", "H99"}, 1, "stay", ""},
            {{"D", "H0", "H99"}, 1, "move 2", "Primary server down"},
            {{"D", "D", "H1"}, 1, "move 3", "Primary server down"},
            {{"D", "S", "H1"}, 1, "move 3", "Primary server down"},
            {{"D", "A", "H1"}, 1, "move 3", "Primary server down"},
            {{"D", "D", "D"}, 1, "outage", "No healthy member"},
            {{"D", "A", "D"}, 1, "outage", "No healthy member"},
            {{"D", "S", "D"}, 1, "stay", ""},
            {{"D"}, 1, "outage", "No healthy member"},
            {{"H60", "H99", "H99"}, 2, "move 1", "Primary server recovered"},
            {{"H60", "D", "H99"}, 2, "move 1", "Primary server recovered"},
            {{"H60", "S", "H99"}, 2, "move 1", "Primary server recovered"},
            {{"H59", "H99", "H99"}, 2, "stay", ""},
            {{"H59", "S", "H99"}, 2, "stay", ""},
            {{"H59", "D", "H99"}, 2, "move 3", "Serving secondary down"},
            {{"H59", "D", "D"}, 2, "move 1", "Primary server recovered"},
            {{"S", "D", "D"}, 2, "stay", ""},
            {{"D", "D", "H5"}, 2, "move 3", "Serving secondary down"},
            {{"D", "H5", "D"}, 3, "move 2", "Serving secondary down"},
            {{"D", "H99", "H99"}, 3, "stay", ""},
            {{"D", "S", "D"}, 2, "stay", ""},
            {{"D", "D", "D"}, 2, "outage", "No healthy member"},
            {{"H0", "H99", "D"}, 0, "move 1", "Primary server recovered"},
            {{"S", "H0", "D"}, 0, "move 2", "First healthy member back"},
            {{"D", "D", "H0"}, 0, "move 3", "First healthy member back"},
            {{"D", "S", "A"}, 0, "stay", ""},
        },
        Policy{});
}

TEST_CASE("selection: manual and never leave a recovered primary alone") {
    for (const Failback failback : {Failback::Manual, Failback::Never}) {
        Policy policy;
        policy.failback = failback;
        check_table(
            {
                {{"H9999", "H99", "H99"}, 2, "stay", ""},
                {{"H9999", "D", "H99"}, 2, "move 3", "Serving secondary down"},
                {{"H9999", "D", "D"}, 2, "move 1", "Primary server recovered"},
            },
            policy);
    }
}

TEST_CASE("selection: an outage publishes the fallback address where there is one") {
    Policy policy;
    policy.fallback_ipv4 = parse_ipv4("203.0.113.9");
    check_table({{{"D", "D"}, 1, "fallback", "No healthy member"},
                 {{"D", "S"}, 1, "stay", ""},
                 {{"D", "D"}, 0, "stay", ""}},
                policy);
}

TEST_CASE("selection: says when to look again") {
    CHECK(choose_row({{"S", "H9"}, 1, "", ""}, Policy{}).reconsider_at == kNow + Duration{5'000});
    CHECK(choose_row({{"H50", "H9"}, 2, "", ""}, Policy{}).reconsider_at ==
          kNow + Duration{10'000});
    CHECK(choose_row({{"D", "D"}, 1, "", ""}, Policy{}).reconsider_at == kNever);
}

}  // namespace understudy
