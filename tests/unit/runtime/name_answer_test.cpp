// What is made of a name server's answer: its own word only, bounded, and nothing of what cannot be
// read.
#include "controller/runtime/served/name_answer.h"

#include <ares.h>
#include <doctest/doctest.h>

using namespace understudy;

namespace {

using namespace std::string_literals;

constexpr unsigned char kByItself = 0x84;  // an answer, authoritative
constexpr unsigned char kByAnother = 0x80;

NameQuestion question_of(NameQuestion::Type type, bool recurse = false) {
    NameQuestion question;
    question.name = "a.b";
    question.type = type;
    question.recurse = recurse;
    return question;
}

std::string named(const std::string& label) {
    return std::string(1, static_cast<char>(label.size())) + label;
}

// For "a.b", with so many records of that type and that content.
std::string answer_with(unsigned char flags, char type, const std::vector<std::string>& contents) {
    const auto count = static_cast<unsigned>(contents.size());
    std::string message = "\x12\x34"s + static_cast<char>(flags) + "\0\0\x01"s +
                          static_cast<char>(count >> 8) + static_cast<char>(count & 255) +
                          "\0\0\0\0\x01"s + "a\x01"s + "b\0\0"s + type + "\0\x01"s;
    for (const std::string& content : contents) {
        message += "\xc0\x0c\0"s + type + "\0\x01\0\0\0\x3c\0"s +
                   static_cast<char>(content.size()) + content;
    }
    return message;
}

}  // namespace

TEST_CASE("addresses of both families are read, and those of name servers") {
    using Type = NameQuestion::Type;
    const auto v4 = read_name_answer(
        question_of(Type::A), ARES_SUCCESS,
        answer_with(kByItself, 1, {"\xc0\x00\x02\x02"s, "\xc0\x00\x02\x01"s, "\xc0\x00\x02\x02"s}));
    REQUIRE(v4.answered);
    CHECK(to_string(v4.addresses) == "192.0.2.1, 192.0.2.2");
    const auto v6 = read_name_answer(
        question_of(Type::Aaaa), ARES_SUCCESS,
        answer_with(kByItself, 28, {"\x20\x01\x0d\xb8"s + std::string(11, '\0') + "\x07"s}));
    CHECK(to_string(v6.addresses) == "2001:db8::7");
    const auto names = read_name_answer(
        question_of(Type::Ns, true), ARES_SUCCESS,
        answer_with(kByAnother, 2,
                    {named("NS1") + named("b") + "\0"s, named("ns2") + "\xc0\x0e"s}));
    CHECK(names.names == std::vector<std::string>{"ns1.b", "ns2.b"});
}

TEST_CASE("who does not decide about the zone has no word on it") {
    const std::string message = answer_with(kByAnother, 1, {"\xc0\x00\x02\x02"s});
    const auto asked = question_of(NameQuestion::Type::A);
    const auto answer = read_name_answer(asked, ARES_SUCCESS, message);
    CHECK_FALSE(answer.answered);
    CHECK_FALSE(answer.silent);
    CHECK(answer.addresses.empty());
    CHECK_FALSE(read_name_answer(asked, ARES_ENOTFOUND, message).answered);
    CHECK(
        read_name_answer(question_of(NameQuestion::Type::A, true), ARES_SUCCESS, message).answered);
}

TEST_CASE("that there is no such name is an answer") {
    const auto asked = question_of(NameQuestion::Type::A);
    for (const int status : {ARES_ENOTFOUND, ARES_ENODATA}) {
        const auto answer = read_name_answer(asked, status, answer_with(kByItself, 1, {}));
        CHECK(answer.answered);
        CHECK(answer.addresses.empty());
    }
}

TEST_CASE("refusals and silence are told apart") {
    const auto asked = question_of(NameQuestion::Type::A);
    const auto silent = read_name_answer(asked, ARES_ETIMEOUT, {});
    CHECK_FALSE(silent.answered);
    CHECK(silent.silent);
    CHECK(silent.problem == "no answer");
    const auto refused = read_name_answer(asked, ARES_EREFUSED, answer_with(0x80, 1, {}));
    CHECK_FALSE(refused.answered);
    CHECK_FALSE(refused.silent);
    CHECK(refused.problem == "refuses to answer");
    CHECK(read_name_answer(asked, ARES_ECONNREFUSED, {}).problem == "cannot be reached");
}

TEST_CASE("what cannot be read is nothing, however it is cut or changed") {
    using Type = NameQuestion::Type;
    const std::string whole = answer_with(kByItself, 1, {"\xc0\x00\x02\x02"s, "\xc0\x00\x02\x03"s});
    for (std::size_t size = 0; size < whole.size(); ++size) {
        CAPTURE(size);
        const auto cut =
            read_name_answer(question_of(Type::A), ARES_SUCCESS, whole.substr(0, size));
        CHECK_FALSE(cut.answered);
        CHECK(cut.addresses.empty());
    }
    for (std::size_t at = 0; at < whole.size(); ++at) {
        for (const char with : {'\0', '\xff', '\xc0', '\x3f'}) {
            std::string changed = whole;
            changed[at] = with;
            for (const auto type : {Type::A, Type::Aaaa, Type::Ns}) {
                const auto answer = read_name_answer(question_of(type), ARES_SUCCESS, changed);
                CHECK(answer.answered == answer.problem.empty());
            }
        }
    }
}

TEST_CASE("of very many addresses no more are read than anybody publishes") {
    const std::vector<std::string> many(2'000, "\xc0\x00\x02\x02"s);
    std::string message = answer_with(kByItself, 1, many);
    const auto answer = read_name_answer(question_of(NameQuestion::Type::A), ARES_SUCCESS, message);
    CHECK(answer.answered);
    CHECK(to_string(answer.addresses) == "192.0.2.2");
}
