#include "controller/hub/frame_reader.h"

#include <doctest/doctest.h>

#include <vector>

using namespace understudy;
using Kind = Said::Kind;

namespace {

constexpr std::size_t kLimit = 16 * 1024;
constexpr int kText = 1, kBinary = 2, kClose = 8, kPing = 9, kPong = 10;

struct Form {
    bool final = true;
    bool masked = true;
    int reserved = 0;
    int length_bytes = 0;  // more than are needed
};

std::string frame(int opcode, const std::string& payload, const Form& form = {}) {
    std::string bytes{static_cast<char>((form.final ? 0x80 : 0) | form.reserved | opcode)};
    const int mask_bit = form.masked ? 0x80 : 0;
    int extended = form.length_bytes;
    if (extended == 0 && payload.size() > 125) extended = payload.size() > 0xffff ? 8 : 2;
    const int shown = extended == 8 ? 127 : extended == 2 ? 126 : static_cast<int>(payload.size());
    bytes += static_cast<char>(mask_bit | shown);
    for (int i = extended - 1; i >= 0; --i)
        bytes += static_cast<char>(static_cast<std::uint64_t>(payload.size()) >> (8 * i));
    if (!form.masked) return bytes + payload;
    const std::string mask = "\x12\x34\xab\xcd";
    bytes += mask;
    for (std::size_t i = 0; i < payload.size(); ++i)
        bytes += static_cast<char>(payload[i] ^ mask[i % 4]);
    return bytes;
}

std::vector<Said> read(const std::string& bytes) {
    FrameReader reader{kLimit};
    reader.feed(bytes);
    std::vector<Said> all;
    while (auto said = reader.next())
        all.push_back(std::move(*said));
    return all;
}

Said one(const std::string& bytes) {
    const auto all = read(bytes + frame(kPing, "behind"));
    REQUIRE_FALSE(all.empty());
    return all.front();
}

void is_broken(const std::string& bytes, std::uint16_t code = 1002) {
    const auto all = read(bytes + frame(kText, "behind"));
    REQUIRE(all.size() == 1);
    CHECK(all.front().kind == Kind::Broken);
    CHECK(all.front().code == code);
    CHECK_FALSE(all.front().text.empty());
}

}  // namespace

TEST_CASE("frames: messages, pings and closes are read as they were sent") {
    CHECK(one(frame(kText, "hello")).text == "hello");
    CHECK(one(frame(kText, "")).kind == Kind::Text);
    CHECK(one(frame(kText, std::string(126, 'x'))).text.size() == 126);
    CHECK(one(frame(kText, std::string(kLimit, 'x'))).text.size() == kLimit);
    CHECK(one(frame(kPing, "are you there")).text == "are you there");
    CHECK(one(frame(kPong, "")).kind == Kind::Pong);
    CHECK(one(frame(kClose, "")).code == 0);
    const Said bye = one(frame(kClose,
                               "\x03\xe8"
                               "bye"));
    CHECK(bye.kind == Kind::Close);
    CHECK(bye.code == 1000);
    CHECK(bye.text == "bye");
    CHECK(read(frame(kClose, "") + frame(kText, "late")).size() == 1);
}

TEST_CASE("frames: fragments make one message, whatever comes between and however it is cut") {
    const std::string bytes = frame(kText, "one ", {.final = false}) + frame(kPing, "?") +
                              frame(0, "t\xc3", {.final = false}) + frame(0, "\xa4t");
    const auto whole = read(bytes);
    REQUIRE(whole.size() == 2);
    CHECK(whole[0].kind == Kind::Ping);
    CHECK(whole[1].text == "one t\xc3\xa4t");

    FrameReader reader{kLimit};
    std::vector<Said> all;
    for (const char byte : bytes) {
        reader.feed({&byte, 1});
        while (auto said = reader.next())
            all.push_back(std::move(*said));
    }
    REQUIRE(all.size() == 2);
    CHECK(all[1].text == "one t\xc3\xa4t");
}

TEST_CASE("frames: what the standard forbids is broken") {
    is_broken(frame(kText, "hello", {.masked = false}));
    is_broken(frame(kPing, "", {.masked = false}));
    for (const int bit : {0x10, 0x20, 0x40})
        is_broken(frame(kText, "x", {.reserved = bit}));
    for (const int opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15})
        is_broken(frame(opcode, "x"));
    is_broken(frame(kPing, "x", {.final = false}));
    is_broken(frame(kClose, std::string(126, 'x')));
    is_broken(frame(0, "x"));
    is_broken(frame(kText, "x", {.final = false}) + frame(kText, "y"));
    is_broken(frame(kText, "x", {.length_bytes = 2}));
    is_broken(frame(kText, std::string(200, 'x'), {.length_bytes = 8}));
    is_broken("\x81\xff\x80" + std::string(11, '\0'));
    is_broken(frame(kClose, "\x03"));
    for (const char* code :
         {"\x03\xec", "\x03\xed", "\x03\xee", "\x03\xf7", "\x07\xd0", "\x13\x88"})
        is_broken(frame(kClose, code));
    is_broken(frame(kText, "\xff\xfe"), 1007);
    is_broken(frame(kText, "\xc3", {.final = false}) + frame(0, ""), 1007);
    is_broken(frame(kClose, "\x03\xe8\xff"), 1007);
}

TEST_CASE("frames: what no message of ours can be is said from its head on") {
    CHECK(one(frame(kBinary, "x")).kind == Kind::Binary);
    CHECK(one(frame(kText, std::string(kLimit + 1, 'x')).substr(0, 8)).kind == Kind::TooBig);
    CHECK(one(frame(kText, std::string(70'000, 'x')).substr(0, 14)).kind == Kind::TooBig);
    const auto fragments = read(frame(kText, std::string(kLimit, 'x'), {.final = false}) +
                                frame(0, "", {.final = false}) + frame(0, "x") + frame(kPing, ""));
    REQUIRE(fragments.size() == 1);
    CHECK(fragments[0].kind == Kind::TooBig);
    std::string endless = frame(kText, "", {.final = false});
    for (int i = 0; i < 2'000; ++i)
        endless += frame(0, "", {.final = false});
    REQUIRE(read(endless).size() == 1);
    CHECK(read(endless)[0].kind == Kind::TooBig);
}

TEST_CASE("frames: ours are whole and unmasked") {
    CHECK(frame_of(Opcode::Text, "hi") == "\x81\x02hi");
    const std::string longer = frame_of(Opcode::Text, std::string(300, 'x'));
    CHECK(longer.substr(0, 4) == std::string{"\x81\x7e\x01\x2c"});
    CHECK(longer.size() == 304);
    CHECK(close_frame(1002, "why") ==
          "\x88\x05\x03\xea"
          "why");
    // Cut between characters: 122 bytes and a letter of two do not fit.
    const std::string cut = close_frame(4001, std::string(122, 'x') + "\xc3\xa4");
    CHECK(cut.size() == 2 + 2 + 122);
    CHECK(close_frame(4001, std::string(123, 'x')).size() == 2 + 2 + 123);
}
