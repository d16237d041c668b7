#include "tests/scenarios/script.h"
#include "tests/scenarios/world.h"

namespace understudy::scenarios {

// "address web1 192.0.2.9,2001:db8::9": its agent reports these; "nothing": none any more; "link":
// as where its link comes from.
void World::report_address(const Words& words) {
    AddressReported said{server(words.at(1)), links_.at(words.at(1))};
    const AddressSet set = words.at(2) == "nothing" ? AddressSet{} : addresses_of(words.at(2));
    if (!set.ipv4.empty()) said.ipv4 = set.ipv4.front();
    if (!set.ipv6.empty()) said.ipv6 = set.ipv6.front();
    const bool of_link = words.size() > 3 && words[3] == "link";
    said.ipv4_of_link = of_link && said.ipv4;
    said.ipv6_of_link = of_link && said.ipv6;
    apply(said);
}

// "proof web1 serves by=web2 ipv6": what was found at the address that was asked about last, by the
// controller unless by another; "old": by the question before that.
void World::say_proof(const Words& words) {
    static const std::map<std::string, Verdict> kVerdicts{
        {"serves", Verdict::Serves}, {"dead", Verdict::Dead}, {"silent", Verdict::Nothing}};
    AddressProbed said;
    said.server = server(words.at(1));
    said.question = proofs_.at(words.at(1));
    said.verdict = kVerdicts.at(words.at(2));
    said.found = "https 443: " + words.at(2);
    for (std::size_t i = 3; i < words.size(); ++i) {
        if (words[i] == "ipv6") said.ipv6 = true;
        if (words[i] == "old") --said.question;
        if (words[i].starts_with("by=")) said.by = server(words[i].substr(3));
    }
    apply(said);
}

void World::trace_proof(const AskProof& asked) {
    const std::string& name = engine_->fleet().server(asked.server)->name;
    proofs_[name] = asked.question;
    AddressSet there;
    if (asked.ipv4) there.ipv4.push_back(*asked.ipv4);
    if (asked.ipv6) there.ipv6.push_back(*asked.ipv6);
    note("ask who answers at " + to_string(there) + ": is it " + name + "?");
}

}  // namespace understudy::scenarios
