#include "base/zone_rule.h"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "base/ascii.h"
#include "base/text.h"

namespace understudy {
namespace {

using std::chrono::seconds;

// IEEE Std 1003.1, 8.3 "Other Environment Variables", TZ; RFC 8536, 3.3.1 adds times of -167 to 167
// hours.
class RuleReader {
  public:
    explicit RuleReader(std::string_view text) : left_(text) {}

    std::optional<ZoneRule> read() {
        ZoneRule rule;
        if (!name()) return std::nullopt;
        const auto offset = time(24);
        if (!offset) return std::nullopt;
        rule.offset = -*offset;
        if (left_.empty()) return rule;
        ZoneRule::Summer summer;
        if (!name()) return std::nullopt;
        summer.offset = rule.offset + std::chrono::hours{1};
        if (!left_.empty() && left_.front() != ',') {
            const auto given = time(24);
            if (!given) return std::nullopt;
            summer.offset = -*given;
        }
        if (!turn(summer.begin) || !turn(summer.end) || !left_.empty()) return std::nullopt;
        rule.summer = summer;
        return rule;
    }

  private:
    bool take(char wanted) {
        if (left_.empty() || left_.front() != wanted) return false;
        left_.remove_prefix(1);
        return true;
    }
    bool name() {
        const bool angled = take('<');
        std::size_t length = 0;
        while (length < left_.size() && (angled ? left_[length] != '>' : is_letter(left_[length])))
            ++length;
        if (length < 3 || (angled && length == left_.size())) return false;
        left_.remove_prefix(length + (angled ? 1 : 0));
        return true;
    }
    static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
    std::optional<unsigned> number(unsigned high) {
        unsigned value = 0;
        std::size_t length = 0;
        while (length < left_.size() && length < 3 && is_digit(left_[length]))
            value = value * 10 + static_cast<unsigned>(left_[length++] - '0');
        if (length == 0 || value > high) return std::nullopt;
        left_.remove_prefix(length);
        return value;
    }
    std::optional<seconds> time(unsigned most_hours) {
        const bool negative = take('-');
        if (!negative) (void)take('+');
        const auto hours = number(most_hours);
        if (!hours) return std::nullopt;
        seconds total{*hours * 3'600};
        for (const unsigned unit : {60u, 1u}) {
            if (!take(':')) break;
            const auto part = number(59);
            if (!part) return std::nullopt;
            total += seconds{*part * unit};
        }
        return negative ? -total : total;
    }
    bool turn(ZoneRule::Turn& into) {
        if (!take(',')) return false;
        std::optional<unsigned> day;
        if (take('M')) {
            const auto month = number(12);
            const bool dot = month && take('.');
            const auto week = dot ? number(5) : std::nullopt;
            if (week && take('.')) day = number(6);
            if (!day || *month == 0 || *week == 0) return false;
            into.month = *month;
            into.week = *week;
        } else if (take('J')) {
            into.by = ZoneRule::Turn::By::JulianDay;
            day = number(365);
        } else {
            into.by = ZoneRule::Turn::By::DayOfYear;
            day = number(365);
        }
        if (!day) return false;
        into.day = *day;
        if (!take('/')) return true;
        const auto at = time(167);
        if (at) into.time = *at;
        return at.has_value();
    }
    std::string_view left_;
};

std::chrono::sys_days day_of(const ZoneRule::Turn& turn, std::chrono::year year) {
    using namespace std::chrono;
    const sys_days first{year / January / 1};
    switch (turn.by) {
        case ZoneRule::Turn::By::Weekday: {
            const weekday day{turn.day};
            if (turn.week == 5) return sys_days{year / month{turn.month} / day[last]};
            return sys_days{year / month{turn.month} / day[turn.week]};
        }
        case ZoneRule::Turn::By::JulianDay: {  // 1 to 365, and February 29 is never counted
            const bool after_february = year.is_leap() && turn.day >= 60;
            return first + days{static_cast<int>(turn.day) - (after_february ? 0 : 1)};
        }
        case ZoneRule::Turn::By::DayOfYear:
            return first + days{static_cast<int>(turn.day)};
    }
    return first;
}

bool is_zone_name(std::string_view name) {
    const auto allowed = [](const char& c) {
        return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '/' ||
               c == '_' || c == '-' || c == '+';
    };
    return !name.empty() && name.size() < 64 && name.front() != '/' &&
           std::ranges::all_of(name, allowed);
}

}  // namespace

std::optional<ZoneRule> parse_zone_rule(std::string_view posix) {
    return RuleReader{posix}.read();
}

std::chrono::seconds offset_at(const ZoneRule& rule, WallTime time) {
    if (!rule.summer) return rule.offset;
    const auto day = std::chrono::floor<std::chrono::days>(time + rule.offset);
    const std::chrono::year year = std::chrono::year_month_day{day}.year();
    const ZoneRule::Summer& summer = *rule.summer;
    const auto begin = day_of(summer.begin, year) + summer.begin.time - rule.offset;
    const auto end = day_of(summer.end, year) + summer.end.time - summer.offset;
    const bool is_summer = begin < end ? time >= begin && time < end : time >= begin || time < end;
    return is_summer ? summer.offset : rule.offset;
}

std::optional<ZoneRule> parse_utc_offset(std::string_view text) {
    if (text.starts_with("UTC")) text.remove_prefix(3);
    if (text.empty()) return ZoneRule{};
    const bool formed = text.size() == 6 && (text[0] == '+' || text[0] == '-') && text[3] == ':';
    if (!formed) return std::nullopt;
    // A POSIX offset is what has to be added to have UTC.
    const auto rule = parse_zone_rule("UTC" + std::string{text[0] == '+' ? '-' : '+'} +
                                      std::string{text.substr(1)});
    const auto most = std::chrono::hours{14};
    if (!rule || rule->offset > most || rule->offset < -most) return std::nullopt;
    return rule;
}

Result<std::string> zone_of(std::string_view name) {
    const auto unknown = [&] {
        return invalid({}, "there is no time zone " + quoted(name) + " on this machine",
                       "give its name (Europe/Berlin; package tzdata has them) or an offset "
                       "(UTC, +02:00)");
    };
    if (!is_zone_name(name)) return unknown();
    const std::string path = "/usr/share/zoneinfo/" + std::string{name};
    struct stat found {};  // a folder ("Europe") can be opened, but not read
    if (::stat(path.c_str(), &found) != 0 || !S_ISREG(found.st_mode)) return unknown();
    std::ifstream file{path, std::ios::binary};
    const std::string content{std::istreambuf_iterator<char>{file}, {}};
    // The last of the lines, after the tables (RFC 8536, 3.3).
    if (!content.starts_with("TZif") || !content.ends_with('\n')) return unknown();
    const std::size_t end = content.size() - 1;
    const std::size_t begin = content.rfind('\n', end - 1);
    if (begin == std::string::npos) return unknown();
    std::string rule = content.substr(begin + 1, end - begin - 1);
    if (!parse_zone_rule(rule)) return unknown();
    return rule;
}

}  // namespace understudy
