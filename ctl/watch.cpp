#include <algorithm>
#include <chrono>

#include "base/clock.h"
#include "ctl/command.h"
#include "ctl/display.h"
#include "ctl/listing.h"
#include "ctl/overview.h"
#include "ctl/pool_named.h"
#include "ctl/text_width.h"

namespace understudy::ctl {
namespace {

constexpr std::size_t kDomainsShown = 30;
constexpr std::size_t kSentencesShown = 5;
constexpr std::size_t kNamesShown = 3;

std::string servers_part(const Session& session, json::Value answer) {
    return draw_list(session, answer["items"],
                     {{"SERVER", "name", text_of},
                      {"HEALTH", "health", health_cell},
                      {"IPV4", "ipv4", text_of},
                      {"LAST SEEN", "last_seen_ago_s", ago_text},
                      {"OVERRIDE", "", server_override_cell, kOnlyFilled},
                      {"WHY", "health_sentence", text_of, kOnlyFilled}},
                     "No servers.");
}

std::string wanted_text(json::Value record) {
    return is_true(record["settled"]) ? "" : joined(record["desired"]["addresses"]);
}

std::string domains_part(const Session& session, json::Value answer) {
    return draw_list(session, answer["items"],
                     {{"DOMAIN", "display_name", text_of},
                      {"STATUS", "status", status_cell},
                      {"POOL", "pool", name_in},
                      {"RECORD", "record", confirmed_text},
                      {"WANTED", "record", wanted_text, kOnlyFilled},
                      {"OVERRIDE", "", domain_override_cell, kOnlyFilled},
                      {"REASON", "reason", text_of, kOnlyFilled}},
                     "No domains.");
}

// Only pools that are not as usual: the domains tell of the others.
std::string pools_part(const Session& session, json::Value answer) {
    Table table;
    table.header = {"POOL", "STATE", "SERVING", "OVERRIDE OR REASON"};
    answer["items"].each([&](json::Value pool) {
        const std::string forced = pool_overrides(pool);
        const Cell state = pool_state(pool);
        if (forced.empty() && state.tone == Tone::Good) return;
        const Cell why =
            forced.empty() ? Cell{text_of(pool["reason"])} : Cell{forced, Tone::Warning};
        table.rows.push_back({name_in(pool), state, serving_text(pool, kNamesShown), why});
    });
    return table.rows.empty() ? "" : session.draw(table) + "\n";
}

struct Picture {
    std::string head, body;
};

// Domains that are not as usual come first: with many, they are what matters.
std::optional<Picture> take_picture(Session& session) {
    const auto overview = take_overview(session);
    if (!overview) return std::nullopt;
    const json::Value status = overview->status.root();
    Picture picture;
    picture.head = "understudy  " + to_rfc3339(wall_now()).substr(0, 19) + "Z\n";
    for (const std::string& part : notices_of(*overview, kSentencesShown, session.colours()))
        picture.body += part;
    picture.body += "\n" + servers_part(session, overview->servers.root()) + "\n" +
                    pools_part(session, overview->pools.root());
    const std::int64_t total = count_of(status["domains"]["total"]);
    const bool few = total <= static_cast<std::int64_t>(kDomainsShown);
    for (const char* word : {"outage", "conflict", "failed_over", "switching", "active"}) {
        if (few) break;
        if (count_of(status["domains"][word]) == 0) continue;
        const auto domains =
            session.get_all("/domains?status=" + std::string{word}, kDomainsShown / 3);
        if (!domains) return std::nullopt;
        picture.body += domains_part(session, domains->root()) + "  " +
                        number_text(status["domains"][word]) + " " + word + " in all\n\n";
    }
    if (few) {
        const auto domains = session.get_all("/domains", kDomainsShown);
        if (!domains) return std::nullopt;
        picture.body += domains_part(session, domains->root());
    }
    return picture;
}

// In place: home, each line cleared to its end, then what is left below. Nothing flickers; no line
// break behind the last line, which would scroll a full screen.
std::string in_place(const std::string& text) {
    std::string out = "\x1b[H";
    for (const char c : text) {
        if (c == '\n') out += "\x1b[K";
        out += c;
    }
    return out + "\x1b[K\x1b[J";
}

// As many lines as the terminal has, none longer than it is wide. What matters comes first.
std::string fitted(const std::string& text, Size size) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string line = text.substr(at, end - at);
        lines.push_back(size.columns == 0 ? line : cut_to(line, size.columns));
        at = end + 1;
    }
    if (size.rows > 1 && lines.size() > size.rows) {
        const std::size_t hidden = lines.size() - size.rows + 1;
        lines.resize(size.rows - 1);
        const std::string note = std::to_string(hidden) + " more lines: make the window taller";
        lines.push_back(size.columns == 0 ? note : cut_to(note, size.columns));
    }
    std::string out;
    for (std::size_t i = 0; i < lines.size(); ++i)
        out += (i == 0 ? "" : "\n") + lines[i];
    return out;
}

// The answers that the picture is made of, as one document on one line.
std::optional<std::string> take_document(Session& session) {
    const auto overview = take_overview(session);
    if (!overview) return std::nullopt;
    const auto domains = session.get_all("/domains");
    if (!domains) return std::nullopt;
    json::Writer out;
    out.begin_object().key("status").raw(overview->status.root().text());
    out.key("servers").raw(overview->servers.root()["items"].text());
    out.key("pools").raw(overview->pools.root()["items"].text());
    out.key("domains").raw(domains->root()["items"].text());
    out.end_object();
    return out.take() + "\n";
}

std::optional<std::string> take_text(Session& session) {
    if (session.json()) return take_document(session);
    const auto picture = take_picture(session);
    if (!picture) return std::nullopt;
    return picture->head + picture->body;
}

int watch(Session& session, const Arguments& arguments) {
    const auto interval_s = arguments.integer("interval");
    if (!interval_s) return session.complain(kUsage, interval_s.error());
    const std::int64_t pause_s = interval_s->value_or(2);
    if (pause_s < 1 || pause_s > 3600)
        return session.usage("--interval", "it must be 1 to 3600 seconds");
    const bool once = arguments.flag("once");
    const bool live = session.terminal() && !once && !session.json();
    bool cleared = !live;
    while (true) {
        const auto text = take_text(session);
        if (!text) return session.failure();
        if (!cleared) session.print("\x1b[2J");
        cleared = true;
        if (live) {
            session.print(in_place(fitted(*text, session.size())));
        } else {
            session.print(*text + (once || session.json() ? "" : "\n"));
        }
        if (once) return kOk;
        session.clock().sleep(std::chrono::seconds{pause_s});
    }
}

}  // namespace

std::vector<Command> watch_commands() {
    return {{"watch",
             "",
             "[options]",
             "Show servers and domains live",
             "Redrawn in place on a terminal and cut to its size, one picture after the other "
             "elsewhere; with -o json one document\n"
             "a line: status, servers, pools, domains. Ctrl-C ends it.\n",
             {{"interval", "SECONDS", "Pause between two looks (default 2)"},
              {"once", "", "One picture, then end"}},
             0,
             0,
             watch}};
}

}  // namespace understudy::ctl
