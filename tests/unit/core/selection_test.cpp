#include "tests/unit/core/selection_table.h"

namespace understudy::selection_table {

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

TEST_CASE("selection: maintenance is left while there is somebody to go to") {
    check_table({{{"M", "H1", "H1"}, 1, "move 2", "Serving server in maintenance"},
                 {{"M", "S", "D"}, 1, "stay", ""},
                 {{"H1", "M", "H1"}, 2, "move 3", "Serving server in maintenance"},
                 {{"H1", "M", "D"}, 2, "move 1", "Primary server recovered"},
                 {{"H1", "M", "H1"}, 1, "stay", ""}},
                Policy{});
}

TEST_CASE("selection: prefer_other, the truth table") {
    struct Place {
        std::vector<std::string> places;     // of the members: "-" is unknown
        std::vector<std::string> fitnesses;  // 1 is home and serves
        int takes_over, passed_over;         // 0: nobody
    };
    const std::vector<Place> table{
        {{"x", "x", "y", "y"}, {"D", "H9", "H9", "H9"}, 3, 2},
        {{"x", "-", "y", "y"}, {"D", "H9", "H9", "H9"}, 3, 2},
        {{"x", "x", "-", "-"}, {"D", "H9", "H9", "H9"}, 2, 0},
        {{"x", "-", "x", "-"}, {"D", "H9", "H9", "H9"}, 2, 0},
        {{"x", "y", "z", "x"}, {"D", "H9", "H9", "H9"}, 2, 0},
        {{"-", "x", "y", "-"}, {"D", "H9", "H9", "H9"}, 2, 0},
        {{"x", "x", "x", "y"}, {"D", "H9", "H9", "H9"}, 4, 2},
        {{"x", "x", "y", "y"}, {"D", "H9", "D", "H9"}, 4, 2},
        {{"x", "x", "y", "y"}, {"D", "H9", "D", "S"}, 2, 0},
        {{"x", "x", "y", "y"}, {"D", "D", "H9", "H9"}, 3, 0},
        {{"x", "x", "y", "y"}, {"M", "H9", "H9", "H9"}, 3, 2},
        {{"x", "x", "y", "y"}, {"D", "D", "D", "D"}, 0, 0},
    };
    for (const Place& row : table) {
        std::vector<MemberView> members;
        std::string label;
        for (std::size_t i = 0; i < row.places.size(); ++i) {
            const std::string_view place = row.places[i];
            members.push_back({ServerId{static_cast<std::int64_t>(i) + 1},
                               fitness(row.fitnesses[i]),
                               0.0,
                               {},
                               place == "-" ? std::string_view{} : place});
            label += row.places[i] + ":" + row.fitnesses[i] + " ";
        }
        CAPTURE(label);
        const SelectionRules rules{Policy{}, ServerId{1}, Policy{}.failback_after_s, {}};
        const Choice choice = choose(members, Target{ServerId{1}}, rules, kNow);
        const bool moves = choice.action == Choice::Action::Move;
        CHECK((moves ? choice.target.servers.front().value : 0) == row.takes_over);
        CHECK(choice.passed_over.value == row.passed_over);
        const Target now = choose_now(members, Target{ServerId{1}}, Policy{}, false);
        CHECK((now.is_fallback() ? 0 : now.servers.front().value) == row.takes_over);
    }
}

TEST_CASE("selection: after a switchover its member stands in the primary's place") {
    const auto choose_home = [](const std::vector<std::string>& codes, int home, int at) {
        std::vector<MemberView> members;
        for (std::size_t i = 0; i < codes.size(); ++i) {
            members.push_back({ServerId{static_cast<std::int64_t>(i) + 1}, fitness(codes[i]), 0.0});
        }
        const SelectionRules rules{Policy{}, ServerId{home}, Policy{}.failback_after_s, {}};
        const Choice choice = choose(members, Target{ServerId{at}}, rules, kNow);
        return outcome_of(choice) + ": " + reason_of(choice.cause);
    };
    CHECK(choose_home({"H99", "H99", "H99"}, 2, 2) == "stay: ");
    CHECK(choose_home({"H99", "D", "H99"}, 2, 2) == "move 1: Switched-to server down");
    CHECK(choose_home({"H99", "H60", "H99"}, 2, 1) == "move 2: Switched-to server recovered");
    CHECK(choose_home({"D", "H59", "H99"}, 2, 1) == "move 3: Serving secondary down");
}

namespace {

struct Set {
    std::vector<std::string> members;  // fitness, and load behind a slash: "H60/0.5"
    std::vector<std::int64_t> target;  // member numbers
    const char* outcome;               // "stay", "1 2", "outage", "fallback"
    const char* reason;
};

Choice choose_set(const Set& row, const SelectionRules& rules) {
    std::vector<MemberView> members;
    for (std::size_t i = 0; i < row.members.size(); ++i) {
        const std::string& code = row.members[i];
        const auto slash = code.find('/');
        const double load = slash == std::string::npos ? 0.0 : std::stod(code.substr(slash + 1));
        members.push_back(
            {ServerId{static_cast<std::int64_t>(i) + 1}, fitness(code.substr(0, slash)), load});
    }
    std::vector<ServerId> servers;
    for (const std::int64_t number : row.target)
        servers.push_back(ServerId{number});
    return choose(members, Target{std::move(servers)}, rules, kNow);
}

void check_sets(const std::vector<Set>& table, Policy policy) {
    policy.mode = PoolMode::ActiveActive;
    const SelectionRules rules{policy, ServerId{1}, policy.failback_after_s, {}};
    for (const Set& row : table) {
        std::string label;
        for (const std::string& member : row.members)
            label += " " + member;
        CAPTURE(label);
        const Choice choice = choose_set(row, rules);
        std::string outcome = outcome_of(choice);
        if (choice.action == Choice::Action::Move) {
            outcome.clear();
            for (const ServerId server : choice.target.servers)
                outcome += (outcome.empty() ? "" : " ") + std::to_string(server.value);
        }
        CHECK(outcome == row.outcome);
        CHECK(std::string{reason_of(choice.cause)} == row.reason);
    }
}

}  // namespace

TEST_CASE("selection: active_active, the truth table") {
    check_sets(
        {
            {{"H9", "H9", "H9"}, {1, 2, 3}, "stay", ""},
            {{"H9", "S", "A"}, {1, 2, 3}, "stay", ""},
            {{"H9", "D", "H9"}, {1, 2, 3}, "1 3", "Member down"},
            {{"H9", "M", "H9"}, {1, 2, 3}, "1 3", "Serving server in maintenance"},
            {{"M", "D", "H9"}, {1, 2, 3}, "3", "Member down"},
            {{"H9", "H60", "H9"}, {1, 3}, "1 2 3", "Member recovered"},
            {{"H9", "H59", "H9"}, {1, 3}, "stay", ""},
            {{"S", "H59", "S"}, {1, 3}, "stay", ""},
            {{"H9", "S", "A"}, {1}, "stay", ""},
            {{"D", "H1", "D"}, {1, 3}, "2", "Member down"},  // nobody stays: at once
            {{"M", "H1", "M"}, {1, 3}, "2", "Serving server in maintenance"},
            {{"D", "D", "D"}, {1, 2, 3}, "outage", "No healthy member"},
            {{"D", "A", "D"}, {1, 3}, "outage", "No healthy member"},
            {{"D", "S", "D"}, {1, 2, 3}, "2", "Member down"},
            {{"D", "S", "D"}, {1, 3}, "stay", ""},  // somebody may turn out to be alive
            {{"M", "M", "M"}, {1, 2, 3}, "stay", ""},
            {{"H0", "D", "D"}, {}, "1", "Member recovered"},
        },
        Policy{});
}

TEST_CASE("selection: active_active waits for a person where the policy says so") {
    Policy policy;
    policy.failback = Failback::Manual;
    check_sets({{{"H9", "H9999", "H9"}, {1, 3}, "stay", ""},
                {{"D", "H9999", "D"}, {1, 3}, "2", "Member down"}},
               policy);
}

TEST_CASE("selection: active_active publishes the fallback address when nobody is left") {
    Policy policy;
    policy.fallback_ipv4 = parse_ipv4("203.0.113.9");
    check_sets({{{"D", "D"}, {1, 2}, "fallback", "No healthy member"},
                {{"D", "D"}, {}, "fallback", "No healthy member"},  // it is there already
                {{"M", "M"}, {1, 2}, "stay", ""}},
               policy);
}

TEST_CASE("selection: max_answers takes the first so many in member order") {
    Policy policy;
    policy.max_answers = 2;
    check_sets({{{"H99", "H99", "H99"}, {1, 2}, "stay", ""},
                {{"D", "H99", "H99"}, {1, 2}, "2 3", "Member down"},
                {{"H99", "H99", "H99"}, {2, 3}, "1 2", "Member recovered"},
                {{"H59", "H99", "H99"}, {2, 3}, "stay", ""},
                {{"H99", "H99", "H99"}, {1, 2, 3}, "1 2", "Policy changed"},
                {{"H99", "H99", "H99"}, {3}, "1 2", "Member recovered"}},
               policy);
}

TEST_CASE(
    "selection: the least loaded serve, and are exchanged only for clearly less loaded ones") {
    Policy policy;
    policy.max_answers = 2;
    policy.answers = AnswerOrder::LeastLoaded;
    check_sets({{{"H99/0.5", "H99/0.6", "H99/0.4"}, {1, 2}, "stay", ""},
                {{"H99/0.5", "H99/0.6", "H99/0.34"}, {1, 2}, "1 3", "Less loaded members"},
                {{"H99/0.9", "H99/0.9", "H99/0.1"}, {1, 2}, "1 3", "Less loaded members"},
                {{"H99/0.9", "H99/0.9", "H9/0.1"}, {1, 2}, "stay", ""},  // not yet recovered
                {{"D/0", "H99/0.9", "H99/0.9"}, {1, 2}, "2 3", "Member down"},
                {{"H99/0.9", "H99/0.1", "H99/0.1"}, {}, "2 3", "Member recovered"}},
               policy);
}

TEST_CASE("selection: active_active holds a flapping member, and says when to look again") {
    Policy policy;
    policy.mode = PoolMode::ActiveActive;
    const Set row{{"H99", "H99"}, {1}, "", ""};
    const SelectionRules held{policy, ServerId{1}, Duration{60'000}, kNow + Duration{500'000}};
    const Choice choice = choose_set(row, held);
    CHECK(choice.action == Choice::Action::Stay);
    CHECK(choice.reconsider_at == kNow + Duration{120'000});  // when one may be unseen
    const SelectionRules free{policy, ServerId{1}, Duration{60'000}, kNow};
    CHECK(choose_set(row, free).action == Choice::Action::Move);
}

}  // namespace understudy::selection_table
