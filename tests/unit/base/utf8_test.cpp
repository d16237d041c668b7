#include "base/utf8.h"

#include <doctest/doctest.h>

using namespace understudy;

TEST_CASE("utf8: code points of every length") {
    std::string_view text = "a\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80";
    CHECK(take_code_point(text) == U'a');
    CHECK(take_code_point(text) == char32_t{0xfc});
    CHECK(take_code_point(text) == char32_t{0x20ac});
    CHECK(take_code_point(text) == char32_t{0x1f600});
    CHECK(text.empty());
}

TEST_CASE("utf8: what is not UTF-8 costs one byte") {
    for (std::string_view text :
         {std::string_view{"\x80z"}, std::string_view{"\xffz"}, std::string_view{"\xc0\x80z"},
          std::string_view{"\xc3z"}, std::string_view{"\xe2\x82z"},
          std::string_view{"\xed\xa0\x80z"}, std::string_view{"\xf4\x90\x80\x80z"},
          std::string_view{"\xe0\x80\x80z"}, std::string_view{"\xc3"}}) {
        const auto size = text.size();
        CHECK_FALSE(take_code_point(text).has_value());
        CHECK(text.size() == size - 1);
    }
}

TEST_CASE("utf8: broken bytes are replaced") {
    CHECK(valid_utf8("") == "");
    CHECK(valid_utf8("gr\xc3\xbc\xc3\x9f") == "gr\xc3\xbc\xc3\x9f");
    CHECK(valid_utf8("a\xffz\xc3") == "a\xef\xbf\xbdz\xef\xbf\xbd");
    CHECK(valid_utf8(std::string_view{"\0", 1}).size() == 1);
}
