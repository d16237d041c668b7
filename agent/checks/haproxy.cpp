#include "agent/checks/haproxy.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

namespace understudy {
namespace {

// Some 300 bytes a row: room for thousands of servers.
constexpr std::size_t kAnswerLimitBytes = 2u << 20;

std::string_view take_line(std::string_view& rest) {
    const auto end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return line;
}

// HAProxy quotes only the last_chk and desc columns, which come after those read here.
std::vector<std::string_view> split(std::string_view line) {
    std::vector<std::string_view> cells;
    while (true) {
        const auto comma = line.find(',');
        cells.push_back(line.substr(0, comma));
        if (comma == std::string_view::npos) return cells;
        line.remove_prefix(comma + 1);
    }
}

struct Row {
    std::string_view proxy;
    std::string_view server;  // "FRONTEND", "BACKEND" or a server's name
    std::string_view status;
};

class Table {
  public:
    // False when the first line is not the header of `show stat`.
    bool read_header(std::string_view line) {
        if (line.substr(0, 2) != "# ") return false;
        const auto names = split(line.substr(2));
        const auto column = [&names](std::string_view name) {
            return static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
        };
        columns_ = {column("pxname"), column("svname"), column("status")};
        return std::ranges::max(columns_) < names.size();
    }
    std::optional<Row> read_row(std::string_view line) const {
        const auto cells = split(line);
        if (cells.size() <= std::ranges::max(columns_)) return std::nullopt;
        return Row{cells[columns_[0]], cells[columns_[1]], cells[columns_[2]]};
    }

  private:
    std::array<std::size_t, 3> columns_{};
};

bool concerns(const Row& row, const HaproxyCheck& settings) {
    if (!settings.proxy.empty() && row.proxy != settings.proxy) return false;
    if (settings.server.empty()) return row.server == "FRONTEND" || row.server == "BACKEND";
    return row.server == settings.server;
}

// "UP 1/3" is up and on its way down, "DOWN 1/2" the reverse; a server without checks says "no
// check".
bool is_good(const Row& row) {
    if (row.server == "FRONTEND") return row.status == "OPEN";
    return row.status.substr(0, 2) == "UP" || row.status == "no check";
}

std::string describe(const Row& row) {
    const std::string proxy{row.proxy};
    const std::string status = " is " + std::string{row.status};
    if (row.server == "FRONTEND") return "front end " + proxy + status;
    if (row.server == "BACKEND") return "back end " + proxy + status;
    return "server " + proxy + "/" + std::string{row.server} + status;
}

std::string nothing_found(const HaproxyCheck& settings) {
    if (settings.proxy.empty()) return "HAProxy lists no proxies";
    if (settings.server.empty()) return "HAProxy has no proxy called " + settings.proxy;
    return "HAProxy has no server called " + settings.proxy + "/" + settings.server;
}

}  // namespace

Outcome judge_haproxy(std::string_view csv, const HaproxyCheck& settings) {
    Table table;
    if (!table.read_header(take_line(csv))) {
        return {false, "the answer of " + settings.socket + " is not HAProxy's `show stat`"};
    }
    int found = 0;
    while (!csv.empty()) {
        const auto row = table.read_row(take_line(csv));
        if (!row || !concerns(*row, settings)) continue;
        if (!is_good(*row)) return {false, describe(*row)};
        ++found;
    }
    if (found == 0) return {false, nothing_found(settings)};
    return {true, {}};
}

void HaproxyProbe::start(Reactor& reactor, Report report) {
    const auto progress = [this, report](Stream::Progress what) {
        if (what == Stream::Progress::Connected) return;
        if (what == Stream::Progress::Failed) return report({false, stream_.problem()});
        if (what == Stream::Progress::Data && stream_.received().size() <= kAnswerLimitBytes)
            return;
        stream_.stop();
        if (what == Stream::Progress::Data) {
            return report({false, "the answer of " + settings_.socket + " is too long"});
        }
        report(judge_haproxy(stream_.received(), settings_));
    };
    // HAProxy closes after the answer to a command that is not in prompt mode.
    if (!stream_.open_unix(reactor, settings_.socket, "show stat\n", progress)) {
        report({false, stream_.problem()});
    }
}

}  // namespace understudy
