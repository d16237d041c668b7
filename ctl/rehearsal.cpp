#include "ctl/rehearsal.h"

#include "base/text.h"
#include "ctl/display.h"

namespace understudy::ctl {
namespace {

constexpr std::size_t kRowsShown = 50;

bool changes(json::Value domain) {
    return content_text(domain["from"]) != content_text(domain["to"]);
}

std::string later_text(json::Value later) {
    std::string out;
    later.each([&](json::Value pool) {
        out +=
            plain_text("Then pool " + text_of(pool["pool"]) + " " + text_of(pool["next"])) + ".\n";
    });
    return out;
}

bool moves_later(json::Value later) {
    bool moves = false;
    later.each([&](json::Value pool) { moves = moves || pool["moves"].boolean().value_or(true); });
    return moves;
}

std::string preview(const Session& session, json::Value planned) {
    const json::Value domains = planned["domains"];
    std::string out;
    if (domains.size() > 0) {
        const std::size_t moved = changes_in(domains);
        out = records_table(session, domains) + "\n" + counted(moved, "record") +
              (moved == 1 ? " moves" : " move") + " at once.\n";
    }
    return out + later_text(planned["later"]);
}

}  // namespace

Option yes_option() {
    return {"yes", "", "Do not ask", 'y'};
}

std::size_t changes_in(json::Value domains) {
    std::size_t count = 0;
    domains.each([&](json::Value domain) {
        if (changes(domain)) ++count;
    });
    return count;
}

std::string records_table(const Session& session, json::Value domains) {
    Table table;
    table.header = {"DOMAIN", "RECORD NOW", "RECORD THEN"};
    for (const bool changing : {true, false}) {
        domains.each([&](json::Value domain) {
            if (changes(domain) != changing || table.rows.size() >= kRowsShown) return;
            table.rows.push_back(
                {text_of(domain["name"]), content_text(domain["from"]),
                 changing ? Cell{content_text(domain["to"]), Tone::Warning} : Cell{"the same"}});
        });
    }
    std::string out = session.draw(table);
    if (domains.size() > table.rows.size()) {
        out += "and " + std::to_string(domains.size() - table.rows.size()) +
               " more (-o json has all)\n";
    }
    return out;
}

int ask_first(Session& session, const Arguments& arguments, const std::string& order) {
    const bool sure = arguments.flag("yes");
    if (sure && session.json()) return kOk;
    const auto planned = session.post("/rehearse", order);
    if (!planned) return session.failure();
    const json::Value root = planned->root();
    if (!session.json()) session.print(preview(session, root));
    const bool asks = !sure && (root["domains"].size() > 0 || moves_later(root["later"]));
    if (asks && (session.json() || !session.can_ask())) {
        return session.usage("--yes", "this moves traffic, and nobody can be asked here",
                             "say --yes to do it");
    }
    if (!asks || session.confirm("Go on?")) return kOk;
    session.print("Nothing was changed.\n");
    return kRefused;
}

}  // namespace understudy::ctl
