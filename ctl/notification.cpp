#include "ctl/command.h"
#include "ctl/display.h"
#include "ctl/listing.h"
#include "ctl/query.h"

namespace understudy::ctl {
namespace {

constexpr std::int64_t kNotificationsShown = 50;

Cell delivery_state(json::Value notification) {
    const std::string text = text_of(notification["state"]);
    if (is_true(notification["held"])) return {"held", Tone::Warning};
    if (text == "delivered") return {text, Tone::Good};
    return {text, text == "dead" ? Tone::Bad : Tone::Warning};
}

std::string notification_list(const Session& session, json::Value answer) {
    return draw_list(session, answer["items"],
                     {{"ID", "id", number_text},
                      {"CREATED (UTC)", "created", time_text},
                      {"CHANNEL", "channel", name_in},
                      {"TYPE", "type", text_of},
                      {"STATE", "", delivery_state},
                      {"TRIES", "attempts", number_text},
                      {"NEXT TRY (UTC)", "next_try", time_text},
                      {"LAST ERROR", "last_error", text_of}},
                     "No notifications match.");
}

int list_notifications(Session& session, const Arguments& arguments) {
    return show_pages(session, arguments, "/notifications", {"channel", "state"},
                      kNotificationsShown, notification_list);
}

std::string retried_view(const Session&, json::Value root) {
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
    const auto unclear =
        one_named(arguments, "channel", "an id and --channel are both given",
                  "give the id of a notification, or --channel NAME for all of a channel");
    if (unclear) return session.complain(kUsage, *unclear);
    const auto channel = arguments.text("channel");
    return give(
        session, arguments,
        order("POST",
              channel ? "/channels" + path_part(*channel) + "/retry" : "/notifications/{}/retry",
              retried_view));
}

}  // namespace

std::vector<Command> notification_commands() {
    const std::vector<Option> list_options = {{"channel", "NAME", "Only of that channel"},
                                              {"state", "WORD", "Only pending, delivered or dead"},
                                              {"limit", "N", "At most so many (default 50)"}};
    const std::vector<Option> retry_options = {
        {"channel", "NAME", "All of that channel: dead ones, and what waits for its next try"}};
    return {
        {"notifications", "list", "[options]", "List notifications, newest first",
         "Example:\n  understudyctl notifications list --state dead\n", list_options, 0, 0,
         list_notifications},
        {"notifications", "retry", "ID | --channel NAME", "Send a dead or waiting notification now",
         "Examples:\n"
         "  understudyctl notifications retry 4711\n"
         "  understudyctl notifications retry --channel oncall\n",
         retry_options, 0, 1, retry_notifications},
    };
}

}  // namespace understudy::ctl
