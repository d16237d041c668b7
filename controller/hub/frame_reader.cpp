#include "controller/hub/frame_reader.h"

#include <utility>

#include "base/ensure.h"
#include "base/utf8.h"

namespace understudy {
namespace {

constexpr int kContinuation = 0;
constexpr int kBinary = 2;
constexpr int kClose = 8;
constexpr int kPing = 9;
constexpr int kPong = 10;
constexpr std::size_t kMaskBytes = 4;
constexpr std::size_t kControlLimit = 125;
constexpr std::size_t kCloseReasonBytes = 123;
constexpr int kFragmentLimit = 1'000;  // of a message; empty ones would never end
constexpr std::uint16_t kBadText = 1007;

bool is_control(int opcode) {
    return (opcode & 8) != 0;
}

std::uint8_t byte_at(std::string_view bytes, std::size_t at) {
    return static_cast<std::uint8_t>(bytes[at]);
}

std::uint64_t big_endian(std::string_view bytes) {
    std::uint64_t number = 0;
    for (const char byte : bytes)
        number = number << 8U | static_cast<std::uint8_t>(byte);
    return number;
}

bool is_utf8(std::string_view text) {
    while (!text.empty())
        if (!take_code_point(text)) return false;
    return true;
}

// RFC 6455 7.4: those that may stand in a frame.
bool may_be_sent(std::uint16_t code) {
    const bool of_the_standard =
        code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
    return of_the_standard || (code >= 3000 && code <= 4999);
}

}  // namespace

struct FrameReader::Head {
    bool final = false;
    bool reserved = false;
    int opcode = 0;
    bool masked = false;
    bool minimal = true;  // the length has its shortest form
    std::uint64_t length = 0;
    std::size_t size = 0;  // of the head itself, its mask included

    // None: it is not whole yet.
    static std::optional<Head> read(std::string_view bytes) {
        if (bytes.size() < 2) return std::nullopt;
        Head head;
        head.final = (byte_at(bytes, 0) & 0x80U) != 0;
        head.reserved = (byte_at(bytes, 0) & 0x70U) != 0;
        head.opcode = static_cast<int>(byte_at(bytes, 0) & 0x0fU);
        head.masked = (byte_at(bytes, 1) & 0x80U) != 0;
        head.length = byte_at(bytes, 1) & 0x7fU;
        std::size_t extended = 0;
        if (head.length == 126) extended = 2;
        if (head.length == 127) extended = 8;
        head.size = 2 + extended + (head.masked ? kMaskBytes : 0);
        if (bytes.size() < head.size) return std::nullopt;
        if (extended == 0) return head;
        head.length = big_endian(bytes.substr(2, extended));
        head.minimal = head.length > (extended == 2 ? 125U : 0xffffU);
        return head;
    }
};

std::optional<Said> FrameReader::end_with(Said said) {
    over_ = true;
    buffer_ = std::string{};
    message_ = std::string{};
    return said;
}

std::optional<Said> FrameReader::broken(std::string problem, std::uint16_t code) {
    return end_with({Said::Kind::Broken, code, std::move(problem)});
}

std::optional<Said> FrameReader::next() {
    if (over_) {
        buffer_.clear();
        return std::nullopt;
    }
    while (true) {
        const auto head = Head::read(buffer_);
        if (!head) return std::nullopt;
        if (auto wrong = check(*head)) return wrong;
        const auto length = static_cast<std::size_t>(head->length);
        if (buffer_.size() - head->size < length) return std::nullopt;
        Frame frame{head->final, head->opcode, buffer_.substr(head->size, length)};
        const std::string mask = buffer_.substr(head->size - kMaskBytes, kMaskBytes);
        for (std::size_t i = 0; i < length; ++i)
            frame.payload[i] = static_cast<char>(frame.payload[i] ^ mask[i % kMaskBytes]);
        buffer_.erase(0, head->size + length);
        if (buffer_.empty()) buffer_ = std::string{};  // most links say little
        if (auto said = take(std::move(frame))) return said;
    }
}

// What can be told from a frame's head, before its payload is taken in.
std::optional<Said> FrameReader::check(const Head& head) {
    if (!head.masked) return broken("a frame of a client must be masked");
    if (head.reserved) return broken("a reserved bit is set, and no extension was agreed on");
    if (!head.minimal || (head.length >> 63U) != 0) return broken("a frame's length is malformed");
    if (is_control(head.opcode)) {
        if (head.opcode > kPong) return broken("a frame's opcode is reserved");
        if (!head.final) return broken("a control frame is fragmented");
        if (head.length > kControlLimit) return broken("a control frame is too long");
        return std::nullopt;
    }
    if (head.opcode > kBinary) return broken("a frame's opcode is reserved");
    if ((head.opcode == kContinuation) != in_message_) {
        return broken(in_message_ ? "a message begins within another"
                                  : "a fragment continues no message");
    }
    if (head.opcode == kBinary) return end_with({Said::Kind::Binary});
    if (head.length > message_limit_ - message_.size() || fragments_ >= kFragmentLimit) {
        return end_with({Said::Kind::TooBig});
    }
    return std::nullopt;
}

std::optional<Said> FrameReader::take(Frame frame) {
    if (is_control(frame.opcode)) return take_control(std::move(frame));
    in_message_ = !frame.final;
    message_ += frame.payload;
    fragments_ = in_message_ ? fragments_ + 1 : 0;
    if (in_message_) return std::nullopt;
    Said said{Said::Kind::Text, 0, std::exchange(message_, std::string{})};
    if (!is_utf8(said.text)) return broken("a text message is not UTF-8", kBadText);
    return said;
}

std::optional<Said> FrameReader::take_control(Frame frame) {
    if (frame.opcode == kClose) return take_close(frame.payload);
    const auto kind = frame.opcode == kPing ? Said::Kind::Ping : Said::Kind::Pong;
    return Said{kind, 0, std::move(frame.payload)};
}

std::optional<Said> FrameReader::take_close(const std::string& payload) {
    if (payload.empty()) return end_with({Said::Kind::Close});
    if (payload.size() == 1) return broken("a close frame has half a code");
    const auto code = static_cast<std::uint16_t>(big_endian(payload.substr(0, 2)));
    if (!may_be_sent(code)) return broken("a close frame has a code that must not be sent");
    std::string reason = payload.substr(2);
    if (!is_utf8(reason)) return broken("a close frame's reason is not UTF-8", kBadText);
    return end_with({Said::Kind::Close, code, std::move(reason)});
}

std::string frame_of(Opcode opcode, std::string_view payload) {
    ensure(payload.size() <= 0xffff);
    std::string frame{static_cast<char>(0x80U | static_cast<unsigned>(opcode))};
    if (payload.size() <= kControlLimit) {
        frame += static_cast<char>(payload.size());
    } else {
        frame += static_cast<char>(126);
        frame += static_cast<char>(payload.size() >> 8U);
        frame += static_cast<char>(payload.size() & 0xffU);
    }
    return frame.append(payload);
}

std::string close_frame(std::uint16_t code, std::string_view reason) {
    std::string payload{static_cast<char>(code >> 8U), static_cast<char>(code & 0xffU)};
    // Cut between characters.
    std::string_view rest = reason;
    std::size_t fits = 0;
    while (!rest.empty() && reason.size() - rest.size() <= kCloseReasonBytes) {
        fits = reason.size() - rest.size();
        take_code_point(rest);
    }
    if (reason.size() <= kCloseReasonBytes) fits = reason.size();
    payload += reason.substr(0, fits);
    return frame_of(Opcode::Close, payload);
}

}  // namespace understudy
