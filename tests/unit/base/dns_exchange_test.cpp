#include "base/dns_exchange.h"

#include <doctest/doctest.h>

using namespace understudy;

namespace {

// A header alone: id, the two bytes of flags, no sections.
std::string header(std::string_view id, unsigned char first, unsigned char second = 0) {
    std::string message{id};
    message += static_cast<char>(first);
    message += static_cast<char>(second);
    return message + std::string(8, '\0');
}

}  // namespace

TEST_CASE("an answer has our id, our opcode and says that it is one") {
    const auto query = header("ab", 0x01);
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
