#include "base/text.h"
#include "ctl/command.h"
#include "ctl/display.h"
#include "ctl/overview.h"

namespace understudy::ctl {
namespace {

constexpr std::size_t kMostLines = 200;

// "3: 2 online, 1 offline"; words with zero are left out.
std::string counts_text(json::Value counts) {
    std::string parts;
    counts.each_member([&](std::string_view word, json::Value count) {
        if (word == "total" || count_of(count) == 0) return;
        add_item(parts, text_of(count) + " " + std::string{word});
    });
    return text_of(counts["total"]) + (parts.empty() ? "" : ": " + parts);
}

Cell automation_cell(json::Value held) {
    if (!is_true(held["held"])) return {"running", Tone::Good};
    return {"held, see below", Tone::Warning};
}

Cell store_cell(json::Value store) {
    return is_true(store["writable"]) ? Cell{"writable", Tone::Good}
                                      : Cell{"cannot be written", Tone::Bad};
}

// Dead ones were seen by nobody. A controller of an earlier version does not count them.
Cell notifications_cell(json::Value status) {
    const std::string pending = number_text(status["notifications_pending"]) + " pending";
    if (count_of(status["notifications_dead"]) == 0) return pending;
    return {pending + ", " + number_text(status["notifications_dead"]) +
                " dead: understudyctl notifications list --state dead",
            Tone::Bad};
}

// Of a controller of an earlier version nothing is known here.
Cell certificate_cell(json::Value tls) {
    if (!tls.is_object()) return tls.exists() ? Cell{"none: plain text"} : Cell{"?", Tone::Faint};
    const json::Value own = tls["certificate"];
    if (!own["problem"].is_null()) return {text_of(own["problem"]), Tone::Bad};
    return "until " + time_text(own["not_after"]) + ", for " + joined(own["names"]);
}

Cell handshakes_cell(json::Value tls) {
    const json::Value last = tls["last_failed_handshake"];
    if (!last.is_object()) return Cell{"none failed"};
    return {number_text(tls["handshakes_failed"]) + " failed, the last at " +
                time_text(last["at"]) + " from " + text_of(last["peer"]) + ": " +
                text_of(last["reason"]),
            Tone::Warning};
}

Cell credentials_cell(json::Value unreadable) {
    std::string names;
    unreadable.each(
        [&](json::Value each) { add_item(names, text_of(each["kind"]) + " " + name_in(each)); });
    if (names.empty()) return {"readable", Tone::Good};
    return {"cannot be opened with the key in use: " + names, Tone::Bad};
}

// Of a controller of an earlier version nothing is known here.
Cell standbys_cell(json::Value without) {
    if (!without.exists()) return Cell{"?", Tone::Faint};
    const std::int64_t count = count_of(without);
    if (count == 0) return {"every domain has one that is not known to be unready", Tone::Good};
    return {counted(static_cast<std::size_t>(count), "domain") +
                " could not fail over now: understudyctl what-if all",
            Tone::Warning};
}

std::string status_view(const Session& session, json::Value status) {
    const Duration uptime{count_of(status["uptime_s"]) * 1000};
    return session.draw({{"controller", "understudy-controller " + text_of(status["version"])},
                         {"instance", text_of(status["instance"])},
                         {"up for", span_text(uptime)},
                         {"automation", automation_cell(status["held"])},
                         {"store", store_cell(status["store"])},
                         {"servers", counts_text(status["servers"])},
                         {"agents linked", number_text(status["agents_linked"])},
                         {"pools", counts_text(status["pools"])},
                         {"domains", counts_text(status["domains"])},
                         {"stand-bys", standbys_cell(status["domains_without_standby"])},
                         {"records behind", number_text(status["records_behind"])},
                         {"providers", number_text(status["providers"])},
                         {"channels", number_text(status["channels"])},
                         {"credentials", credentials_cell(status["unreadable_credentials"])},
                         {"notifications", notifications_cell(status)},
                         {"certificate", certificate_cell(status["tls"])},
                         {"TLS handshakes", handshakes_cell(status["tls"])}});
}

int show_status(Session& session, const Arguments&) {
    if (session.json()) {
        const auto answer = session.get("/status");
        return answer ? session.show(*answer, nullptr) : session.failure();
    }
    const auto overview = take_overview(session);
    if (!overview) return session.failure();
    std::string out = status_view(session, overview->status.root());
    for (const std::string& part : notices_of(*overview, kMostLines, session.colours()))
        out += "\n" + part;
    session.print(out);
    return kOk;
}

}  // namespace

std::vector<Command> status_commands() {
    return {
        {"status", "", "", "Show how the controller and everything it watches are doing",
         "'automation: held' says that something keeps pools from moving by themselves at present; "
         "below it stand\n"
         "the reasons, what comes next, what waits for a person, and everything that people "
         "forced: who, since "
         "when, until when, why, and\n"
         "how to end it.\n",
         kNoOptions, 0, 0, show_status}};
}

}  // namespace understudy::ctl
