// FrameReader: what a WebSocket client says, out of the bytes it sends (RFC 6455 5), strictly: what
// the standard forbids is broken, not guessed at. Used by AgentSocket. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace understudy {

// What a peer said, be it a message or about the connection.
struct Said {
    enum class Kind : std::uint8_t {
        Text,    // a whole message, whatever its fragments
        Binary,  // such a message begins; nothing is read after it
        TooBig,  // likewise
        Ping,
        Pong,
        Close,
        Broken,  // not WebSocket: close with `code`; nothing is read after it
    };
    Kind kind = Kind::Broken;
    std::uint16_t code = 0;  // of Close (0: none was given) and Broken
    std::string text = {};   // of Text, Ping and Close; of Broken what is wrong
};

class FrameReader {
  public:
    explicit FrameReader(std::size_t message_limit) : message_limit_(message_limit) {}

    void feed(std::string_view bytes) { buffer_.append(bytes); }
    // None: more bytes are needed, or nothing is read any more.
    std::optional<Said> next();

  private:
    struct Frame {
        bool final = false;
        int opcode = 0;
        std::string payload;
    };
    struct Head;
    std::optional<Said> end_with(Said said);
    std::optional<Said> broken(std::string problem, std::uint16_t code = 1002);
    std::optional<Said> check(const Head& head);
    std::optional<Said> take(Frame frame);
    std::optional<Said> take_control(Frame frame);
    std::optional<Said> take_close(const std::string& payload);

    const std::size_t message_limit_;
    std::string buffer_;
    std::string message_;  // its fragments so far
    int fragments_ = 0;
    bool in_message_ = false;
    bool over_ = false;
};

// A frame of ours: whole, unmasked as a server's must be, of at most 65,535 bytes.
enum class Opcode : std::uint8_t { Text = 1, Close = 8, Ping = 9, Pong = 10 };
std::string frame_of(Opcode opcode, std::string_view payload);
std::string close_frame(std::uint16_t code, std::string_view reason);

}  // namespace understudy
