#include "providers/halfway.h"

#include <doctest/doctest.h>

#include "tests/unit/providers/script.h"

namespace understudy::test {
namespace {

struct HalfwayRow {
    const char* what;
    std::vector<const char*> acceptable;
    const char* wanted;
    const char* present;
    bool in_sets;     // ours where sets are changed one by one
    bool in_records;  // ours where records are
};

const char* const kHalfway1 = "192.0.2.1, 2001:db8::1";
const char* const kHalfway2 = "192.0.2.2, 2001:db8::2";
const char* const kHalfway3 = "192.0.2.3, 2001:db8::3";

const std::vector<HalfwayRow> kHalfwayRows{
    {"one family is through", {kHalfway1}, kHalfway2, "192.0.2.2, 2001:db8::1", true, true},
    {"the other one", {kHalfway1}, kHalfway2, "192.0.2.1, 2001:db8::2", true, true},
    {"server 2 died in the middle",
     {kHalfway1, kHalfway2},
     kHalfway3,
     "192.0.2.2, 2001:db8::1",
     true,
     true},
    {"and the next change stopped too",
     {kHalfway1, kHalfway2},
     kHalfway3,
     "192.0.2.2, 2001:db8::3",
     true,
     true},
    {"the set that goes is still there",
     {kHalfway1},
     "192.0.2.2",
     "192.0.2.2, 2001:db8::1",
     true,
     true},
    {"one family is made", {"192.0.2.2"}, kHalfway1, "192.0.2.1", true, true},
    {"nothing is there", {kHalfway1, "192.0.2.2"}, kHalfway3, "nothing", false, false},
    {"a stranger's address", {kHalfway1}, kHalfway2, "192.0.2.9, 2001:db8::1", false, false},
    {"a stranger's beside ours",
     {kHalfway1},
     kHalfway2,
     "192.0.2.2, 192.0.2.9, 2001:db8::1",
     false,
     false},
    {"somebody added the other one",
     {"192.0.2.1"},
     "192.0.2.2",
     "192.0.2.1, 192.0.2.2",
     false,
     false},
    {"somebody deleted A", {kHalfway1}, kHalfway2, "2001:db8::1", false, false},
    {"somebody deleted AAAA", {kHalfway1}, kHalfway2, "192.0.2.1", false, false},
    {"an AAAA record came up", {"192.0.2.1"}, "192.0.2.2", "192.0.2.1, 2001:db8::2", false, false},
    {"one record of two is through",
     {"192.0.2.1, 192.0.2.2"},
     "192.0.2.3, 192.0.2.4",
     "192.0.2.2, 192.0.2.3",
     false,
     true},
    {"one of two is gone",
     {"192.0.2.1, 192.0.2.2, 192.0.2.3"},
     "192.0.2.3",
     "192.0.2.2, 192.0.2.3",
     false,
     true},
    {"what stays is away",
     {"192.0.2.1, 192.0.2.2"},
     "192.0.2.2, 192.0.2.3",
     "192.0.2.1, 192.0.2.3",
     false,
     false},
    {"fewer than before and after",
     {"192.0.2.1, 192.0.2.2"},
     "192.0.2.3, 192.0.2.4",
     "192.0.2.2",
     false,
     false},
};

TEST_CASE("what a stopped change may have left is told from a person's") {
    for (const auto& row : kHalfwayRows) {
        CAPTURE(row.what);
        RecordReplacement replacement{"www.example.com", addresses(row.wanted), Ttl{60}, {}, false};
        for (const char* content : row.acceptable)
            replacement.acceptable.push_back(addresses(content));
        Capabilities can;
        const auto ours = [&] { return may_be_halfway(can, replacement, addresses(row.present)); };
        CHECK_FALSE(ours());
        can.whole_names = false;
        CHECK(ours() == row.in_sets);
        can.whole_sets = false;
        CHECK(ours() == row.in_records);
    }
}

}  // namespace
}  // namespace understudy::test
