#include "providers/relative_name.h"

#include <doctest/doctest.h>

namespace understudy::test {
namespace {

TEST_CASE("names lose their zone and get it back") {
    const ZoneRef zone{"7", "example.com"};
    struct Row {
        const char* name;
        const char* relative;
    };
    for (const auto& row :
         {Row{"example.com", "@"}, Row{"www.example.com", "www"}, Row{"*.a.example.com", "*.a"}}) {
        CHECK(relative_name(row.name, zone) == row.relative);
        CHECK(name_in(zone, row.relative) == row.name);
    }
    CHECK(name_in(zone, "") == "example.com");
    CHECK(name_in(zone, "example.com") == "example.com");
    CHECK(name_in(zone, "WWW") == "www.example.com");
}

}  // namespace
}  // namespace understudy::test
