#include "base/dns_exchange.h"

#include <doctest/doctest.h>

using namespace understudy;

namespace {

// A header alone: id, the two bytes of flags, the count of questions.
std::string header(std::string_view id, unsigned char first, unsigned char second = 0,
                   char questions = 0) {
    std::string message{id};
    message += static_cast<char>(first);
    message += static_cast<char>(second);
    message += '\0';
    return message + questions + std::string(6, '\0');
}

// A message about one name, "3www7example3org" with its lengths as digits.
std::string about(std::string_view name, char type = 1, char klass = 1,
                  unsigned char flags = 0x81) {
    std::string message = header("ab", flags, 0, 1);
    for (const char c : name)
        message += c >= '0' && c <= '9' ? static_cast<char>(c - '0') : c;
    return message + std::string{'\0', '\0', type, '\0', klass};
}

}  // namespace

TEST_CASE("an answer has our id, our opcode and says that it is one") {
    const auto query = header("ab", 0x01);  // which asks nothing
    CHECK(judge_dns_answer(query, header("ab", 0x81)) == DnsFit::Whole);
    CHECK(judge_dns_answer(query, header("ab", 0x83)) == DnsFit::Cut);
    CHECK(judge_dns_answer(query, header("ac", 0x81)) == DnsFit::NotOurs);
    CHECK(judge_dns_answer(query, header("ab", 0x01)) == DnsFit::NotOurs);
    CHECK(judge_dns_answer(query, "ab\x81") == DnsFit::NotOurs);
    const auto update = header("ab", 0x28);
    CHECK(judge_dns_answer(update, header("ab", 0xa8)) == DnsFit::Whole);
    CHECK(judge_dns_answer(update, header("ab", 0xaa)) == DnsFit::Whole);  // not to be done twice
    CHECK(judge_dns_answer(update, header("ab", 0x80)) == DnsFit::NotOurs);
}

TEST_CASE("an answer repeats the question, whatever the case of its letters") {
    const auto query = about("3www2ex3org", 1, 1, 0x01);
    CHECK(judge_dns_answer(query, about("3www2ex3org")) == DnsFit::Whole);
    CHECK(judge_dns_answer(query, about("3wWW2EX3orG") + "records") == DnsFit::Whole);
    CHECK(judge_dns_answer(query, about("3www2ey3org")) == DnsFit::NotOurs);
    CHECK(judge_dns_answer(query, about("3www2ey3org", 1, 1, 0x83)) == DnsFit::NotOurs);
    CHECK(judge_dns_answer(query, about("3www3org")) == DnsFit::NotOurs);
    CHECK(judge_dns_answer(query, about("3www2ex3org", 28)) == DnsFit::NotOurs);
    CHECK(judge_dns_answer(query, about("3www2ex3org", 1, 3)) == DnsFit::NotOurs);
    const auto cut_off = about("3www2ex3org").substr(0, query.size() - 1);
    CHECK(judge_dns_answer(query, cut_off) == DnsFit::NotOurs);
    const auto pointing = header("ab", 0x81, 0, 1) + "\xc0\x0c" + query.substr(query.size() - 4);
    CHECK(judge_dns_answer(query, pointing) == DnsFit::NotOurs);
}

TEST_CASE("an answer without a question says that the message was not read, or is to no query") {
    const auto query = about("3www2ex3org", 1, 1, 0x01);
    CHECK(judge_dns_answer(query, header("ab", 0x81)) == DnsFit::NotOurs);
    CHECK(judge_dns_answer(query, header("ab", 0x81, 2)) == DnsFit::NotOurs);
    CHECK(judge_dns_answer(query, header("ab", 0x81, 1)) == DnsFit::Whole);
    CHECK(judge_dns_answer(query, header("ab", 0x81, 4)) == DnsFit::Whole);
    const auto update = about("2ex3org", 6, 1, 0x28);
    CHECK(judge_dns_answer(update, header("ab", 0xa8)) == DnsFit::Whole);
    CHECK(judge_dns_answer(update, about("2ey3org", 6, 1, 0xa8)) == DnsFit::NotOurs);
}

TEST_CASE("a stream gives back the messages that were framed, however they are cut") {
    const std::string bytes = framed_dns("one") + framed_dns("") + framed_dns("three");
    for (std::size_t step = 1; step <= bytes.size(); ++step) {
        DnsStream stream;
        std::string found;
        for (std::size_t at = 0; at < bytes.size(); at += step) {
            stream.take(std::string_view{bytes}.substr(at, step));
            while (const auto message = stream.next())
                found += *message + ".";
        }
        CHECK(found == "one..three.");
        CHECK_FALSE(stream.next());
    }
}
