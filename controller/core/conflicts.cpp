#include "controller/core/conflicts.h"

#include <algorithm>

#include "base/notice_reasons.h"
#include "controller/core/announcer.h"
#include "controller/core/served.h"
#include "controller/core/situation.h"

namespace understudy::conflicts {
namespace {

std::string command(const char* verb, const Domain& domain) {
    return std::string{"'understudyctl domain "} + verb + " " + domain.name + "'";
}

// How the conflict ends, as the end of a sentence.
std::string until(const Fleet& fleet, const Domain& domain) {
    const WaysOut ways = ways_out(fleet, domain);
    std::string out = "nothing is written until ";
    if (ways.adopt) out += command("adopt", domain) + " or ";
    if (ways.enforce) return out + command("enforce", domain);
    if (ways.adopt) return out + "it is undone at the provider";
    return out + "it is corrected at the provider";
}

std::string present(const Publication& record) {
    if (!record.foreign_why.empty()) return record.foreign_why;
    if (record.foreign->empty()) return "somebody else deleted the record";
    return "the record holds " + to_string(*record.foreign) + ", which somebody else wrote";
}

}  // namespace

void enter(StepContext& context, const RecordObserved& input) {
    Domain& domain = context.tx.edit(input.domain);
    const AddressSet& observed = input.observed.addresses;
    domain.record.foreign = observed;
    domain.record.foreign_why = input.problem;
    LogLine line = line_of(domain, *context.fleet().pool(domain.pool), EventType::DnsDrift);
    line.from = to_string(domain.record.confirmed);
    line.to = input.problem.empty() ? to_string(observed) : "";
    line.reason =
        observed.empty() && input.problem.empty() ? kRecordDeleted : kRecordChangedByAnother;
    line.detail = until(context.fleet(), domain);
    if (!input.problem.empty()) line.detail = input.problem + "; " + line.detail;
    context.tx.log(std::move(line));
    context.announcer.tell(context, input.domain, News::DnsDrift, domain.record.confirmed, observed,
                           input.problem);
    context.announcer.done(context, input.domain);
}

void clear(StepContext& context, DomainId id, const AddressSet& observed) {
    Domain& domain = context.tx.edit(id);
    domain.record.foreign.reset();
    domain.record.foreign_why.clear();
    domain.record.refused = false;
    const Pool& pool = *context.fleet().pool(domain.pool);
    LogLine line = line_of(domain, pool, EventType::DriftCleared);
    line.to = to_string(observed);
    line.reason = "Record holds expected content again";
    context.tx.log(std::move(line));
    if (!domain.record.settled()) context.announcer.waits(context, id, pool.incident);
    served::go_on(context, id);
}

bool blocks(const Domain& domain) {
    const Publication& record = domain.record;
    return record.in_conflict() && !record.settled() && record.desired != record.confirmed;
}

void tell_blocked(StepContext& context, DomainId id) {
    const Domain& known = *context.fleet().domain(id);
    // The drift comes first; when it has gone out this is looked at again.
    if (!blocks(known) || known.record.refused || known.news == News::DnsDrift) return;
    Domain& domain = context.tx.edit(id);
    domain.record.refused = true;
    const Fleet& fleet = context.fleet();
    LogLine line = line_of(domain, *fleet.pool(domain.pool), EventType::FailoverFailed);
    const AddressSet before =
        domain.record.foreign_why.empty() ? *domain.record.foreign : domain.record.confirmed;
    line.from = to_string(before);
    line.to = to_string(domain.record.desired);
    line.reason = kBlockedByAnother;
    line.detail = present(domain.record) + "; " + until(fleet, domain);
    context.tx.log(std::move(line));
    context.announcer.tell(context, id, News::FailoverFailed, before, domain.record.desired,
                           std::string{kBlockedByAnother});
}

std::optional<Error> ipv6_left_behind(const Fleet& fleet, const Pool& pool,
                                      const std::string& domain) {
    const bool any = std::ranges::any_of(
        pool.members, [&](ServerId id) { return fleet.server(id)->ipv6.has_value(); });
    if (any) return std::nullopt;
    return conflict("record '" + domain + "' has an AAAA record, but no server of pool '" +
                        pool.name +
                        "' has an IPv6 address: visitors with IPv6 would stay on a dead server",
                    "give the servers their ipv6, or delete the AAAA record");
}

std::optional<Error> why_not_adopt(const Fleet& fleet, const Domain& domain,
                                   const AddressSet& present) {
    const std::string record = "record '" + domain.name + "'";
    if (present.empty()) {
        return conflict(record + " does not exist: there is nothing to adopt",
                        "say " + command("enforce", domain) +
                            " to have it made anew, or ignore or remove the domain");
    }
    if (!present.ipv6.empty()) {
        if (auto left = ipv6_left_behind(fleet, *fleet.pool(domain.pool), domain.name)) return left;
    }
    // A change on its way would land after the adoption and look like somebody else's.
    if (!domain.record.settled() && !domain.record.in_conflict()) {
        return conflict(record + " is being changed and holds nothing foreign",
                        "wait until its change is confirmed");
    }
    return std::nullopt;
}

WaysOut ways_out(const Fleet& fleet, const Domain& domain) {
    const Publication& record = domain.record;
    // What is no record of addresses is neither taken over nor written over.
    if (!record.in_conflict() || !record.foreign_why.empty()) return {};
    return {!why_not_adopt(fleet, domain, *record.foreign),
            !in_dry_run(fleet, *fleet.pool(domain.pool))};
}

std::string sentence(const Fleet& fleet, const Domain& domain) {
    std::string out = present(domain.record);
    if (blocks(domain)) {
        out += "; " + to_string(domain.record.desired) +
               " is wanted: " + fleet.pool(domain.pool)->why();
    }
    return out + "; " + until(fleet, domain);
}

}  // namespace understudy::conflicts
