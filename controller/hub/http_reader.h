// HttpReader: HTTP/1.1 requests out of the bytes of one connection (RFC 9112), strictly: what two
// programs could read differently is refused, not guessed at. Used by HttpListener. Pure.
//
// One request at a time: take() it, then ask next() again, more may have arrived behind it
// (pipelining).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace understudy {

struct HttpMessage {
    std::string method;  // as sent: "HEAD" stays "HEAD"
    std::string path;    // percent-decoded
    std::vector<std::pair<std::string, std::string>> query;
    std::string authorization;
    std::string content_type;
    std::string if_none_match;
    std::string body;
    bool keep_alive = true;
    // Of a WebSocket upgrade (RFC 6455 4.2.1), as sent.
    bool upgrades = false;  // Connection names it
    std::string upgrade, websocket_version, websocket_key, websocket_protocols;
};

// One path may have longer bodies than the others.
struct RoomyPath {
    std::string path = {};
    std::size_t body_limit = 0;
};

class HttpReader {
  public:
    HttpReader(std::size_t head_limit, std::size_t body_limit, RoomyPath roomy = {})
        : head_limit_(head_limit), body_limit_(body_limit), roomy_(std::move(roomy)) {}

    void feed(std::string_view bytes) { buffer_.append(bytes); }

    enum class Next {
        NeedMore,
        Continue,  // the client waits for "100 Continue" before it sends the body; said once
        Request,   // take() it
        Refused,   // answer with refusal() and close: where the next request begins is unknown
    };
    Next next();
    HttpMessage take();

    struct Refusal {
        int status = 400;
        std::string message;
    };
    const Refusal& refusal() const { return refusal_; }

    // What came behind the request, for who goes on in another protocol.
    std::string take_rest() { return std::exchange(buffer_, std::string{}); }

    // Nothing of a request has arrived.
    bool idle() const { return stage_ == Stage::Head && buffer_.empty(); }
    bool in_body() const { return stage_ == Stage::Body; }
    std::size_t buffered_bytes() const { return buffer_.size() + message_.body.size(); }

  private:
    enum class Stage { Head, Body, Ready, Refused };
    Next refuse(int status, std::string message);
    Next read_head();
    Next read_body();
    bool read_request_line(std::string_view line);
    bool read_headers(std::string_view lines);
    bool read_header(std::string_view name, std::string_view value);
    void read_upgrade_header(std::string_view name, std::string_view value);
    bool read_target(std::string_view target);
    bool read_content_length(std::string_view value);
    bool settle_framing();
    std::size_t body_limit() const;

    const std::size_t head_limit_;
    const std::size_t body_limit_;
    const RoomyPath roomy_;
    std::string buffer_;
    Stage stage_ = Stage::Head;
    HttpMessage message_;
    Refusal refusal_;
    // Of the request being read.
    std::size_t content_length_ = 0;
    int hosts_ = 0;
    bool has_length_ = false, has_transfer_encoding_ = false, has_authorization_ = false;
    bool http_1_0_ = false, expects_continue_ = false;
};

}  // namespace understudy
