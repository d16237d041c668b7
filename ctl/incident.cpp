// incidents, acknowledge: what is broken, and who sees to it.
#include <vector>

#include "ctl/command.h"
#include "ctl/display.h"
#include "ctl/listing.h"
#include "ctl/request_body.h"

namespace understudy::ctl {
namespace {

Cell severity_cell(json::Value severity) {
    const std::string text = text_of(severity);
    return {text, text == "critical" ? Tone::Bad : Tone::Warning};
}

Cell acknowledged_cell(json::Value by) {
    if (by.is_null()) return {"nobody", Tone::Warning};
    const std::string why = text_of(by["why"]);
    return {text_of(by["who"]) + (why.empty() ? "" : ": " + why), Tone::Good};
}

std::string incident_list(const Session& session, json::Value answer) {
    return draw_list(session, answer["items"],
                     {{"ID", "id", number_text},
                      {"SINCE (UTC)", "since", time_text},
                      {"SEVERITY", "severity", severity_cell},
                      {"WHAT", "sentence", text_of},
                      {"ACKNOWLEDGED BY", "acknowledged", acknowledged_cell},
                      {"ESCALATED TO", "escalated", joined, kOnlyFilled}},
                     "Nothing is broken.");
}

bool names(json::Value list, const std::string& name) {
    bool found = false;
    list.each([&](json::Value each) { found = found || text_of(each) == name; });
    return found;
}

// By its id, or by what is broken. Without a word: all.
bool is_meant(json::Value incident, const Arguments& arguments) {
    if (arguments.words.empty()) return true;
    const std::string& word = arguments.words.front();
    return number_text(incident["id"]) == word || names(incident["servers"], word) ||
           names(incident["pools"], word) || names(incident["domains"], word);
}

Error nothing_to_acknowledge(const Arguments& arguments) {
    const std::string what =
        arguments.words.empty()
            ? "nothing is broken that nobody has acknowledged"
            : "nothing of '" + arguments.words.front() + "' is broken that nobody has acknowledged";
    return not_found(what, "see: understudyctl incidents");
}

std::string acknowledged_line(json::Value incident) {
    return "Incident " + number_text(incident["id"]) +
           " acknowledged: " + text_of(incident["sentence"]) + "\n";
}

int acknowledge(Session& session, const Arguments& arguments) {
    const auto open = session.get_all("/incidents");
    if (!open) return session.failure();
    std::vector<std::string> ids;
    open->root()["items"].each([&](json::Value incident) {
        const bool waits = incident["acknowledged"].is_null();
        if (waits && is_meant(incident, arguments)) ids.push_back(number_text(incident["id"]));
    });
    if (ids.empty()) return session.complain(kRefused, nothing_to_acknowledge(arguments));
    if (arguments.words.empty() && ids.size() > 1 && !arguments.flag("all")) {
        return session.usage("", std::to_string(ids.size()) + " incidents are open",
                             "name one of 'understudyctl incidents', a server or a pool; or "
                             "--all");
    }
    RequestBody body{arguments};
    body.text("note", "why");
    const auto text = body.take();
    if (!text) return session.complain(kUsage, text.error());
    for (const std::string& id : ids) {
        const auto answer = session.post("/incidents/" + id + "/acknowledge", *text);
        if (!answer) return session.failure();
        session.print(session.json() ? answer->root().text() + "\n"
                                     : acknowledged_line(answer->root()));
    }
    return kOk;
}

}  // namespace

std::vector<Command> incident_commands() {
    const std::vector<Option> options = {
        {"note", "TEXT", "What you know or do about it; others read it"},
        {"all", "", "Everything that is open"}};
    return {
        {"incidents", "", "", "List what is broken, since when, and who has acknowledged it", "",
         kNoOptions, 0, 0, nullptr, shows("/incidents", incident_list)},
        {"acknowledge", "", "[INCIDENT | SERVER | POOL | DOMAIN] [options]",
         "Say that you see to something broken",
         "Reminders and escalations of it end; what ends the incident is still told. When it "
         "becomes worse, or more of it breaks, your word lapses.\n\n"
         "Examples:\n"
         "  understudyctl acknowledge web1 --note \"disk is being replaced\"\n"
         "  understudyctl acknowledge 4711\n",
         options, 0, 1, acknowledge},
    };
}

}  // namespace understudy::ctl
