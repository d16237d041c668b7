// HttpReader: HTTP/1.1 requests out of the bytes of one connection (RFC 9112), strictly: what two
// programs could read differently is refused, not guessed at. Used by HttpListener. Pure.
//
// One request at a time: take() it, then ask next() again, more may have arrived behind it
// (pipelining). Of a body nothing is taken before its owner has said how much it may be.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "controller/hub/http_chunks.h"

namespace understudy {

struct HttpMessage {
    std::string method;  // as sent: "HEAD" stays "HEAD"
    std::string path;    // percent-decoded
    std::vector<std::pair<std::string, std::string>> query;
    std::string authorization;
    std::string content_type;
    std::string if_match, if_none_match;
    bool accepts_gzip = false;  // Accept-Encoding names it, and not with q=0
    std::string idempotency_key;
    std::string body;
    bool keep_alive = true;
    bool takes_chunks = true;  // HTTP/1.0 knows none
    std::string host;          // as sent
    // Of the headers that the reader was told to keep: name in lower case, value as sent.
    std::vector<std::pair<std::string, std::string>> kept;
    // Of a WebSocket upgrade (RFC 6455 4.2.1), as sent.
    bool upgrades = false;  // Connection names it
    std::string upgrade, websocket_version, websocket_key, websocket_protocols;
};

class HttpReader {
  public:
    // `keep`: more headers that its owner reads, in lower case; outlives the reader. Each may come
    // once: by two of them two programs would know two people.
    explicit HttpReader(std::size_t head_limit, std::span<const std::string> keep = {})
        : head_limit_(head_limit), keep_(keep) {}

    void feed(std::string_view bytes) { buffer_.append(bytes); }

    enum class Next {
        NeedMore,
        Body,      // head() is whole and a body follows: allow_body(), or answer and close
        Continue,  // the client waits for "100 Continue" before it sends the body; said once
        Request,   // take() it
        Refused,   // answer with refusal() and close: where the next request begins is unknown
    };
    Next next();
    HttpMessage take();

    const HttpMessage& head() const { return message_; }
    void allow_body(std::size_t limit);
    // Nothing more is read; for who is refused for another reason.
    void give_up();

    struct Refusal {
        int status = 400;
        Error error;
    };
    const Refusal& refusal() const { return refusal_; }

    // What came behind the request, for who goes on in another protocol.
    std::string take_rest() { return std::exchange(buffer_, std::string{}); }

    // Nothing of a request has arrived.
    bool idle() const { return stage_ == Stage::Head && buffer_.empty(); }
    bool in_body() const { return stage_ == Stage::Body || stage_ == Stage::Allowed; }
    std::size_t buffered_bytes() const { return buffer_.size() + message_.body.size(); }

  private:
    enum class Stage { Head, Allowed, Body, Ready, Refused };
    Next refuse(int status, std::string message, std::string remedy = {}, std::string field = {});
    bool refused(int status, std::string message, std::string remedy = {}, std::string field = {});
    bool refused(int status, Error error);
    Next read_head();
    Next begin_body();
    Next read_body();
    Next read_chunks();
    bool read_request_line(std::string_view line);
    bool read_headers(std::string_view lines);
    bool read_header(std::string_view name, std::string_view value);
    bool read_kept_header(std::string_view name, std::string_view value);
    void read_upgrade_header(std::string_view name, std::string_view value);
    bool read_content_length(std::string_view value);
    bool read_transfer_encoding(std::string_view value);
    bool settle_framing();

    const std::size_t head_limit_;
    const std::span<const std::string> keep_;
    std::string buffer_;
    Stage stage_ = Stage::Head;
    HttpMessage message_;
    Refusal refusal_;
    // Of the request being read.
    std::size_t body_limit_ = 0;
    bool body_allowed_ = false;
    std::size_t content_length_ = 0;
    ChunkReader chunks_;
    int hosts_ = 0;
    bool has_length_ = false, chunked_ = false, has_authorization_ = false;
    bool http_1_0_ = false, expects_continue_ = false;
};

}  // namespace understudy
