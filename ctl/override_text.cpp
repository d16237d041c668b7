#include "ctl/override_text.h"

#include <algorithm>

#include "base/clock.h"
#include "base/text.h"
#include "ctl/display.h"
#include "ctl/table.h"
#include "ctl/text_width.h"

namespace understudy::ctl {
namespace {

constexpr std::size_t kColumns = 100;
constexpr std::size_t kIndent = 2;

std::string list_text(const std::string& title, const std::vector<std::string>& lines,
                      std::size_t unseen, std::size_t most, bool colours) {
    if (lines.empty()) return {};
    std::string out = title + "\n";
    const std::size_t shown = std::min(lines.size(), most);
    for (std::size_t i = 0; i < shown; ++i) {
        const std::string line = wrapped(plain_text(lines[i]), kColumns, kIndent);
        out += "  " + coloured(line, Tone::Warning, colours) + "\n";
    }
    const std::size_t more = lines.size() - shown + unseen;
    return more == 0 ? out : out + "  and " + std::to_string(more) + " more\n";
}

// How many more there are than the controller named.
std::size_t unseen(json::Value count, const std::vector<std::string>& lines) {
    const std::int64_t more = count_of(count) - static_cast<std::int64_t>(lines.size());
    return static_cast<std::size_t>(std::max<std::int64_t>(more, 0));
}

std::string sentence_by(const std::string& what, json::Value forced) {
    return what + ", " + by_text(forced);
}

}  // namespace

std::string minute_text(json::Value rfc3339) {
    return time_text(rfc3339).substr(0, 16);
}

std::string short_until(json::Value forced) {
    if (!is_set(forced["until"])) return {};
    const std::string until = minute_text(forced["until"]);
    const bool today = until.substr(0, 10) == to_rfc3339(wall_now()).substr(0, 10);
    return " until " + (today ? until.substr(11) : until.substr(0, 10));
}

std::string until_text(json::Value forced) {
    return is_set(forced["until"]) ? " until " + minute_text(forced["until"]) : std::string{};
}

std::string by_text(json::Value forced) {
    const std::string who = text_of(forced["who"]);
    const std::string why = text_of(forced["why"]);
    return "by " + (who.empty() ? "somebody" : who) + " since " + minute_text(forced["since"]) +
           until_text(forced) + (why.empty() ? "" : ": " + why);
}

std::string server_override(json::Value server) {
    const json::Value forced = server["maintenance"];
    return is_set(forced) ? "maintenance" + short_until(forced) : std::string{};
}

Cell server_override_cell(json::Value server) {
    return {server_override(server), Tone::Warning};
}

std::string pool_overrides(json::Value pool) {
    std::string out;
    const json::Value hold = pool["hold"];
    if (is_set(hold)) {
        add_item(out, (is_set(hold["pinned"]) ? "pinned to " + text_of(hold["pinned"]) : "held") +
                          short_until(hold));
    }
    const json::Value preferred = pool["preferred"];
    if (is_set(preferred)) add_item(out, "switched to " + text_of(preferred["server"]));
    if (is_set(pool["observe"])) add_item(out, "dry run" + short_until(pool["observe"]));
    return out;
}

std::string domain_override(json::Value domain) {
    if (is_set(domain["ignored"])) return "ignored";
    return is_true(domain["adopted"]) ? "adopted" : "";
}

Cell domain_override_cell(json::Value domain) {
    return {domain_override(domain), Tone::Warning};
}

void add_server_overrides(json::Value server, std::vector<Forced>& out) {
    const json::Value forced = server["maintenance"];
    if (!is_set(forced)) return;
    const std::string name = name_in(server);
    out.push_back({sentence_by("server " + name + " is in maintenance", forced),
                   "understudyctl server maintenance " + name + " --end"});
}

void add_pool_overrides(json::Value pool, std::vector<Forced>& out) {
    const std::string name = name_in(pool);
    const json::Value hold = pool["hold"];
    if (is_set(hold)) {
        const std::string how =
            is_set(hold["pinned"]) ? " is pinned to " + text_of(hold["pinned"]) : " is held";
        out.push_back({sentence_by("pool " + name + how, hold), "understudyctl release " + name});
    }
    const json::Value preferred = pool["preferred"];
    if (is_set(preferred)) {
        out.push_back(
            {sentence_by("pool " + name + " is switched over to " + text_of(preferred["server"]),
                         preferred),
             "understudyctl failback " + name});
    }
    if (is_set(pool["observe"])) {
        out.push_back({sentence_by("pool " + name + " is in a dry run: its records are not written",
                                   pool["observe"]),
                       "understudyctl dry-run " + name + " --end"});
    }
}

void add_domain_overrides(json::Value domain, std::vector<Forced>& out) {
    const json::Value forced = domain["ignored"];
    if (!is_set(forced)) return;
    const std::string name = text_of(domain["name"]);
    out.push_back(
        {sentence_by("domain " + name + " is ignored: neither written nor watched", forced),
         "understudyctl domain adopt " + name + ", or domain enforce"});
}

void add_control_overrides(json::Value controls, std::vector<Forced>& out) {
    if (is_set(controls["pause"])) {
        out.push_back(
            {sentence_by("automation is paused", controls["pause"]), "understudyctl resume"});
    }
    if (is_set(controls["observe"])) {
        out.push_back(
            {sentence_by("everything is in a dry run: no record is written", controls["observe"]),
             "understudyctl dry-run --all --end"});
    }
    if (is_set(controls["losses_accepted"])) {
        out.push_back(
            {sentence_by("a loss of many servers is taken as real", controls["losses_accepted"]),
             ""});
    }
}

void add_override_fields(json::Value thing, void (*find)(json::Value, std::vector<Forced>&),
                         std::vector<std::pair<std::string, Cell>>& fields) {
    std::vector<Forced> forced;
    find(thing, forced);
    for (const auto& [sentence, end] : forced)
        fields.push_back({"override", {sentence + ". End it: " + end, Tone::Warning}});
}

std::string conflicts_text(json::Value conflicts, std::size_t most, bool colours) {
    std::vector<std::string> lines;
    conflicts["sentences"].each([&](json::Value each) { lines.push_back(text_of(each)); });
    return list_text("Not written, because somebody else changed them:", lines,
                     unseen(conflicts["count"], lines), most, colours);
}

std::string held_text(json::Value held, std::size_t most, bool colours) {
    std::vector<std::string> lines;
    held["restraints"].each(
        [&](json::Value restraint) { lines.push_back(text_of(restraint["sentence"])); });
    return list_text("Automation waits:", lines, unseen(held["count"], lines), most, colours);
}

std::string next_text(json::Value pools, std::size_t most, bool colours) {
    std::vector<std::string> lines;
    pools["items"].each([&](json::Value pool) {
        const std::string next = text_of(pool["next"]);
        if (!next.empty()) lines.push_back("pool " + name_in(pool) + " " + next);
    });
    return list_text("What comes next:", lines, 0, most, colours);
}

std::string attention_text(json::Value servers, std::size_t most, bool colours) {
    std::vector<std::string> lines;
    servers["items"].each([&](json::Value server) {
        if (is_set(server["token_shared"]))
            lines.push_back(text_of(server["token_shared"]["sentence"]));
        server["readiness"].each([&](json::Value each) {
            const bool unready = readiness_tone(each["ready"]) == Tone::Warning;
            if (unready && !is_true(each["serving"]))
                lines.push_back("stand-by " + name_in(server) + " of pool " +
                                text_of(each["pool"]) + " is " + text_of(each["sentence"]));
        });
    });
    return list_text("Needs a person:", lines, 0, most, colours);
}

std::string overrides_text(const std::vector<Forced>& forced, std::size_t most, bool colours) {
    std::vector<std::string> lines;
    for (const auto& [sentence, end] : forced)
        lines.push_back(sentence + (end.empty() ? "" : ". End it: " + end));
    return list_text("Overrides, by people:", lines, 0, most, colours);
}

}  // namespace understudy::ctl
