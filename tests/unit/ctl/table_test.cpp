#include "ctl/table.h"

#include <doctest/doctest.h>

#include "ctl/text_width.h"

using namespace understudy::ctl;

TEST_CASE("width counts columns of a terminal, not bytes") {
    CHECK(text_width("") == 0);
    CHECK(text_width("web1") == 4);
    CHECK(text_width("b\u00fccher.example") == 14);
    CHECK(text_width("\u4f8b\u3048.jp") == 7);
    CHECK(text_width("e\u0301") == 1);
    CHECK(text_width("\U0001F6E1") == 2);
    CHECK(text_width("\xff\xfe") == 2);
}

TEST_CASE("columns stand under each other whatever the script") {
    Table table;
    table.header = {"NAME", "STATUS", "X"};
    table.rows = {{std::string{"b\u00fccher.example"}, std::string{"active"}, std::string{"1"}},
                  {std::string{"\u4f8b\u3048.jp"}, std::string{"failed_over"}, std::string{"22"}}};
    CHECK(render(table, false) ==
          "NAME            STATUS       X\n"
          "b\u00fccher.example  active       1\n"
          "\u4f8b\u3048.jp         failed_over  22\n");
}

TEST_CASE("no line ends in blanks, also when its last cells are empty") {
    Table table;
    table.header = {"A", "B"};
    table.rows = {{std::string{"x"}, std::string{}}, {std::string{}, std::string{}}};
    CHECK(render(table, false) == "A  B\nx\n\n");
}

TEST_CASE("colours do not move columns") {
    Table table;
    table.header = {"A", "B"};
    table.rows = {{Cell{"on", Tone::Good}, std::string{"1"}},
                  {Cell{"offline", Tone::Bad}, std::string{"2"}}};
    const std::string plain = render(table, false);
    std::string coloured = render(table, true);
    CHECK(plain != coloured);
    while (true) {
        const auto start = coloured.find('\x1b');
        if (start == std::string::npos) break;
        coloured.erase(start, coloured.find('m', start) - start + 1);
    }
    CHECK(plain == coloured);
}

TEST_CASE("foreign text cannot steer the terminal") {
    Table table;
    table.header = {"A"};
    table.rows = {{std::string{"\x1b]0;title\x07\u202E"}}};
    CHECK(render(table, true).find("\x1b]") == std::string::npos);
    CHECK(render(table, true).find("\u202E") == std::string::npos);
}

TEST_CASE("an empty table says so") {
    Table table;
    table.header = {"A"};
    table.when_empty = "Nothing here.";
    CHECK(render(table, false) == "Nothing here.\n");
}

TEST_CASE("fields are aligned behind their names") {
    CHECK(render_fields({{"name", std::string{"web1"}},
                         {"last seen", std::string{"never"}},
                         {"why", std::string{}}},
                        false) == "name:      web1\nlast seen: never\nwhy:\n");
}

TEST_CASE("an optional column that no row fills is left out") {
    Table table;
    table.header = {"A", "NOTE", "B"};
    table.optional = {"NOTE", "B"};
    table.rows = {{std::string{"a"}, std::string{}, std::string{"b"}}};
    CHECK(render(table, false) == "A  B\na  b\n");
    table.rows = {{std::string{"a"}, std::string{"n"}, std::string{}}};
    CHECK(render(table, false) == "A  NOTE\na  n\n");
}

TEST_CASE("long text goes on below itself, and a long word is not broken") {
    CHECK(wrapped("one two three", 7, 2) == "one\n  two\n  three");
    CHECK(wrapped("one two three", 100, 2) == "one two three");
    CHECK(wrapped("anticonstitutionally", 7, 2) == "anticonstitutionally");
    const std::string text =
        render_fields({{"why", std::string(60, 'a') + " " + std::string(60, 'b')}}, false);
    CHECK(text == "why: " + std::string(60, 'a') + "\n     " + std::string(60, 'b') + "\n");
}
