// Invariants of what leaves the process and of what it does to the provider's records.
#include <algorithm>

#include "tests/simulation/invariants.h"

namespace understudy::simulation::invariants {
namespace {

// Three requests, each as slow as it may be.
constexpr Duration kConversation{120'000};

std::string content_of(const std::vector<WorldRecord>& records) {
    AddressSet set;
    for (const WorldRecord& record : records) {
        if (const auto ipv4 = parse_ipv4(record.content)) set.ipv4.push_back(*ipv4);
        if (const auto ipv6 = parse_ipv6(record.content)) set.ipv6.push_back(*ipv6);
    }
    set.normalise();
    return to_string(set);
}

}  // namespace

Broken never_touches_an_unbound_record(const Departing& request) {
    for (const std::string& name : request.names) {
        if (request.ledger.domain_named.contains(name)) continue;
        // A conversation that began while it was bound may end after it was removed.
        const auto removed = request.ledger.unbound_at.find(name);
        const bool begun = removed != request.ledger.unbound_at.end() &&
                           removed->second >= request.ledger.started &&
                           request.now - removed->second < kConversation;
        if (!begun) return name + " is not bound";
    }
    return std::nullopt;
}

Broken one_write_in_flight_per_record(const Departing& request) {
    for (const std::string& name : request.names)
        if (request.busy.contains(name)) return name + " is being written already";
    return std::nullopt;
}

Broken no_message_without_a_row(const Ledger& ledger, const std::string& message) {
    if (ledger.messages.contains(message)) return std::nullopt;
    return "message " + message + " is in no row";
}

Broken never_an_empty_set(const Applied& write) {
    if (!write.after.empty()) return std::nullopt;
    return write.name + " was left without any address";
}

Broken never_loses_the_proxied_flag(const Applied& write) {
    if (write.before.empty()) return std::nullopt;
    const bool proxied = write.before.front().proxied;
    for (const WorldRecord& record : write.after)
        if (record.proxied != proxied) return write.name + " is proxied otherwise than before";
    return std::nullopt;
}

Broken never_loses_the_comment(const Applied& write) {
    const auto of_type = [](const std::vector<WorldRecord>& records) {
        return std::ranges::count(records, "A", &WorldRecord::type);
    };
    if (of_type(write.before) != 1 || of_type(write.after) != 1) return std::nullopt;
    const auto before = std::ranges::find(write.before, "A", &WorldRecord::type);
    const auto after = std::ranges::find(write.after, "A", &WorldRecord::type);
    if (before->comment == after->comment) return std::nullopt;
    return write.name + " lost its comment";
}

Broken no_write_without_a_row(const Applied& write) {
    const auto book = write.ledger.domain_books.find(write.name);
    if (book == write.ledger.domain_books.end() || write.foreign || write.muddled)
        return std::nullopt;
    // What was on its way when the domain was removed may still arrive.
    if (!write.ledger.domain_named.contains(write.name)) return std::nullopt;
    const std::string holds = content_of(write.after);
    if (book->second.wanted.contains(holds)) return std::nullopt;
    return write.name + " holds " + holds + ", which no row wanted";
}

Broken never_over_foreign_content(const Applied& write) {
    if (!write.foreign) return std::nullopt;
    return "foreign content of " + write.name + " was overwritten";
}

std::span<const Named<Departing>> of_requests() {
    static constexpr Named<Departing> kAll[] = {
        {"never_touches_an_unbound_record", never_touches_an_unbound_record},
        {"one_write_in_flight_per_record", one_write_in_flight_per_record},
    };
    return kAll;
}

std::span<const Named<Applied>> of_writes() {
    static constexpr Named<Applied> kAll[] = {
        {"never_an_empty_set", never_an_empty_set},
        {"never_loses_the_proxied_flag", never_loses_the_proxied_flag},
        {"never_loses_the_comment", never_loses_the_comment},
        {"no_write_without_a_row", no_write_without_a_row},
        {"never_over_foreign_content", never_over_foreign_content},
    };
    return kAll;
}

}  // namespace understudy::simulation::invariants
