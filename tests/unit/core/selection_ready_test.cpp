// Whom selection chooses by what is known of readiness.
#include "tests/unit/core/selection_table.h"

namespace understudy::selection_table {

TEST_CASE("selection: who is not ready stands behind who is readier") {
    check_table(
        {
            {{"D", "H9!1", "H9!0"}, 1, "move 3", "Primary server down"},
            {{"D", "H9!1", "H9"}, 1, "move 3", "Primary server down"},
            {{"D", "H9!2", "H9!1"}, 1, "move 3", "Primary server down"},
            {{"D", "H9!1", "H9!1"}, 1, "move 2", "Primary server down"},
            {{"D", "H9!5", "D!0"}, 1, "move 2", "Primary server down"},
            {{"D", "S!0", "H9!5"}, 1, "move 3", "Primary server down"},
            {{"D", "V!0", "H9!5"}, 1, "move 3", "Primary server down"},
            {{"D", "V!1", "V!0"}, 1, "move 3", "Primary server down"},
            {{"D", "V", "V!0"}, 1, "move 2", "Primary server down"},
            {{"H60!1", "H99!0", "D"}, 2, "stay", ""},
            {{"H60!1", "H99!1", "D"}, 2, "move 1", "Primary server recovered"},
            {{"H60!1", "H99", "D"}, 2, "stay", ""},
            {{"H60!1", "H99?", "D"}, 2, "move 1", "Primary server recovered"},
            {{"H60!0", "H99!1", "D"}, 2, "move 1", "Primary server recovered"},
            {{"H60!1", "D!0", "D"}, 2, "move 1", "Primary server recovered"},
            {{"H60!1", "D!0", "H9!3"}, 2, "move 1", "Primary server recovered"},
            {{"H5!1", "D!0", "H9!3"}, 2, "move 1", "Primary server recovered"},
            {{"H5", "D!0", "H9!3"}, 2, "move 3", "Serving secondary down"},
            {{"H0!1", "H9!0", "D"}, 0, "move 2", "First healthy member back"},
            {{"H0!1", "H9!1", "D"}, 0, "move 1", "Primary server recovered"},
        },
        Policy{});
    const Row flapping{{"H5!1", "D!0", "H9!3"}, 2, "", ""};
    CHECK(outcome_of(choose_row(flapping, {}, kNow + Duration{1})) == "move 3");
}

TEST_CASE("selection: where it must be ready, nobody else takes over") {
    Policy policy;
    policy.require_ready = RequireReady::Must;
    check_table(
        {
            {{"D", "H9!0", "H9!0"}, 1, "move 2", "Primary server down"},
            {{"D", "H9", "H9!0"}, 1, "move 3", "Primary server down"},
            {{"D", "H9!1", "H9!0"}, 1, "move 3", "Primary server down"},
            {{"D", "H9", "H9!1"}, 1, "stay", ""},
            {{"D", "H9", "D"}, 1, "stay", ""},
            {{"D", "D", "D"}, 1, "outage", "No healthy member"},
            {{"D", "V", "D"}, 1, "stay", ""},
            {{"D", "V!1", "D"}, 1, "stay", ""},
            {{"D", "V!0", "D"}, 1, "move 2", "Primary server down"},
            {{"D", "V!1", "V!0"}, 1, "move 3", "Primary server down"},
            {{"D", "H9!1", "V!0"}, 1, "move 3", "Primary server down"},
            {{"M", "V!0", "D"}, 1, "stay", ""},
            {{"H60", "H99!0", "D"}, 2, "stay", ""},
            {{"H60!0", "H99!0", "D"}, 2, "move 1", "Primary server recovered"},
            {{"H60", "D!0", "D"}, 2, "stay", ""},
            {{"H0", "H9", "D"}, 0, "stay", ""},
            {{"H0", "H9!0", "D"}, 0, "move 2", "First healthy member back"},
        },
        policy);
    CHECK(choose_row({{"D", "H9", "H9!1"}, 1, "", ""}, policy).not_ready == ServerId{2});
    CHECK(choose_row({{"H60", "H99!0", "D"}, 2, "", ""}, policy).not_ready == ServerId{1});
    CHECK(choose_row({{"D", "V!1", "D"}, 1, "", ""}, policy).not_ready == ServerId{2});
    CHECK_FALSE(choose_row({{"D", "H9!1", "V!0"}, 1, "", ""}, policy).not_ready);
    CHECK_FALSE(choose_row({{"D", "H9", "H9!0"}, 1, "", ""}, policy).not_ready);
    CHECK_FALSE(choose_row({{"H59", "H99!0", "D"}, 2, "", ""}, policy).not_ready);
}

}  // namespace understudy::selection_table
