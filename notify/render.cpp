#include "notify/render.h"

#include <algorithm>

#include "base/domain_name.h"
#include "base/text.h"
#include "base/utf8.h"
#include "notify/wording.h"

namespace understudy {
namespace {

constexpr std::size_t kListedDomains = 20;
constexpr std::size_t kSubjectLimit = 160;
constexpr std::size_t kLineWidth = 76;

// "2026-11-21 02:08:42 UTC"
std::string utc(WallTime time) {
    std::string text = to_rfc3339(time).substr(0, 19);
    text[10] = ' ';
    return text + " UTC";
}

// Where the quotation begins that the text ends in; npos: in none. An apostrophe within a word
// begins none.
std::size_t open_quotation(std::string_view text) {
    std::size_t begin = std::string_view::npos;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\'') continue;
        const bool may_begin = i == 0 || text[i - 1] == ' ' || text[i - 1] == '(';
        if (begin != std::string_view::npos) {
            begin = std::string_view::npos;
        } else if (may_begin) {
            begin = i;
        }
    }
    return begin;
}

// Cut between words and never inside a quotation, which is a command or a name: half of one is
// worse than none. "..." where something is missing.
std::string shortened(const std::string& text, std::size_t limit) {
    if (text.size() <= limit) return text;
    std::string_view rest = text;
    while (text.size() - rest.size() < limit - 4)
        take_code_point(rest);
    std::string cut = text.substr(0, text.size() - rest.size());
    cut.resize(std::min(cut.size(), open_quotation(cut)));
    if (const auto blank = cut.rfind(' '); blank != std::string::npos && blank > limit / 2) {
        cut.resize(blank);
    }
    return cut + " ...";
}

// How a body is set: in lines that fit a mail, or each fact in one.
enum class Setting { Wrapped, OneLineEach };

// Appends words, breaking lines between them.
void append_words(std::string& out, std::string_view text, std::size_t indent, Setting setting) {
    const bool wraps = setting == Setting::Wrapped;
    std::size_t column = 0;
    while (!text.empty()) {
        const auto end = text.find(' ');
        const std::string_view word = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
        if (word.empty()) continue;
        if (wraps && column > 0 && column + 1 + word.size() > kLineWidth - indent) {
            out += "\n" + std::string(indent, ' ');
            column = 0;
        }
        if (column > 0) {
            out += ' ';
            ++column;
        }
        out += word;
        column += word.size();
    }
    out += '\n';
}

class Facts {
  public:
    Facts(std::string& out, Setting setting) : out_(out), setting_(setting) {}
    void add(std::string name, const std::string& value) {
        if (value.empty()) return;
        name += ':';
        name.resize(setting_ == Setting::Wrapped ? 12 : name.size() + 1, ' ');
        out_ += name;
        append_words(out_, plain_text(value), 12, setting_);
    }

  private:
    std::string& out_;
    const Setting setting_;
};

std::string move_line(const MovedDomain& domain) {
    std::string name = both_forms(domain.name);
    if (!domain.problem.empty()) return name + ": " + domain.problem;
    if (domain.from.empty() && domain.to.empty()) return name;
    if (domain.from == domain.to) return name + ": " + domain.to;
    return name + ": " + (domain.from.empty() ? "nothing" : domain.from) + " -> " +
           (domain.to.empty() ? "nothing" : domain.to);
}

template <typename List, typename Text>
void append_list(std::string& out, const char* title, const List& list, std::size_t count,
                 Text text) {
    if (list.empty()) return;
    out += "\n";
    out += title;
    out += "\n";
    std::size_t listed = 0;
    for (const auto& item : list) {
        if (listed++ == kListedDomains) break;
        out += "  " + plain_text(text(item)) + "\n";
    }
    if (count > kListedDomains) {
        out += "  and " + std::to_string(count - kListedDomains) + " more\n";
    }
}

std::string named(const std::string& name, const std::string& addition) {
    if (name.empty() || addition.empty()) return name;
    return name + " (" + addition + ")";
}

// Others name the primary of the pool that they are about.
bool is_about_server(NoticeType type) {
    return type == NoticeType::ServerDown || type == NoticeType::ServerUp ||
           type == NoticeType::ServerError || type == NoticeType::CertificateExpiring ||
           type == NoticeType::StandbyNotReady || type == NoticeType::TokenShared ||
           type == NoticeType::AddressFollowed || type == NoticeType::Acknowledged;
}

std::string replaced(const Notice& notice) {
    if (notice.stands_for < 2) return {};
    const std::size_t others = notice.stands_for - 1;
    return counted(others, "earlier message") + " about it that waited, the first of " +
           utc(notice.since);
}

// Those that can be acknowledged; the thread of several is none.
std::string incidents_of(const Notice& notice) {
    constexpr std::size_t kShown = 10;
    if (notice.type == NoticeType::EscalationOver) return {};
    if (notice.incidents.empty()) return notice.incident ? to_string(notice.incident) : "";
    std::string text;
    const std::size_t shown = std::min(notice.incidents.size(), kShown);
    for (std::size_t i = 0; i < shown; ++i)
        add_item(text, to_string(notice.incidents[i]));
    const std::size_t more = notice.incidents.size() - shown;
    return more == 0 ? text : text + " and " + std::to_string(more) + " more";
}

const char* pending_title(NoticeType type) {
    if (type == NoticeType::OutageResolved) return "Still without a healthy member:";
    return type == NoticeType::Acknowledged ? "Not acknowledged yet:" : "Not there yet:";
}

std::string body_of(const Notice& notice, const Wording& wording, Setting setting) {
    std::string body;
    Facts facts{body, setting};
    append_words(body, plain_text(wording.what), 0, setting);
    body += '\n';
    facts.add("When", utc(notice.at));
    facts.add(is_about_server(notice.type) ? "Server" : "Primary",
              named(notice.server_name, notice.server_address));
    facts.add("Pool", notice.pool_name);
    facts.add("Pools", pools_in_short(notice));
    facts.add("Cause", notice.reason);
    facts.add("Evidence", notice.detail);
    facts.add("Replaces", replaced(notice));
    facts.add(notice.incidents.size() > 1 ? "Incidents" : "Incident", incidents_of(notice));
    facts.add("Link", notice.link);
    facts.add("Log line", notice.event ? to_string(notice.event) : "");
    append_list(body, "Domains:", notice.domains,
                std::max(notice.domain_count, notice.domains.size()), move_line);
    append_list(body, pending_title(notice.type), notice.pending, notice.pending.size(),
                [](const std::string& name) { return both_forms(name); });
    body += '\n';
    facts.add("What to do", wording.advice);
    return body;
}

RenderedNotice rendered(const Notice& notice, Setting setting) {
    const Wording wording = wording_of(notice);
    return {shortened(plain_text("[" + wording.state + "] " + wording.subject), kSubjectLimit),
            body_of(notice, wording, setting)};
}

}  // namespace

RenderedNotice render(const Notice& notice) {
    return rendered(notice, Setting::Wrapped);
}

RenderedNotice render_unwrapped(const Notice& notice) {
    return rendered(notice, Setting::OneLineEach);
}

}  // namespace understudy
