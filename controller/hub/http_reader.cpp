#include "controller/hub/http_reader.h"

#include <algorithm>
#include <optional>

#include "base/utf8.h"

namespace understudy {
namespace {

constexpr std::size_t kHeadersLimit = 100;
constexpr std::size_t kMethodLimit = 16;
constexpr std::size_t kQueryLimit = 100;
constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kHeadEnd = "\r\n\r\n";

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                              [](char x, char y) { return lower(x) == lower(y); });
}

// RFC 9110 5.6.2
bool is_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') ||
               std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
    });
}

std::string_view trim(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    const char letter = lower(c);
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

// None: a broken escape, or text that is no clean UTF-8.
std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && plus_is_space) {
            decoded += ' ';
        } else if (text[i] != '%') {
            decoded += text[i];
        } else {
            if (i + 2 >= text.size()) return std::nullopt;
            const int high = hex_value(text[i + 1]), low = hex_value(text[i + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            decoded += static_cast<char>(high * 16 + low);
            i += 2;
        }
    }
    const bool clean = std::ranges::none_of(
        decoded, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    if (!clean || valid_utf8(decoded) != decoded) return std::nullopt;
    return decoded;
}

// Calls visit(item) for each item of a comma-separated list.
template <typename Visit>
void each_item(std::string_view list, Visit visit) {
    while (true) {
        const std::size_t comma = list.find(',');
        visit(trim(list.substr(0, comma)));
        if (comma == std::string_view::npos) return;
        list.remove_prefix(comma + 1);
    }
}

}  // namespace

HttpReader::Next HttpReader::refuse(int status, std::string message) {
    stage_ = Stage::Refused;
    refusal_ = {status, std::move(message)};
    buffer_ = std::string{};
    return Next::Refused;
}

HttpReader::Next HttpReader::next() {
    switch (stage_) {
        case Stage::Head:
            return read_head();
        case Stage::Body:
            return read_body();
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
    const std::size_t end = buffer_.find(kHeadEnd);
    if (end == std::string::npos || end > head_limit_) {
        if (buffer_.size() > head_limit_) {
            return refuse(431, "the request line and headers may have " +
                                   std::to_string(head_limit_) + " bytes");
        }
        if (buffer_.find("\n\n") != std::string::npos) {
            return refuse(400, "header lines end with CR LF");
        }
        return Next::NeedMore;
    }
    message_ = HttpMessage{};
    content_length_ = 0;
    hosts_ = 0;
    has_length_ = has_transfer_encoding_ = has_authorization_ = false;
    http_1_0_ = expects_continue_ = false;

    const std::string head = buffer_.substr(0, end + kLineEnd.size());
    buffer_.erase(0, end + kHeadEnd.size());
    const std::size_t line_end = head.find(kLineEnd);
    if (!read_request_line(std::string_view{head}.substr(0, line_end)) ||
        !read_headers(std::string_view{head}.substr(line_end + kLineEnd.size())) ||
        !settle_framing()) {
        return Next::Refused;
    }
    stage_ = Stage::Body;
    if (expects_continue_ && buffer_.size() < content_length_) return Next::Continue;
    return read_body();
}

HttpReader::Next HttpReader::read_body() {
    if (buffer_.size() < content_length_) return Next::NeedMore;
    message_.body = buffer_.substr(0, content_length_);
    buffer_.erase(0, content_length_);
    if (buffer_.empty()) buffer_ = std::string{};
    stage_ = Stage::Ready;
    return Next::Request;
}

bool HttpReader::read_request_line(std::string_view line) {
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) {
        refuse(400, "the request line is not METHOD TARGET VERSION");
        return false;
    }
    const std::string_view method = line.substr(0, first);
    const std::string_view version = line.substr(last + 1);
    if (!is_token(method) || method.size() > kMethodLimit) {
        refuse(400, "the method is not a token");
        return false;
    }
    if (version != "HTTP/1.1" && version != "HTTP/1.0") {
        const bool is_http = version.starts_with("HTTP/") && version.size() <= 8;
        refuse(is_http ? 505 : 400, "only HTTP/1.1 and HTTP/1.0 are spoken here");
        return false;
    }
    http_1_0_ = version == "HTTP/1.0";
    message_.method = method;
    message_.keep_alive = !http_1_0_;
    return read_target(line.substr(first + 1, last - first - 1));
}

bool HttpReader::read_target(std::string_view target) {
    for (const std::string_view scheme :
         {"http://", "https://"}) {  // absolute form, RFC 9112 3.2.2
        if (target.size() < scheme.size() || !same(target.substr(0, scheme.size()), scheme))
            continue;
        const std::size_t path = target.find_first_of("/?", scheme.size());
        target = path == std::string_view::npos ? std::string_view{"/"} : target.substr(path);
    }
    const bool printable = std::ranges::all_of(target, [](char c) { return c > 0x20 && c < 0x7f; });
    if (!target.starts_with('/') || !printable) {
        refuse(400, "the request target must be a path such as /api/v1/servers");
        return false;
    }
    target = target.substr(0, target.find('#'));
    const std::size_t question = target.find('?');
    std::optional<std::string> path = percent_decoded(target.substr(0, question), false);
    if (!path) {
        refuse(400, "the path has a broken or forbidden percent escape");
        return false;
    }
    message_.path = std::move(*path);
    if (question == std::string_view::npos) return true;
    std::string_view rest = target.substr(question + 1);
    while (!rest.empty()) {
        const std::string_view pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
        if (pair.empty()) continue;
        const std::size_t equals = std::min(pair.find('='), pair.size());
        std::optional<std::string> name = percent_decoded(pair.substr(0, equals), true);
        std::optional<std::string> value =
            percent_decoded(pair.substr(std::min(equals + 1, pair.size())), true);
        if (!name || !value || message_.query.size() == kQueryLimit) {
            refuse(400,
                   "the query has a broken or forbidden percent escape, or too many parameters");
            return false;
        }
        message_.query.emplace_back(std::move(*name), std::move(*value));
    }
    return true;
}

bool HttpReader::read_headers(std::string_view lines) {
    std::size_t count = 0;
    while (!lines.empty()) {
        const std::string_view line = lines.substr(0, lines.find(kLineEnd));
        lines.remove_prefix(line.size() + kLineEnd.size());
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
            refuse(400, "a header line is not NAME: VALUE");
            return false;
        }
        if (++count > kHeadersLimit) {
            refuse(431, "a request may have " + std::to_string(kHeadersLimit) + " headers");
            return false;
        }
        const std::string_view value = trim(line.substr(colon + 1));
        const bool clean = std::ranges::all_of(value, [](char c) {
            return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
        });
        if (!clean) {
            refuse(400, "a header has a control character");
            return false;
        }
        if (!read_header(line.substr(0, colon), value)) return false;
    }
    return true;
}

bool HttpReader::read_header(std::string_view name, std::string_view value) {
    if (same(name, "host")) {
        ++hosts_;
    } else if (same(name, "authorization")) {
        if (std::exchange(has_authorization_, true)) {
            refuse(400, "two Authorization headers");
            return false;
        }
        message_.authorization = value;
    } else if (same(name, "content-type")) {
        message_.content_type = value;
    } else if (same(name, "if-none-match")) {
        message_.if_none_match = value;
    } else if (same(name, "content-length")) {
        return read_content_length(value);
    } else if (same(name, "transfer-encoding")) {
        has_transfer_encoding_ = true;
    } else if (same(name, "expect")) {
        expects_continue_ = same(value, "100-continue");
    } else if (same(name, "connection")) {
        each_item(value, [this](std::string_view item) {
            if (same(item, "upgrade")) message_.upgrades = true;
            if (same(item, "close")) message_.keep_alive = false;
            if (same(item, "keep-alive") && http_1_0_) message_.keep_alive = true;
        });
    } else {
        read_upgrade_header(name, value);
    }
    return true;
}

// Lists may come in several headers (RFC 9110 5.3).
void HttpReader::read_upgrade_header(std::string_view name, std::string_view value) {
    const auto add = [&](std::string& list) {
        list += (list.empty() ? "" : ", ") + std::string(value);
    };
    if (same(name, "upgrade")) {
        add(message_.upgrade);
    } else if (same(name, "sec-websocket-version")) {
        add(message_.websocket_version);
    } else if (same(name, "sec-websocket-key")) {
        add(message_.websocket_key);
    } else if (same(name, "sec-websocket-protocol")) {
        add(message_.websocket_protocols);
    }
}

bool HttpReader::read_content_length(std::string_view value) {
    if (std::exchange(has_length_, true) || value.empty() || value.size() > 18 ||
        !std::ranges::all_of(value, is_digit)) {
        refuse(400, "Content-Length must come once and be a number");
        return false;
    }
    content_length_ = std::stoull(std::string(value));
    return true;
}

std::size_t HttpReader::body_limit() const {
    return !roomy_.path.empty() && message_.path == roomy_.path ? roomy_.body_limit : body_limit_;
}

bool HttpReader::settle_framing() {
    if (hosts_ > 1 || (hosts_ == 0 && !http_1_0_)) {
        refuse(400, "exactly one Host header is needed");
    } else if (has_transfer_encoding_ && has_length_) {
        refuse(400, "Content-Length and Transfer-Encoding contradict each other");
    } else if (has_transfer_encoding_) {
        refuse(411, "send the body with Content-Length, not in chunks");
    } else if (content_length_ > body_limit()) {
        refuse(413, "a body may have " + std::to_string(body_limit()) + " bytes");
    } else {
        return true;
    }
    return false;
}

}  // namespace understudy
