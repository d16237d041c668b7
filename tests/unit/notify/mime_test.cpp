#include "notify/mime.h"

#include <doctest/doctest.h>

namespace understudy::mime {
namespace {

// Every line of a header block, without its CRLF; fails on a bare CR or LF.
std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = text.find("\r\n");
        REQUIRE(end != std::string_view::npos);
        lines.emplace_back(text.substr(0, end));
        CHECK(lines.back().find_first_of("\r\n") == std::string::npos);
        text = text.substr(end + 2);
    }
    return lines;
}

TEST_CASE("ASCII text stays as it is") {
    CHECK(text_header("Subject", "[DOWN] shield-1") == "Subject: [DOWN] shield-1\r\n");
    CHECK(text_header("Subject", "") == "Subject: \r\n");
}

TEST_CASE("other text becomes encoded words of at most 75 characters") {
    CHECK(text_header("Subject", "B\xc3\xbchne") == "Subject: =?UTF-8?B?QsO8aG5l?=\r\n");
    CHECK(text_header("Subject", "=?x?=") == "Subject: =?UTF-8?B?PT94Pz0=?=\r\n");
    std::string text;
    for (int count = 0; count < 100; ++count)
        text += "\xe2\x86\x92";  // an arrow: three bytes
    for (const std::string& line : lines_of(text_header("Subject", text))) {
        CHECK(line.size() <= 78);
        const auto word = line.find("=?UTF-8?B?");
        REQUIRE(word != std::string::npos);
        CHECK(line.size() - word <= 75);
        // 42 bytes are 14 whole arrows: no padding unless it is the last word.
        CHECK((line.size() - word - 12) % 4 == 0);
    }
}

TEST_CASE("long headers are folded at spaces") {
    std::string text = "word";
    for (int count = 0; count < 60; ++count)
        text += " word" + std::to_string(count);
    const auto lines = lines_of(text_header("Subject", text));
    CHECK(lines.size() > 3);
    std::string unfolded;
    for (const std::string& line : lines) {
        CHECK(line.size() <= 78);
        CHECK(line.find_first_not_of(' ') != std::string::npos);
        unfolded += line;
    }
    CHECK(unfolded == "Subject: " + text);
    const std::string word(200, 'x');
    CHECK(text_header("Subject", word) == "Subject: " + word + "\r\n");
}

TEST_CASE("nothing gets out of its header") {
    CHECK(text_header("Subject", "a\r\nBcc: x@example.org") ==
          "Subject: a  Bcc: x@example.org\r\n");
    CHECK(token_header("X-Y", "a\nb\0c") == "X-Y: a b\r\n");
    CHECK(text_header("Subject", "a\xff") == "Subject: =?UTF-8?B?Ye+/vQ==?=\r\n");
    CHECK(text_header("Subject",
                      "a\xe2\x80\xa8"
                      "b\xc2\x85") == "Subject: a b\r\n");
}

TEST_CASE("display names are quoted where they must be") {
    CHECK(phrase("Understudy Alerts") == "Understudy Alerts");
    CHECK(phrase("Doe, \"J\"") == R"("Doe, \"J\"")");
    CHECK(phrase("B\xc3\xbchne") == "=?UTF-8?B?QsO8aG5l?=");
    CHECK(phrase("").empty());
}

TEST_CASE("dates are those of RFC 5322") {
    CHECK(date(*parse_rfc3339("2026-11-21T02:08:42.999Z")) == "Sat, 21 Nov 2026 02:08:42 +0000");
    CHECK(date(WallTime{}) == "Thu, 01 Jan 1970 00:00:00 +0000");
    CHECK(date(*parse_rfc3339("2028-02-29T23:59:59Z")) == "Tue, 29 Feb 2028 23:59:59 +0000");
}

TEST_CASE("bodies are short ASCII lines with CRLF") {
    const Body plain = encode_body("one\n\n.two\n");
    CHECK(plain.encoding == "7bit");
    CHECK(plain.text == "one\r\n\r\n.two\r\n");
    const Body quoted = encode_body("a=b \xc3\xbc \nnext\tx");
    CHECK(quoted.encoding == "quoted-printable");
    CHECK(quoted.text == "a=3Db =C3=BC=20\r\nnext=09x\r\n");
    for (const std::string& line : lines_of(encode_body(std::string(300, 'x') + "\xc3\xbc").text)) {
        CHECK(line.size() <= 76);
    }
    CHECK(encode_body("a\rb\n").text == "a=0Db\r\n");
    CHECK(encode_body("").text.empty());
}

}  // namespace
}  // namespace understudy::mime
