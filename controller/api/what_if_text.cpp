#include "controller/api/what_if_text.h"

#include <algorithm>
#include <unordered_set>

#include "base/text.h"
#include "controller/api/view_parts.h"

namespace understudy::api {
namespace {

using Fate = WhatIfPool::Fate;

constexpr std::size_t kNamesShown = 3;

// Whole seconds: it is an estimate.
std::string about(Duration span) {
    return to_text(Duration{std::chrono::ceil<std::chrono::seconds>(span)});
}

std::string about(const WaitSpan& span) {
    const std::string best = about(span.best);
    const std::string worst = about(span.worst);
    return best == worst ? "about " + best : best + " to " + worst;
}

std::string domains_text(std::size_t count) {
    return counted(count, "domain");
}

std::string moves_text(const WhatIfTotals& totals, const WhatIfTime& time) {
    std::string text = domains_text(totals.domains.moving) + " would move to " + who_of(totals.to) +
                       " in " + about(time.until_written());
    if (time.ttl > Duration{0})
        text += ", and resolvers may hold the old answer for up to " + about(time.ttl) + " more";
    return text;
}

std::string joined(const std::vector<std::string>& parts, const char* otherwise) {
    std::string text;
    for (const std::string& part : parts)
        text += (text.empty() ? "" : "; ") + part;
    return text.empty() ? otherwise : text;
}

std::string have(std::size_t count, const char* rest) {
    return domains_text(count) + (count == 1 ? " has " : " have ") + rest;
}

std::string not_ready_text(std::size_t count) {
    return domains_text(count) + " of them to a server that is not ready for " +
           (count == 1 ? "it" : "them");
}

std::string calls_text(const std::string& provider, const WhatIfWriting& writing) {
    const int free = std::max(0, *writing.means->calls_free);
    return "provider '" + provider + "' takes " +
           counted(static_cast<std::size_t>(free), "more call") + " at present, and " +
           std::to_string(writing.calls) + " are needed: the rest waits for its next window";
}

}  // namespace

std::string who_of(const std::vector<std::string>& names) {
    if (names.size() == kNamesShown + 1)
        return who_of({names[0], names[1], names[2] + ", " + names[3]});
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), kNamesShown); ++i) {
        const bool last = i + 1 == names.size();
        text += (i == 0 ? "" : last ? " and " : ", ") + names[i];
    }
    if (names.size() <= kNamesShown) return text;
    return text + " and " + std::to_string(names.size() - kNamesShown) + " more servers";
}

WhatIfTotals totals_of(const Fleet& fleet, const WhatIf& found) {
    WhatIfTotals totals;
    std::unordered_set<ServerId> named;
    for (const WhatIfPool& pool : found.pools) {
        if (pool.fate == Fate::Untouched) continue;
        totals.domains.unserved += pool.domains.unserved;
        totals.domains.blocked += pool.domains.blocked;
        totals.domains.ignored += pool.domains.ignored;
        totals.domains.same += pool.domains.same;
        if (pool.domains.moving == 0) continue;
        if (pool.dry_run || pool.held) {
            (pool.dry_run ? totals.dry_run : totals.held) += pool.domains.moving;
            continue;
        }
        totals.domains.moving += pool.domains.moving;
        totals.domains.not_ready += pool.domains.not_ready;
        for (const ServerId id : pool.to.servers) {
            const Server* server = fleet.server(id);
            if (server != nullptr && named.insert(id).second) totals.to.push_back(server->name);
        }
        if (pool.standby == 0) totals.without_standby.push_back(pool.name);
    }
    return totals;
}

std::string sentence_of(const std::vector<std::string>& lost, const WhatIf& found,
                        const WhatIfTotals& totals, const WhatIfTime& time) {
    std::vector<std::string> parts;
    const WhatIfCounts& domains = totals.domains;
    if (domains.moving > 0) parts.push_back(moves_text(totals, time));
    if (domains.not_ready > 0) parts.push_back(not_ready_text(domains.not_ready));
    if (domains.unserved > 0) parts.push_back(have(domains.unserved, "no stand-by"));
    if (totals.held > 0) parts.push_back(domains_text(totals.held) + " would be held back");
    if (totals.dry_run > 0)
        parts.push_back(domains_text(totals.dry_run) + " would stay: a dry run");
    const std::size_t left = domains.blocked + domains.ignored;
    if (left > 0) parts.push_back(domains_text(left) + " would stay: in conflict or ignored");
    const char* otherwise = domains.same > 0 ? "no record would change"
                                             : "nothing would change: no domain is served by it";
    const std::string who = "If " + who_of(lost) + " died now: ";
    if (found.doubted && !parts.empty())
        return who + "nothing would move until the doubt about so many losses ends. Then " +
               joined(parts, otherwise) + ".";
    return who + joined(parts, otherwise) + ".";
}

std::string sentence_of(const std::string& server, const WhatIfServer& row) {
    std::vector<std::string> parts;
    if (row.moving > 0) parts.push_back(domains_text(row.moving) + " would move");
    if (row.not_ready > 0) parts.push_back(not_ready_text(row.not_ready));
    if (row.unserved > 0) parts.push_back(have(row.unserved, "no stand-by"));
    if (row.held > 0) parts.push_back(domains_text(row.held) + " would be held back");
    if (row.staying > 0) parts.push_back(domains_text(row.staying) + " would stay as they are");
    return "If " + server +
           " died now: " + joined(parts, "nothing would change: no domain is served by it") + ".";
}

std::vector<std::string> obstacles_of(const Fleet& fleet, const WhatIf& found,
                                      const std::vector<WhatIfWriting>& writings) {
    std::vector<std::string> obstacles;
    if (found.doubted) obstacles.push_back(found.doubted->sentence());
    std::unordered_set<std::string> said{obstacles.begin(), obstacles.end()};
    for (const WhatIfPool& pool : found.pools) {
        if (!pool.held) continue;
        std::string sentence = pool.held->sentence();
        if (said.insert(sentence).second) obstacles.push_back(std::move(sentence));
    }
    for (const WhatIfWriting& writing : writings) {
        const std::string name = name_of(fleet.provider(writing.provider));
        if (!writing.means)
            obstacles.push_back("the credential of provider '" + name +
                                "' cannot be used: understudyctl provider verify " + name);
        else if (writing.calls_short() > 0)
            obstacles.push_back(calls_text(name, writing));
    }
    for (const WhatIfPool& pool : found.pools) {
        if (pool.dry_run && pool.fate != Fate::Untouched)
            obstacles.push_back("pool '" + pool.name + "' is in a dry run, and nothing is written");
    }
    return obstacles;
}

}  // namespace understudy::api
