#include <chrono>
#include <thread>

#include "base/clock.h"
#include "ctl/command.h"
#include "ctl/display.h"
#include "ctl/query.h"

namespace understudy::ctl {
namespace {

constexpr std::int64_t kEventsShown = 50;

Tone event_tone(const std::string& type) {
    if (type.ends_with("_down") || type == "outage_started" || type == "failover_failed" ||
        type == "dns_drift") {
        return Tone::Bad;
    }
    if (type.starts_with("failover") || type == "server_error") return Tone::Warning;
    return type.ends_with("_recovered") || type == "server_up" ? Tone::Good : Tone::Plain;
}

std::string sentence_of(json::Value event) {
    std::string out = text_of(event["reason"]);
    const std::string from = content_text(event["from"]);
    const std::string to = content_text(event["to"]);
    if (from == to && !to.empty()) {
        out += ": still " + to;
    } else if (!from.empty() || !to.empty()) {
        out += ": " + (from.empty() ? "" : from + " ") + (to.empty() ? "" : "-> " + to);
    }
    const std::string detail = text_of(event["detail"]);
    if (!detail.empty()) out += " (" + detail + ")";
    const std::string who = who_text(event);
    return who.empty() ? out : out + ", by " + who;
}

std::vector<Cell> row_of(json::Value event) {
    const std::string type = text_of(event["type"]);
    return {{time_text(event["at"]), Tone::Faint},
            {type, event_tone(type)},
            event_thing(event),
            sentence_of(event)};
}

void print_events(Session& session, json::Value answer, bool newest_first) {
    const json::Value items = answer["items"];
    Table table;
    for (std::size_t i = 0; i < items.size(); ++i) {
        const json::Value event = items[newest_first ? items.size() - 1 - i : i];
        if (session.json()) {
            session.print(event.text() + "\n");
        } else {
            table.rows.push_back(row_of(event));
        }
    }
    if (table.rows.empty()) return;
    // Lines that come later must stand under those printed: no header, fixed widths for the common
    // columns.
    for (auto& row : table.rows)
        row[1].text.resize(std::max<std::size_t>(row[1].text.size(), 20), ' ');
    const std::string text = session.draw(table);
    session.print(text.substr(text.find('\n') + 1));
}

Result<std::string> events_path(const Arguments& arguments, std::string path) {
    return with_query(std::move(path), arguments, {"server", "pool", "domain", "type", "incident"},
                      {"since", "until"});
}

// Asks again from the last event on, for ever: the person ends it.
int follow(Session& session, const Arguments& arguments, json::Value first) {
    constexpr std::chrono::seconds kAskEvery{2};
    std::string last = number_text(first["items"][std::size_t{0}]["id"]);
    print_events(session, first, true);
    while (true) {
        std::this_thread::sleep_for(kAskEvery);
        const auto answer =
            session.get(*events_path(arguments, "/events?order=asc&limit=1000&cursor=" + last));
        if (!answer) return session.failure();
        print_events(session, answer->root(), false);
        const json::Value items = answer->root()["items"];
        if (items.size() > 0) last = number_text(items[items.size() - 1]["id"]);
    }
}

int list_events(Session& session, const Arguments& arguments) {
    const auto limit = arguments.integer("limit");
    if (!limit) return session.complain(kUsage, limit.error());
    const auto path = events_path(
        arguments, "/events?order=desc&limit=" + std::to_string(limit->value_or(kEventsShown)));
    if (!path) return session.complain(kUsage, path.error());
    const auto answer = session.get(*path);
    if (!answer) return session.failure();
    if (arguments.flag("follow")) return follow(session, arguments, answer->root());
    return session.show(*answer, [&](json::Value root) {
        Table table;
        table.header = {"TIME (UTC)", "TYPE", "WHAT", "WHY"};
        table.when_empty = "No events match.";
        const json::Value items = root["items"];
        for (std::size_t i = items.size(); i > 0; --i)
            table.rows.push_back(row_of(items[i - 1]));
        return session.draw(table);
    });
}

}  // namespace

std::vector<Command> event_commands() {
    const std::vector<Option> events_options = {
        {"server", "NAME", "Only about that server"},
        {"pool", "NAME", "Only about that pool"},
        {"domain", "NAME", "Only about that domain"},
        {"type", "TYPE", "Only that type, e.g. failover_triggered"},
        {"incident", "ID", "Only of that incident"},
        {"since", "TIME", "From then on: 30m, 1h, 2d, or 2026-11-21T02:08:42Z"},
        {"until", "TIME", "Up to then"},
        {"limit", "N", "At most so many, the newest (default 50, at most 1000)"},
        {"follow", "", "Go on printing what happens", 'f'}};
    return {
        {"events", "", "[options]", "Show what happened and why, oldest first",
         "Examples:\n"
         "  understudyctl events --since 1h\n"
         "  understudyctl events --domain www.example.org\n"
         "  understudyctl events --follow -o json\n",
         events_options, 0, 0, list_events},
    };
}

}  // namespace understudy::ctl
