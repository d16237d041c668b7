#include "base/text.h"

#include <doctest/doctest.h>

#include <string>

using namespace understudy;

TEST_CASE("text: what people write stays as it is") {
    for (const char* text :
         {"", "web1 is down", "Gr\u00f6\u00dfe", "\u65e5\u672c\u8a9e", "\u0645\u06cc\u200c\u062e",
          "\U0001f468\u200d\U0001f469", "a\u00a0b"}) {
        CAPTURE(text);
        CHECK(is_plain(text));
        CHECK(plain_text(text) == text);
    }
}

TEST_CASE("text: control characters and line breaks become spaces") {
    for (const char* text : {"a\nb", "a\tb",
                             "a\x1b"
                             "b",
                             "a\x7f"
                             "b",
                             "a\u0085b", "a\u009bb", "a\u2028b", "a\u2029b"}) {
        CAPTURE(text);
        CHECK_FALSE(is_plain(text));
        CHECK(plain_text(text) == "a b");
    }
    CHECK(plain_text(std::string{"a\0b", 3}) == "a b");
}

TEST_CASE("text: what misleads can be seen") {
    for (const char* text :
         {"a\u00adb", "a\u061cb", "a\u180eb", "a\u200bb", "a\u200eb", "a\u200fb", "a\u202ab",
          "a\u202eb", "a\u2060b", "a\u2066b", "a\u2069b", "a\ufeffb", "a\ufff9b", "a\U000e0041b",
          "a\xff"
          "b"}) {
        CAPTURE(text);
        CHECK_FALSE(is_plain(text));
        CHECK(plain_text(text) == "a\ufffdb");
    }
}

TEST_CASE("text: it is cut between code points") {
    CHECK(plain_text("abc", 3, "...") == "abc");
    CHECK(plain_text("abcd", 3, "...") == "abc...");
    CHECK(plain_text("ab\u00e4", 3, "...") == "ab...");
    CHECK(plain_text("ab\u00e4", 4) == "ab\u00e4");
    CHECK(plain_text("ab\u00e4c", 4) == "ab\u00e4");
    CHECK(plain_text("a", 0) == "");
    // What is put in its place counts as well.
    CHECK(plain_text("a\xff", 3) == "a");
}

TEST_CASE("foreign text in sentences is cut at a character and holds no control characters") {
    CHECK(quoted("a\x1b[31m\n") == "'a [31m '");
    const std::string umlauts(79, 'a');
    const std::string cut = quoted(umlauts + "\u00e4\u00e4");
    CHECK(cut == "'" + umlauts + "...'");
    CHECK(quoted("\xff") == "'\uFFFD'");
}

TEST_CASE("parts of sentences") {
    CHECK(counted(1, "record") == "1 record");
    CHECK(counted(0, "record") == "0 records");
    CHECK(listed({"a", "b", "c"}) == "a, b, c");
    CHECK(listed({}).empty());
    std::string items;
    add_item(items, "");
    add_item(items, "b");
    CHECK(items == "b");  // an empty first one leaves no comma
}
