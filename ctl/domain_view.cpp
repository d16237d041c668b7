#include "ctl/domain_view.h"

#include "ctl/display.h"
#include "ctl/override_text.h"

namespace understudy::ctl {
namespace {

std::string yes_no(json::Value flag) {
    return flag.boolean().value_or(false) ? "yes" : "no";
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
    if (record["refused"].boolean().value_or(false))
        fields.push_back({"refused", {"by the provider", Tone::Bad}});
    std::vector<Forced> forced;
    add_domain_overrides(domain, forced);
    for (const auto& [sentence, end] : forced)
        fields.push_back({"override", {sentence + ". End it: " + end, Tone::Warning}});
    std::string out = session.draw(fields);
    if (record["problem"].string()) {
        out += "\nSomebody else changed the record: " + text_of(record["problem"]) + ".\n";
    } else if (!record["foreign"].is_null()) {
        out += "\nSomebody else changed the record to " + joined(record["foreign"]) +
               ".\nKeep that until the next switch: understudyctl domain adopt " +
               text_of(domain["name"]) +
               "\nPut ours back:                    understudyctl domain enforce " +
               text_of(domain["name"]) + "\n";
    }
    return out;
}

}  // namespace understudy::ctl
