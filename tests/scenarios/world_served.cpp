#include "tests/scenarios/script.h"
#include "tests/scenarios/world.h"

namespace understudy::scenarios {

// "served www.example.org ns1=wanted ns2=192.0.2.1 ns3=silent took=2s": what its name servers say,
// of the generation that was asked about or another. "still": not the last word; "edge": it is
// proxied; "problem=WORD": they could not be found.
void World::say_served(const Words& words) {
    const Domain& row = domain_row(words.at(1));
    RecordServed said{row.id, row.serving.generation};
    for (std::size_t i = 2; i < words.size(); ++i) {
        const Words parts = split(words[i], '=');
        if (parts.at(0) == "still") {
            said.final = false;
        } else if (parts[0] == "edge") {
            said.edge = true;
        } else if (parts.at(0) == "took") {
            said.took = duration_of(parts.at(1));
        } else if (parts[0] == "generation") {
            said.generation = std::stoll(parts.at(1));
        } else if (parts[0] == "problem") {
            said.problem = parts.at(1);
        } else if (parts.at(1) == "wanted") {
            said.said.push_back({parts[0], NameServerSaid::What::Wanted, row.record.confirmed, ""});
        } else if (parts[1] == "silent") {
            said.said.push_back({parts[0], NameServerSaid::What::Nothing, {}, "no answer"});
        } else if (said.edge) {
            said.said.push_back({parts[0], NameServerSaid::What::Other, {}, parts[1]});
        } else {
            said.said.push_back(
                {parts[0], NameServerSaid::What::Other, addresses_of(parts[1]), parts[1]});
        }
    }
    apply(said);
}

}  // namespace understudy::scenarios
