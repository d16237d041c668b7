#include "agent/checks/http.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"

namespace understudy {
namespace {

constexpr std::size_t kStatusLineLimitBytes = 1024;

std::string to_text(const std::vector<StatusRange>& ranges) {
    std::string out;
    for (const StatusRange& range : ranges)
        add_item(out, to_string(range));
    return out;
}

}  // namespace

std::optional<int> read_status_line(std::string_view answer) {
    constexpr std::string_view kStart = "HTTP/1.";
    const auto known = std::min(answer.size(), kStart.size());
    if (answer.substr(0, known) != kStart.substr(0, known)) return 0;
    const auto end = answer.find('\n');
    if (end == std::string_view::npos) {
        if (answer.size() > kStatusLineLimitBytes) return 0;
        return std::nullopt;
    }
    // "HTTP/1.1 200 OK": version of 8 characters, a space, three digits, the end or a space.
    const std::string_view line = answer.substr(0, end);
    if (line.size() < 12 || line[8] != ' ' || !std::all_of(&line[9], &line[9] + 3, is_digit)) {
        return 0;
    }
    if (line.size() > 12 && line[12] != ' ' && line[12] != '\r') return 0;
    return (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
}

std::string HttpProbe::request() const {
    return settings_.method + " " + settings_.path + " HTTP/1.1\r\nHost: " + settings_.host +
           "\r\nUser-Agent: understudy-agent\r\nAccept: */*\r\nConnection: close\r\n\r\n";
}

Outcome HttpProbe::judge(int status) const {
    const bool expected = std::ranges::any_of(
        settings_.expect, [status](const StatusRange& range) { return range.has(status); });
    if (expected) return {true, {}};
    return {false,
            "expected status " + to_text(settings_.expect) + ", got " + std::to_string(status)};
}

void HttpProbe::start(Reactor& reactor, Report report) {
    const auto progress = [this, report](Stream::Progress what) {
        if (what == Stream::Progress::Connected) return;
        if (what == Stream::Progress::Failed) return report({false, stream_.problem()});
        const auto status = read_status_line(stream_.received());
        if (!status && what == Stream::Progress::Data) return;
        stream_.stop();
        if (!status) return report({false, "the connection ended before an HTTP status"});
        if (*status == 0) return report({false, "the answer is not HTTP/1"});
        report(judge(*status));
    };
    if (!stream_.open_tcp(reactor, settings_.peer.address, settings_.peer.port, request(),
                          progress)) {
        report({false, stream_.problem()});
    }
}

}  // namespace understudy
