#include "ctl/command.h"
#include "ctl/display.h"

namespace understudy::ctl {
namespace {

constexpr std::int64_t kNotificationsShown = 50;

Cell delivery_state(json::Value state) {
    const std::string text = text_of(state);
    if (text == "delivered") return {text, Tone::Good};
    return {text, text == "dead" ? Tone::Bad : Tone::Warning};
}

int list_notifications(Session& session, const Arguments& arguments) {
    const auto limit = arguments.integer("limit");
    if (!limit) return session.complain(kUsage, limit.error());
    if (limit->value_or(1) < 1) return session.usage("--limit", "it must be at least 1");
    std::string query = "/notifications";
    for (const char* name : {"channel", "state"}) {
        const auto value = arguments.text(name);
        if (!value) continue;
        query += (query.find('?') == std::string::npos ? "?" : "&") + std::string{name} + "=" +
                 url_encode(*value);
    }
    const auto answer =
        session.get_all(query, static_cast<std::size_t>(limit->value_or(kNotificationsShown)));
    if (!answer) return session.failure();
    return session.show(*answer, [&](json::Value root) {
        Table table;
        table.header = {"ID",    "CREATED (UTC)", "CHANNEL",        "TYPE",
                        "STATE", "TRIES",         "NEXT TRY (UTC)", "LAST ERROR"};
        table.when_empty = "No notifications match.";
        root["items"].each([&](json::Value row) {
            table.rows.push_back({number_text(row["id"]), time_text(row["created"]),
                                  name_in(row["channel"]), text_of(row["type"]),
                                  delivery_state(row["state"]), number_text(row["attempts"]),
                                  time_text(row["next_try"]), text_of(row["last_error"])});
        });
        return session.draw(table);
    });
}

std::string retried_view(json::Value root) {
    if (root["retried"].integer() == 0) return "Nothing is dead or waits for its next try.\n";
    const std::string count = number_text(root["retried"]);
    const json::Value behind = root["behind"];
    if (behind.is_null()) return count + " put back to be sent now.\n";
    const std::string first = number_text(behind["id"]);
    return count + " put back, but notification " + first +
           " of the channel comes first; its next try is at " + time_text(behind["next_try"]) +
           " UTC.\nTry both now: understudyctl notifications retry " + first + "\n";
}

int retry_notifications(Session& session, const Arguments& arguments) {
    const auto channel = arguments.text("channel");
    if (arguments.words.empty() == !channel) {
        return session.usage(
            "", channel ? "an id and --channel are both given" : "nothing is named",
            "give the id of a notification, or --channel NAME for all of a channel");
    }
    const auto answer =
        session.post(channel ? "/channels" + path_part(*channel) + "/retry"
                             : "/notifications" + path_part(arguments.words[0]) + "/retry");
    if (!answer) return session.failure();
    return session.show(*answer, retried_view);
}

}  // namespace

std::vector<Command> notification_commands() {
    return {
        {"notifications",
         "list",
         "[options]",
         "List notifications, newest first",
         "Example:\n  understudyctl notifications list --state dead\n",
         {{"channel", "NAME", "Only of that channel"},
          {"state", "WORD", "Only pending, delivered or dead"},
          {"limit", "N", "At most so many (default 50)"}},
         0,
         0,
         list_notifications},
        {"notifications",
         "retry",
         "ID | --channel NAME",
         "Send a dead or waiting notification now",
         "Examples:\n"
         "  understudyctl notifications retry 4711\n"
         "  understudyctl notifications retry --channel oncall\n",
         {{"channel", "NAME", "All of that channel: dead ones, and what waits for its next try"}},
         0,
         1,
         retry_notifications},
    };
}

}  // namespace understudy::ctl
