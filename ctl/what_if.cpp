#include "base/text.h"
#include "ctl/command.h"
#include "ctl/display.h"

namespace understudy::ctl {
namespace {

constexpr std::size_t kStuckShown = 20;

std::string item(const std::string& text) {
    return "  " + plain_text(text) + "\n";
}

std::string whole_seconds(json::Value seconds) {
    const double exact = seconds.number().value_or(0);
    return std::to_string(static_cast<std::int64_t>(exact + 0.999));
}

// "30 to 56"
std::string span_of(json::Value span) {
    const std::string best = whole_seconds(span["best_s"]);
    const std::string worst = whole_seconds(span["worst_s"]);
    return best == worst ? best : best + " to " + worst;
}

std::string writing_of(json::Value writings) {
    std::string text;
    const auto count = [](json::Value number, const char* unit) {
        return counted(static_cast<std::size_t>(number.integer().value_or(0)), unit);
    };
    writings.each([&](json::Value each) {
        add_item(text, text_of(each["provider"]) + ": " + count(each["records"], "record") +
                           " with " + count(each["calls"], "call"));
    });
    return text;
}

std::string times_of(const Session& session, json::Value root) {
    if (root["domains"]["moving"].integer().value_or(0) == 0) return {};
    const json::Value time = root["time"];
    Table table;
    table.header = {"HOW LONG", "SECONDS", "DECIDED BY"};
    const auto add = [&](std::string part, std::string seconds, std::string why) {
        table.rows.push_back({std::move(part), std::move(seconds), std::move(why)});
    };
    add("the loss is seen", span_of(time["detection"]), "a closed link at once, a silent one late");
    add("it is believed", span_of(time["waiting"]), "confirm_s, confirm_agreed_s, reaction");
    add("providers have it", span_of(time["writing"]), writing_of(root["writing"]));
    add("resolvers have it", "0 to " + whole_seconds(time["ttl_s"]),
        "the TTL now; none if proxied");
    return "\n" + session.draw(table);
}

Cell outcome_cell(json::Value pool) {
    const std::string outcome = text_of(pool["outcome"]);
    if (outcome == "untouched") return {outcome, Tone::Faint};
    if (pool["held"].is_object()) return {"held: " + text_of(pool["held"]["kind"]), Tone::Warning};
    if (pool["observed"].boolean().value_or(false)) return {"only observed", Tone::Warning};
    return {outcome, outcome == "moves" ? Tone::Good : Tone::Bad};
}

Cell standby_cell(json::Value left) {
    const std::int64_t count = left.integer().value_or(0);
    return {count == 0 ? std::string{"none"} : std::to_string(count),
            count == 0 ? Tone::Warning : Tone::Plain};
}

std::string destination(json::Value pool) {
    const std::string names = joined(pool["to_servers"]);
    if (!names.empty()) return names + " (" + text_of(pool["to"]) + ")";
    return text_of(pool["outcome"]) == "fallback" ? "fallback (" + text_of(pool["to"]) + ")" : "-";
}

std::string domains_of(json::Value counts) {
    std::int64_t all = 0;
    counts.each_member([&](std::string_view fate, json::Value count) {
        // Those that are not ready are among the moving ones.
        if (fate != "not_ready") all += count.integer().value_or(0);
    });
    return std::to_string(all);
}

std::string pools_text(const Session& session, json::Value pools) {
    if (pools.size() == 0) return {};
    Table table;
    table.header = {"POOL", "DOMAINS", "OUTCOME", "FROM", "TO", "WRITTEN IN S", "STAND-BY LEFT"};
    pools.each([&](json::Value pool) {
        const bool untouched = text_of(pool["outcome"]) == "untouched";
        const bool kept = pool["held"].is_object() || pool["observed"].boolean().value_or(false);
        const bool moves = !joined(pool["to_servers"]).empty() && !kept;
        table.rows.push_back(
            {text_of(pool["pool"]), domains_of(pool["domains"]), outcome_cell(pool),
             untouched ? std::string{"-"} : content_text(pool["from"]), destination(pool),
             moves ? span_of(pool["time"]["until_written"]) : std::string{"-"},
             standby_cell(pool["standby_left"])});
    });
    return "\n" + session.draw(table);
}

// Those that do not simply move.
std::string left_text(json::Value pools) {
    std::string out;
    std::size_t shown = 0, all = 0;
    pools.each([&](json::Value pool) {
        pool["named"].each([&](json::Value domain) {
            const std::string outcome = text_of(domain["outcome"]);
            if (outcome == "moves" || outcome == "same") return;
            if (++all > kStuckShown) return;
            ++shown;
            const std::string why = text_of(domain["why"]);
            out +=
                item(text_of(domain["name"]) + ": " +
                     (why.empty() ? "no stand-by in pool '" + text_of(pool["pool"]) + "'" : why));
        });
    });
    if (out.empty()) return out;
    out = "\nDomains that would not move, or to a server that is not ready for them:\n" + out;
    if (all > shown) out += item("and " + std::to_string(all - shown) + " more (see -o json)");
    return out;
}

std::string story_of(const Session& session, json::Value root) {
    std::string out = plain_text(text_of(root["sentence"])) + "\n";
    root["obstacles"].each(
        [&](json::Value each) { out += item("In the way: " + text_of(each) + "."); });
    root["without_standby"].each([&](json::Value pool) {
        out += item("Pool '" + text_of(pool) + "' would have no stand-by left then.");
    });
    return out + times_of(session, root) + pools_text(session, root["pools"]) +
           left_text(root["pools"]);
}

// The worst first.
std::string each_alone(const Session& session, json::Value root) {
    Table table;
    table.header = {
        "SERVER", "POOLS", "MOVING", "NOT READY", "NO STAND-BY", "HELD", "LAST STAND-BY USED"};
    table.when_empty = "There are no servers.";
    std::size_t bad = 0, last = 0, all = 0;
    for (const bool unserved : {true, false}) {
        root["servers"].each([&](json::Value row) {
            const bool left = row["unserved"].integer().value_or(0) > 0;
            if (left != unserved) return;
            const bool uses_last = row["pools_without_standby"].integer().value_or(0) > 0;
            ++all;
            bad += left ? 1 : 0;
            last += uses_last ? 1 : 0;
            const std::string held = number_text(row["held"]);
            const std::string unready = number_text(row["not_ready"]);
            table.rows.push_back({text_of(row["server"]),
                                  number_text(row["pools"]),
                                  number_text(row["moving"]),
                                  {unready, unready == "0" ? Tone::Plain : Tone::Warning},
                                  {number_text(row["unserved"]), left ? Tone::Bad : Tone::Plain},
                                  {held, held == "0" ? Tone::Plain : Tone::Warning},
                                  number_text(row["pools_without_standby"])});
        });
    }
    std::string out = "Of " + counted(all, "server") + " " + std::to_string(bad) +
                      " would leave domains without a server; " + std::to_string(last) +
                      " would use up a pool's last stand-by.\n\n";
    return out + session.draw(table);
}

int ask(Session& session, const std::string& query, bool each) {
    const auto answer = session.get("/what-if?" + query);
    if (!answer) return session.failure();
    return session.show(*answer, [&](json::Value root) {
        return each ? each_alone(session, root) : story_of(session, root);
    });
}

int if_server(Session& session, const Arguments& arguments) {
    return ask(session, "server=" + url_part(arguments.words[0]), false);
}
int if_pool(Session& session, const Arguments& arguments) {
    return ask(session, "pool=" + url_part(arguments.words[0]), false);
}
int if_hosting(Session& session, const Arguments& arguments) {
    return ask(session, "label=" + url_part("hosting:" + arguments.words[0]), false);
}
int if_label(Session& session, const Arguments& arguments) {
    return ask(session, "label=" + url_part(arguments.words[0]), false);
}
int if_all(Session& session, const Arguments&) {
    return ask(session, "all=true", true);
}

constexpr const char* kTeaching =
    "Nothing is touched: the controller says what it would do if this died now. First a sentence, "
    "then what stands\n"
    "in the way (a hold, a pause, a doubt, too few calls at the provider), how long each part "
    "takes, and pool by pool\n"
    "where its domains would go and how many stand-bys would be left.\n\n";

}  // namespace

std::vector<Command> what_if_commands() {
    const std::string teaching = kTeaching;
    return {
        {"what-if",
         "server",
         "NAME",
         "What would happen if this server died now",
         teaching + "Examples:\n"
                    "  understudyctl what-if server web1\n"
                    "  understudyctl what-if server web1 -o json\n",
         {},
         1,
         1,
         if_server},
        {"what-if",
         "pool",
         "NAME",
         "What would happen if every server that the pool publishes now died",
         teaching + "Example:\n  understudyctl what-if pool shop\n",
         {},
         1,
         1,
         if_pool},
        {"what-if",
         "hosting",
         "NAME",
         "What would happen if all servers labelled hosting=NAME died now",
         teaching + "Servers are labelled with: understudyctl server set NAME --label "
                    "hosting=acme\n\n"
                    "Example:\n  understudyctl what-if hosting acme\n",
         {},
         1,
         1,
         if_hosting},
        {"what-if",
         "label",
         "KEY:VALUE",
         "The same for any label",
         teaching + "Example:\n  understudyctl what-if label region:eu\n",
         {},
         1,
         1,
         if_label},
        {"what-if",
         "all",
         "",
         "What would happen if each server died alone: one line each, the worst first",
         "NO STAND-BY counts domains that nobody could take over; LAST STAND-BY USED counts pools "
         "that would move\n"
         "and have nobody left for a second loss. Holds, pauses and doubts are looked at; change "
         "budgets and domains\n"
         "in conflict only by 'what-if server NAME'.\n\n"
         "Example:\n  understudyctl what-if all\n",
         {},
         0,
         0,
         if_all},
    };
}

}  // namespace understudy::ctl
