#include "base/text.h"
#include "ctl/command.h"
#include "ctl/display.h"
#include "ctl/listing.h"

namespace understudy::ctl {
namespace {

constexpr std::size_t kStuckShown = 20;

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
        return counted(static_cast<std::size_t>(count_of(number)), unit);
    };
    writings.each([&](json::Value each) {
        add_item(text, text_of(each["provider"]) + ": " + count(each["records"], "record") +
                           " with " + count(each["calls"], "call"));
    });
    return text;
}

std::string times_of(const Session& session, json::Value root) {
    if (count_of(root["domains"]["moving"]) == 0) return {};
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
    if (is_true(pool["observed"])) return {"dry run", Tone::Warning};
    return {outcome, outcome == "moves" ? Tone::Good : Tone::Bad};
}

Cell standby_cell(json::Value left) {
    const std::int64_t count = count_of(left);
    return {count == 0 ? std::string{"none"} : std::to_string(count),
            count == 0 ? Tone::Warning : Tone::Plain};
}

std::string destination(json::Value pool) {
    const std::string names = joined(pool["to_servers"]);
    if (!names.empty()) return names + " (" + text_of(pool["to"]) + ")";
    return text_of(pool["outcome"]) == "fallback" ? "fallback (" + text_of(pool["to"]) + ")" : "-";
}

std::string origin(json::Value pool) {
    return text_of(pool["outcome"]) == "untouched" ? "-" : content_text(pool["from"]);
}

std::string written_in(json::Value pool) {
    const bool kept = pool["held"].is_object() || is_true(pool["observed"]);
    const bool moves = !joined(pool["to_servers"]).empty() && !kept;
    return moves ? span_of(pool["time"]["until_written"]) : "-";
}

std::string domains_of(json::Value counts) {
    std::int64_t all = 0;
    counts.each_member([&](std::string_view fate, json::Value count) {
        // Those that are not ready are among the moving ones.
        if (fate != "not_ready") all += count_of(count);
    });
    return std::to_string(all);
}

std::string pools_text(const Session& session, json::Value pools) {
    if (pools.size() == 0) return {};
    return "\n" + draw_list(session, pools,
                            {{"POOL", "pool", text_of},
                             {"DOMAINS", "domains", domains_of},
                             {"OUTCOME", "", outcome_cell},
                             {"FROM", "", origin},
                             {"TO", "", destination},
                             {"WRITTEN IN S", "", written_in},
                             {"STAND-BY LEFT", "standby_left", standby_cell}});
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
                inset(text_of(domain["name"]) + ": " +
                      (why.empty() ? "no stand-by in pool '" + text_of(pool["pool"]) + "'" : why));
        });
    });
    if (out.empty()) return out;
    out = "\nDomains that would not move, or to a server that is not ready for them:\n" + out;
    if (all > shown) out += inset("and " + std::to_string(all - shown) + " more (see -o json)");
    return out;
}

std::string story_of(const Session& session, json::Value root) {
    std::string out = plain_text(text_of(root["sentence"])) + "\n";
    root["obstacles"].each(
        [&](json::Value each) { out += inset("In the way: " + text_of(each) + "."); });
    root["without_standby"].each([&](json::Value pool) {
        out += inset("Pool '" + text_of(pool) + "' would have no stand-by left then.");
    });
    return out + times_of(session, root) + pools_text(session, root["pools"]) +
           left_text(root["pools"]);
}

Cell doubtful(json::Value count) {
    return {number_text(count), count_of(count) == 0 ? Tone::Plain : Tone::Warning};
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
            const bool left = count_of(row["unserved"]) > 0;
            if (left != unserved) return;
            const bool uses_last = count_of(row["pools_without_standby"]) > 0;
            ++all;
            bad += left ? 1 : 0;
            last += uses_last ? 1 : 0;
            table.rows.push_back({text_of(row["server"]),
                                  number_text(row["pools"]),
                                  number_text(row["moving"]),
                                  doubtful(row["not_ready"]),
                                  {number_text(row["unserved"]), left ? Tone::Bad : Tone::Plain},
                                  doubtful(row["held"]),
                                  number_text(row["pools_without_standby"])});
        });
    }
    std::string out = "Of " + counted(all, "server") + " " + std::to_string(bad) +
                      " would leave domains without a server; " + std::to_string(last) +
                      " would use up a pool's last stand-by.\n\n";
    return out + session.draw(table);
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
        {"what-if", "server", "NAME", "What would happen if this server died now",
         teaching + "Examples:\n"
                    "  understudyctl what-if server web1\n"
                    "  understudyctl what-if server web1 -o json\n",
         kNoOptions, 1, 1, nullptr, shows("/what-if?server={}", story_of)},
        {"what-if", "pool", "NAME",
         "What would happen if every server that the pool publishes now died",
         teaching + "Example:\n  understudyctl what-if pool shop\n", kNoOptions, 1, 1, nullptr,
         shows("/what-if?pool={}", story_of)},
        {"what-if", "hosting", "NAME",
         "What would happen if all servers labelled hosting=NAME died now",
         teaching + "Servers are labelled with: understudyctl server set NAME --label "
                    "hosting=acme\n\n"
                    "Example:\n  understudyctl what-if hosting acme\n",
         kNoOptions, 1, 1, nullptr, shows("/what-if?label=hosting%3A{}", story_of)},
        {"what-if", "label", "KEY:VALUE", "The same for any label",
         teaching + "Example:\n  understudyctl what-if label region:eu\n", kNoOptions, 1, 1,
         nullptr, shows("/what-if?label={}", story_of)},
        {"what-if", "all", "",
         "What would happen if each server died alone: one line each, the worst first",
         "NO STAND-BY counts domains that nobody could take over; LAST STAND-BY USED counts pools "
         "that would move\n"
         "and have nobody left for a second loss. Holds, pauses and doubts are looked at; change "
         "budgets and domains\n"
         "in conflict only by 'what-if server NAME'.\n\n"
         "Example:\n  understudyctl what-if all\n",
         kNoOptions, 0, 0, nullptr, shows("/what-if?all=true", each_alone)},
    };
}

}  // namespace understudy::ctl
