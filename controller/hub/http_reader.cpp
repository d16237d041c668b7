#include "controller/hub/http_reader.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/text.h"
#include "controller/hub/http_target.h"

namespace understudy {
namespace {

constexpr std::size_t kHeadersLimit = 100;
constexpr std::size_t kMethodLimit = 16;
constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kHeadEnd = "\r\n\r\n";

// RFC 9110 5.6.2
bool is_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') ||
               std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
    });
}

// Calls visit(item) for each item of a comma-separated list.
template <typename Visit>
void each_item(std::string_view list, Visit visit) {
    while (true) {
        const std::size_t comma = list.find(',');
        visit(trimmed(list.substr(0, comma)));
        if (comma == std::string_view::npos) return;
        list.remove_prefix(comma + 1);
    }
}

// Of an item with a weight: "gzip;q=0" (RFC 9110 12.4.2).
bool refuses(std::string_view item) {
    const std::size_t weight = item.find("q=");
    return weight != std::string_view::npos &&
           item.find_first_not_of("0.", weight + 2) == std::string_view::npos;
}

}  // namespace

HttpReader::Next HttpReader::refuse(int status, std::string message, std::string remedy,
                                    std::string field) {
    refused(status, invalid(std::move(field), std::move(message), std::move(remedy)));
    return Next::Refused;
}

bool HttpReader::refused(int status, Error error) {
    give_up();
    refusal_ = {status, std::move(error)};
    return false;
}

bool HttpReader::refused(int status, std::string message, std::string remedy, std::string field) {
    return refused(status, invalid(std::move(field), std::move(message), std::move(remedy)));
}

void HttpReader::give_up() {
    stage_ = Stage::Refused;
    buffer_ = std::string{};
    message_ = HttpMessage{};
}

HttpReader::Next HttpReader::next() {
    switch (stage_) {
        case Stage::Head:
            return read_head();
        case Stage::Allowed:
            return body_allowed_ ? begin_body() : Next::Body;
        case Stage::Body:
            return chunked_ ? read_chunks() : read_body();
        case Stage::Ready:
            return Next::Request;
        case Stage::Refused:
            return Next::Refused;
    }
    return Next::Refused;
}

HttpMessage HttpReader::take() {
    stage_ = Stage::Head;
    return std::exchange(message_, HttpMessage{});
}

HttpReader::Next HttpReader::read_head() {
    while (buffer_.starts_with(kLineEnd))
        buffer_.erase(0, kLineEnd.size());  // RFC 9112 2.2
    // The same answer however the bytes are cut: by what comes first.
    const std::size_t end = buffer_.find(kHeadEnd);
    const std::size_t bare = buffer_.find("\n\n");
    const std::size_t most = head_limit_ + kHeadEnd.size();
    if (bare < end && bare <= most - 2) {
        return refuse(400, "header lines end with LF alone", "end them with CR LF");
    }
    if (end == std::string::npos || end > head_limit_) {
        if (buffer_.size() >= most) {
            return refuse(431,
                          "the request line and headers have more than " +
                              std::to_string(head_limit_) + " bytes",
                          "send fewer or shorter headers and a shorter query");
        }
        return Next::NeedMore;
    }
    message_ = HttpMessage{};
    body_limit_ = content_length_ = 0;
    chunks_ = ChunkReader{};
    hosts_ = 0;
    body_allowed_ = has_length_ = chunked_ = has_authorization_ = false;
    http_1_0_ = expects_continue_ = false;

    const std::string head = buffer_.substr(0, end + kLineEnd.size());
    buffer_.erase(0, end + kHeadEnd.size());
    const std::size_t line_end = head.find(kLineEnd);
    if (!read_request_line(std::string_view{head}.substr(0, line_end)) ||
        !read_headers(std::string_view{head}.substr(line_end + kLineEnd.size())) ||
        !settle_framing()) {
        return Next::Refused;
    }
    stage_ = Stage::Allowed;
    body_allowed_ = content_length_ == 0 && !chunked_;
    return next();
}

void HttpReader::allow_body(std::size_t limit) {
    body_allowed_ = true;
    body_limit_ = limit;
}

HttpReader::Next HttpReader::begin_body() {
    if (content_length_ > body_limit_) {
        return refuse(413, "the body has " + std::to_string(content_length_) + " bytes",
                      "send at most " + std::to_string(body_limit_));
    }
    stage_ = Stage::Body;
    const bool missing = chunked_ ? buffer_.empty() : buffer_.size() < content_length_;
    return expects_continue_ && missing ? Next::Continue : next();
}

HttpReader::Next HttpReader::read_body() {
    if (buffer_.size() < content_length_) return Next::NeedMore;
    message_.body = buffer_.substr(0, content_length_);
    buffer_.erase(0, content_length_);
    if (buffer_.empty()) buffer_ = std::string{};
    stage_ = Stage::Ready;
    return Next::Request;
}

HttpReader::Next HttpReader::read_chunks() {
    switch (chunks_.read(buffer_, message_.body, body_limit_)) {
        case ChunkReader::Next::NeedMore:
            return Next::NeedMore;
        case ChunkReader::Next::Done:
            stage_ = Stage::Ready;
            return Next::Request;
        case ChunkReader::Next::TooLong:
            return refuse(413, "the body has more than " + std::to_string(body_limit_) + " bytes",
                          "send at most so many");
        case ChunkReader::Next::Broken:
            break;
    }
    return refuse(400, "the body's chunks are not what RFC 9112 7.1 describes",
                  "send the body with Content-Length");
}

bool HttpReader::read_request_line(std::string_view line) {
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) {
        return refused(400, "the request line is not METHOD TARGET VERSION",
                       "send one like 'GET /api/v1/status HTTP/1.1'");
    }
    const std::string_view method = line.substr(0, first);
    const std::string_view version = line.substr(last + 1);
    if (!is_token(method) || method.size() > kMethodLimit) {
        return refused(400, "the method is not a token", "send GET, POST, PUT, PATCH or DELETE");
    }
    if (version != "HTTP/1.1" && version != "HTTP/1.0") {
        const bool is_http = version.starts_with("HTTP/") && version.size() <= 8;
        return refused(is_http ? 505 : 400, "only HTTP/1.1 and HTTP/1.0 are spoken here",
                       "send the request as HTTP/1.1");
    }
    http_1_0_ = version == "HTTP/1.0";
    message_.method = method;
    message_.keep_alive = message_.takes_chunks = !http_1_0_;
    Result<HttpTarget> target = parse_http_target(line.substr(first + 1, last - first - 1));
    if (!target) return refused(400, target.error());
    message_.path = std::move(target->path);
    message_.query = std::move(target->query);
    return true;
}

bool HttpReader::read_headers(std::string_view lines) {
    std::size_t count = 0;
    while (!lines.empty()) {
        const std::string_view line = lines.substr(0, lines.find(kLineEnd));
        lines.remove_prefix(line.size() + kLineEnd.size());
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
            return refused(400, "a header line is not NAME: VALUE", "send the headers so");
        }
        if (++count > kHeadersLimit) {
            return refused(
                431, "the request has more than " + std::to_string(kHeadersLimit) + " headers",
                "send fewer");
        }
        const std::string_view value = trimmed(line.substr(colon + 1));
        const bool clean = std::ranges::all_of(value, [](char c) {
            return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
        });
        if (!clean) {
            return refused(400, "a header has a control character", "leave it out",
                           std::string{line.substr(0, colon)});
        }
        if (!read_header(line.substr(0, colon), value)) return false;
    }
    return true;
}

bool HttpReader::read_header(std::string_view name, std::string_view value) {
    if (same_ignoring_case(name, "host")) {
        ++hosts_;
        message_.host = value;
    } else if (same_ignoring_case(name, "authorization")) {
        if (std::exchange(has_authorization_, true)) {
            return refused(400, "there are two Authorization headers", "send one", "Authorization");
        }
        message_.authorization = value;
    } else if (same_ignoring_case(name, "content-type")) {
        message_.content_type = value;
    } else if (same_ignoring_case(name, "if-none-match")) {
        add_item(message_.if_none_match, value);
    } else if (same_ignoring_case(name, "accept-encoding")) {
        each_item(value, [this](std::string_view item) {
            if (same_ignoring_case(item.substr(0, item.find_first_of("; \t")), "gzip"))
                message_.accepts_gzip = !refuses(item);
        });
    } else if (same_ignoring_case(name, "if-match")) {
        add_item(message_.if_match, value);
    } else if (same_ignoring_case(name, "idempotency-key")) {
        add_item(message_.idempotency_key, value);  // of two, neither is meant
    } else if (same_ignoring_case(name, "content-length")) {
        return read_content_length(value);
    } else if (same_ignoring_case(name, "transfer-encoding")) {
        return read_transfer_encoding(value);
    } else if (same_ignoring_case(name, "expect")) {
        expects_continue_ = same_ignoring_case(value, "100-continue");
    } else if (same_ignoring_case(name, "connection")) {
        each_item(value, [this](std::string_view item) {
            if (same_ignoring_case(item, "upgrade")) message_.upgrades = true;
            if (same_ignoring_case(item, "close")) message_.keep_alive = false;
            if (same_ignoring_case(item, "keep-alive") && http_1_0_) message_.keep_alive = true;
        });
    } else {
        read_upgrade_header(name, value);
        return read_kept_header(name, value);
    }
    return true;
}

bool HttpReader::read_kept_header(std::string_view name, std::string_view value) {
    const auto wanted = std::ranges::find_if(
        keep_, [name](const std::string& each) { return same_ignoring_case(each, name); });
    if (wanted == keep_.end()) return true;
    if (std::ranges::find(message_.kept, *wanted, &std::pair<std::string, std::string>::first) !=
        message_.kept.end()) {
        return refused(400, "there are two " + *wanted + " headers", "send one", *wanted);
    }
    message_.kept.emplace_back(*wanted, value);
    return true;
}

// Lists may come in several headers (RFC 9110 5.3).
void HttpReader::read_upgrade_header(std::string_view name, std::string_view value) {
    const auto add = [&](std::string& list) { add_item(list, value); };
    if (same_ignoring_case(name, "upgrade")) {
        add(message_.upgrade);
    } else if (same_ignoring_case(name, "sec-websocket-version")) {
        add(message_.websocket_version);
    } else if (same_ignoring_case(name, "sec-websocket-key")) {
        add(message_.websocket_key);
    } else if (same_ignoring_case(name, "sec-websocket-protocol")) {
        add(message_.websocket_protocols);
    }
}

bool HttpReader::read_content_length(std::string_view value) {
    if (std::exchange(has_length_, true) || value.empty() || value.size() > 18 ||
        !std::ranges::all_of(value, is_digit)) {
        return refused(400, "Content-Length comes twice or is no number", "send it once",
                       "Content-Length");
    }
    content_length_ = std::stoull(std::string(value));
    return true;
}

bool HttpReader::read_transfer_encoding(std::string_view value) {
    if (!same_ignoring_case(value, "chunked")) {
        return refused(501, "of the transfer codings only chunked is known here",
                       "send the body with Content-Length, or in chunks", "Transfer-Encoding");
    }
    if (!std::exchange(chunked_, true)) return true;
    return refused(400, "Transfer-Encoding comes twice", "send it once", "Transfer-Encoding");
}

bool HttpReader::settle_framing() {
    if (hosts_ > 1 || (hosts_ == 0 && !http_1_0_)) {
        return refused(400, "there is not exactly one Host header", "send one", "Host");
    }
    if (chunked_ && (has_length_ || http_1_0_)) {
        return refused(400, "Transfer-Encoding contradicts Content-Length or HTTP/1.0",
                       "send Content-Length alone", "Transfer-Encoding");
    }
    return true;
}

}  // namespace understudy
