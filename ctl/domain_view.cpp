#include "ctl/domain_view.h"

#include "ctl/display.h"
#include "ctl/override_text.h"

namespace understudy::ctl {
namespace {

std::string changed_to(json::Value record) {
    if (record["problem"].string()) {
        return "Somebody else changed the record: " + text_of(record["problem"]) +
               ".\nWhen that is corrected at the provider, the conflict ends by itself.";
    }
    if (record["foreign"].size() == 0) return "Somebody else deleted the record.";
    return "Somebody else changed the record to " + joined(record["foreign"]) + ".";
}

// What happened to the record, and what a person may say now.
std::string conflict_text(json::Value domain) {
    const json::Value record = domain["record"];
    const json::Value conflict = record["conflict"];
    if (!conflict.is_object()) return {};
    std::string out = "\n" + changed_to(record) + "\n";
    if (is_true(conflict["blocks"])) {
        const std::string why = text_of(domain["reason"]);
        out += "It should hold " + joined(record["desired"]["addresses"]) +
               (why.empty() ? "" : " (" + why + ")") + ", and is not written.\n";
    }
    const std::string name = text_of(domain["name"]);
    const auto offer = [&out, &name](std::string what, const std::string& verb) {
        what.resize(34, ' ');
        out += what + "understudyctl domain " + verb + " " + name + "\n";
    };
    const bool missing = record["foreign"].size() == 0;
    conflict["ways_out"].each([&](json::Value way) {
        const std::string verb = text_of(way);
        if (verb == "adopt") offer("Keep that until the next switch:", verb);
        if (verb == "enforce") offer(missing ? "Make it anew:" : "Put ours back:", verb);
        if (verb == "ignore") offer("Leave it alone from now on:", verb);
    });
    return out;
}

Tone serving_tone(const std::string& state) {
    if (state == "all") return Tone::Good;
    return state == "disputed" ? Tone::Bad : Tone::Warning;
}

// What the zone's name servers answer; nothing where they were not asked.
void add_serving(json::Value serving, std::vector<std::pair<std::string, Cell>>& fields) {
    if (!serving.is_object()) return;
    const std::string sentence =
        text_of(serving["sentence"]) + ", since " + time_text(serving["since"]) + " UTC";
    fields.push_back({"served", {sentence, serving_tone(text_of(serving["state"]))}});
    if (serving["old_answers_until"].is_null()) return;
    fields.push_back(
        {"old answers", "in resolvers until " + time_text(serving["old_answers_until"]) + " UTC"});
}

}  // namespace

std::string domain_view(const Session& session, json::Value domain) {
    const json::Value record = domain["record"];
    std::vector<std::pair<std::string, Cell>> fields = {
        {"name", text_of(domain["display_name"])},
        {"id", number_text(domain["id"])},
        {"status", status_cell(domain["status"])},
        {"reason", text_of(domain["reason"])},
        {"pool", name_in(domain["pool"])},
        {"provider", name_in(domain["provider"])},
        {"zone", text_of(domain["zone"])},
        {"record", joined(record["confirmed"]["addresses"])},
        {"wanted", joined(record["desired"]["addresses"])},
        {"wanted ttl", ttl_text(record["desired"]["ttl_s"])},
        {"normal ttl", ttl_text(domain["normal_ttl_s"])},
        {"ipv6", yes_no(domain["ipv6"])},
        {"proxied", yes_no(domain["proxied"])},
        {"settled", yes_no(record["settled"])},
    };
    if (text_of(domain["name"]) != text_of(domain["display_name"])) {
        fields.insert(fields.begin() + 1, {"ascii", text_of(domain["name"])});
    }
    add_serving(domain["serving"], fields);
    if (is_true(record["refused"])) fields.push_back({"refused", {"by the provider", Tone::Bad}});
    if (is_true(domain["adopted"]))
        fields.push_back({"adopted", {"until the next switch of its pool", Tone::Warning}});
    add_override_fields(domain, add_domain_overrides, fields);
    return session.draw(fields) + conflict_text(domain);
}

}  // namespace understudy::ctl
