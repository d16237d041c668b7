#include <array>

#include "base/clock.h"
#include "ctl/command.h"
#include "ctl/display.h"
#include "ctl/input.h"
#include "ctl/listing.h"
#include "ctl/request_body.h"
#include "ctl/time_range.h"

namespace understudy::ctl {
namespace {

// "12.3 s" from a number of seconds.
std::string by_text(json::Value seconds) {
    return to_text(Duration{static_cast<Duration::rep>(seconds.number().value_or(0) * 1000.0)});
}

Cell difference_cell(json::Value each) {
    const std::string word = text_of(each["difference"]);
    if (word == "not_switched") return {"would not have switched", Tone::Good};
    if (word == "additional") return {"would have switched in addition", Tone::Bad};
    return {"would have switched " + by_text(each["by_s"]) + " " + word, Tone::Warning};
}

std::string switches(json::Value list) {
    return std::to_string(list.size()) + (list.size() == 1 ? " switch" : " switches");
}

std::string summary(json::Value root) {
    std::array<std::size_t, 3> counts{};  // not, moved in time, in addition
    root["differences"].each([&](json::Value each) {
        const std::string word = text_of(each["difference"]);
        ++counts[word == "not_switched" ? 0 : word == "additional" ? 2 : 1];
    });
    std::string out = "From " + time_text(root["since"]) + " to " + time_text(root["until"]) +
                      " UTC: " + switches(root["usual"]) + " with the policies as they are, " +
                      switches(root["other"]) + " with this one. ";
    out += std::to_string(counts[0]) + " not made, " + std::to_string(counts[1]) +
           " at another time, " + std::to_string(counts[2]) + " in addition.\n";
    if (is_true(root["cut"])) {
        out +=
            "There was too much to play: nothing after that time was looked at. Ask for a "
            "shorter time with --since.\n";
    }
    return out;
}

std::string switch_text(json::Value difference) {
    return text_of(difference["from"]) + " -> " + text_of(difference["to"]);
}

std::string comparison(const Session& session, json::Value root) {
    return draw_list(session, root["differences"],
                     {{"TIME (UTC)", "at", time_text},
                      {"POOL", "pool", text_of},
                      {"SWITCH", "", switch_text},
                      {"WHY", "reason", text_of},
                      {"WITH THAT POLICY", "", difference_cell}},
                     "Nothing would have been different.") +
           summary(root);
}

// The policy as people write it, or {"policy": {...}} as a pool in a fleet file has it.
Result<std::string> read_policy_file(const std::string& path) {
    const auto text = read_file(path);
    if (!text) return text.error();
    const auto document =
        json::Document::parse(text->reveal(), {.comments = true, .max_bytes = 1u << 20});
    if (!document) return invalid(path, document.error().message, document.error().remedy);
    const json::Value root = document->root();
    if (!root.is_object()) {
        return invalid(path, "it holds no JSON object", R"(write for example {"confirm_s": 60})");
    }
    return (root["policy"].is_object() ? root["policy"] : root).text();
}

void write_replay(RequestBody& body) {
    const auto policy = read_policy_file(*body.arguments().text("policy"));
    if (!policy) return body.refuse(policy.error());
    const auto since = moment_words("--since", *body.arguments().text("since"));
    if (!since) return body.refuse(since.error());
    body.field("since", *since).writer().key("policy").raw(*policy);
}

}  // namespace

std::vector<Command> replay_commands() {
    const std::vector<Option> replay_options = {
        needed("policy", "FILE", "JSON with any fields of a policy", "give a file with a policy"),
        needed("since", "TIME", "From then on: 30m, 1h, 7d, or 2026-11-21T02:08:42Z",
               "give a time like 7d")};
    return {
        {"replay", "", "--policy FILE --since TIME",
         "Show what another policy would have done with what was recorded",
         "Plays what agents did since then through the engine twice: with the pools' own policies, "
         "and with those of\n"
         "FILE in their place, and compares. What the file does not name stays as each pool has "
         "it. Nothing is changed.\n"
         "Not played are orders and overrides, stalls of the controller and witnesses; pools begin "
         "at home.\n\n"
         "Examples:\n"
         "  echo '{\"confirm_s\": 60}' > patient.json\n"
         "  understudyctl replay --policy patient.json --since 7d\n"
         "  understudyctl replay --policy patient.json --since 2026-11-01T00:00:00Z -o json\n",
         replay_options, 0, 0, nullptr, order("POST", "/replay", comparison, write_replay)},
    };
}

}  // namespace understudy::ctl
