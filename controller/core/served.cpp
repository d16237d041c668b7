#include "controller/core/served.h"

#include <algorithm>

#include "base/notice_reasons.h"
#include "base/text.h"
#include "controller/core/announcer.h"
#include "controller/core/drills.h"
#include "controller/core/what_if.h"

namespace understudy::served {
namespace {

using What = NameServerSaid::What;

constexpr std::size_t kFormerContents = 8;
constexpr std::size_t kNamedInSummary = 5;

// "02:14:09Z", with its date where that is not today's.
std::string time_text(WallTime time, WallTime wall) {
    const std::string full = to_rfc3339(time).substr(0, 19) + "Z";
    return full.substr(0, 10) == to_rfc3339(wall).substr(0, 10) ? full.substr(11) : full;
}

std::uint32_t seconds_of(Ttl ttl) {
    return ttl.automatic() ? what_if::kAutomaticTtl : ttl.seconds;
}

Ttl longer(Ttl one, Ttl other) {
    return seconds_of(one) < seconds_of(other) ? other : one;
}

// Of one family that moved.
template <typename Addresses>
bool is_old(const Addresses& content, const Addresses& confirmed, const Addresses& former) {
    return !content.empty() && content != confirmed && content == former;
}

// Without an address it says nothing: a view of the zone that lacks the name says so as well. One
// family that stayed behind is enough: its visitors go to where the record pointed before.
bool is_former(const Domain& domain, const AddressSet& content) {
    const AddressSet& confirmed = domain.record.confirmed;
    return std::ranges::any_of(domain.serving.formerly, [&](const AddressSet& former) {
        return (!content.empty() && content == former) ||
               is_old(content.ipv4, confirmed.ipv4, former.ipv4) ||
               is_old(content.ipv6, confirmed.ipv6, former.ipv6);
    });
}

void remember(std::vector<AddressSet>& formerly, const Former& former, const AddressSet& now) {
    std::vector<AddressSet> contents = former.attempted;
    contents.push_back(former.content);
    for (AddressSet& each : contents) {
        std::erase(formerly, each);
        formerly.push_back(std::move(each));
    }
    std::erase(formerly, now);
    if (formerly.size() <= kFormerContents) return;
    formerly.erase(formerly.begin(), formerly.end() - kFormerContents);
}

// How long a resolver may still hold what was there before the last move, once it is proven: the
// next move does not take that back.
Ttl still_held(const Domain& domain, WallTime wall) {
    const auto until = old_until(domain);
    if (!until || *until <= wall) return Ttl{0};
    const auto rest = std::chrono::ceil<std::chrono::seconds>(*until - wall);
    return Ttl{static_cast<std::uint32_t>(rest.count())};
}

bool all_agree(const RecordServed& input) {
    return !input.said.empty() && std::ranges::all_of(input.said, [](const NameServerSaid& each) {
        return each.what == What::Wanted;
    });
}

// Whether that is the old answer, and not silence or another view of the zone.
bool is_stale(const Domain& domain, const RecordServed& input, const NameServerSaid& said) {
    if (said.what != What::Other) return false;
    return input.edge || is_former(domain, said.content);
}

// "ns1.example.net: 192.0.2.1, ns2.example.net: no answer" of those that `which` picks.
template <typename Which>
std::string those(const RecordServed& input, const Which& which) {
    std::vector<std::string> items;
    for (const NameServerSaid& each : input.said) {
        if (!which(each)) continue;
        items.push_back(each.words.empty() ? each.name : each.name + ": " + each.words);
    }
    return listed(items);
}

std::string all_of_them(const Domain& domain, std::size_t count) {
    const std::string zone = " of " + domain.zone_name;
    if (count == 1) return "The name server" + zone + " answers";
    return (count == 2 ? "Both" : "All " + std::to_string(count)) + " name servers" + zone +
           " answer";
}

std::string proven(const Domain& domain, const RecordServed& input) {
    if (input.edge) return "The edge serves " + domain.name;
    return all_of_them(domain, input.said.size()) + " with " + to_string(domain.record.confirmed);
}

std::string unproven(const Domain& domain, const RecordServed& input) {
    const std::string begin = "Not proven that " + domain.name + " is served";
    if (input.said.empty()) return begin + ": " + input.problem;
    const auto lacking = [](const NameServerSaid& each) { return each.what != What::Wanted; };
    const auto agree = std::ranges::count(input.said, What::Wanted, &NameServerSaid::what);
    const std::string how_many = std::to_string(agree) + " of " +
                                 counted(input.said.size(), "name server") +
                                 " answer with the new content; ";
    return begin + ": " + (input.edge ? "" : how_many) + those(input, lacking);
}

std::string disputed(const Domain& domain, const RecordServed& input, Duration since) {
    const auto stale = [&](const NameServerSaid& each) { return is_stale(domain, input, each); };
    const std::string begin{kNotServed};
    const std::string after = " " + to_text(since) + " after the provider confirmed the change";
    if (input.edge)
        return begin + "the edge does not serve " + domain.name + after + ": " +
               those(input, stale);
    const auto count = std::ranges::count_if(input.said, stale);
    return begin + std::to_string(count) + " of " + counted(input.said.size(), "name server") +
           " of " + domain.zone_name + (count == 1 ? " still answers" : " still answer") +
           " with the old content" + after + ": " + those(input, stale);
}

void set(StepContext& context, DomainId id, Served state, std::string said) {
    Serving& serving = context.tx.edit(id).serving;
    serving.state = state;
    serving.since = context.wall();
    serving.said = std::move(said);
}

void log(StepContext& context, const Domain& domain, EventType type, std::string from,
         std::string reason, std::string detail) {
    LogLine line = line_of(domain, *context.fleet().pool(domain.pool), type);
    line.from = std::move(from);
    line.to = to_string(domain.record.confirmed);
    line.reason = std::move(reason);
    line.detail = std::move(detail);
    context.tx.log(std::move(line));
}

void tell_served(StepContext& context, DomainId id, const RecordServed& input) {
    const bool was_disputed = context.fleet().domain(id)->serving.state == Served::Disputed;
    set(context, id, Served::All, proven(*context.fleet().domain(id), input));
    const Domain& domain = *context.fleet().domain(id);
    const std::string detail = those(input, [](const NameServerSaid&) { return true; });
    log(context, domain, EventType::RecordServed, {}, sentence(domain, context.wall()),
        detail + "; found " + to_text(input.took) + " after they were first asked");
    if (!was_disputed) return;
    // Who was told that it failed is told that it is over.
    const News news = domain.announced_away ? News::FailoverTriggered : News::ServerRecovered;
    context.announcer.tell(context, id, news, domain.record.confirmed, domain.record.confirmed);
}

void tell_disputed(StepContext& context, DomainId id, const RecordServed& input) {
    const Domain& known = *context.fleet().domain(id);
    if (known.serving.state == Served::Disputed) return;  // people know
    const auto first = std::ranges::find_if(
        input.said, [&](const NameServerSaid& each) { return is_stale(known, input, each); });
    const AddressSet old = input.edge ? known.record.confirmed : first->content;
    // It was asked anew after a restart.
    const Duration since = std::max(input.took, context.wall() - known.serving.since);
    const std::string said = disputed(known, input, since);
    log(context, known, EventType::FailoverFailed, to_string(old), said, "asking goes on");
    // The move itself goes out before this.
    set(context, id, Served::Disputed, said);
    context.announcer.tell(context, id, News::NotServed, old, known.record.confirmed, said);
    // Nobody was told that it moved; of this they are owed an end all the same.
    const Pool& pool = *context.fleet().pool(known.pool);
    if (drills::silent(pool) && pool.failed_over()) context.tx.edit(id).announced_away = true;
}

void tell_unproven(StepContext& context, DomainId id, const RecordServed& input) {
    if (context.fleet().domain(id)->serving.state == Served::Disputed) return;
    set(context, id, Served::Unproven, unproven(*context.fleet().domain(id), input));
    const Domain& domain = *context.fleet().domain(id);
    log(context, domain, EventType::RecordServed, {}, domain.serving.said,
        "asked for " + to_text(input.took));
}

bool awaits(const Domain& domain, const RecordServed& input) {
    const Serving& serving = domain.serving;
    const bool open = serving.state == Served::Asked || serving.state == Served::Disputed;
    return open && domain.record.settled() && !domain.record.in_conflict() &&
           input.generation == serving.generation;
}

void ask(StepContext& context, const Domain& domain) {
    context.tx.ask_served({domain.id, domain.serving.generation, domain.record.confirmed});
}

}  // namespace

void on_confirmed(StepContext& context, DomainId id, const Former& former, Ttl ttl) {
    Domain& domain = context.tx.edit(id);
    Serving& serving = domain.serving;
    const bool moved = former.content != domain.record.confirmed || !former.attempted.empty();
    if (moved && context.timings.served_bound > Duration{0}) {
        const bool closed = serving.state == Served::Unasked || serving.state == Served::All;
        const Ttl rest = closed ? still_held(domain, context.wall()) : serving.former_ttl;
        if (closed && rest.seconds == 0) serving.formerly.clear();
        serving.former_ttl = longer(rest, serving.shown_ttl);
        remember(serving.formerly, former, domain.record.confirmed);
        set(context, id, Served::Asked, {});
    }
    serving.shown_ttl = ttl;
    const bool open = serving.state == Served::Asked || serving.state == Served::Disputed;
    if (!open) return;
    serving.generation = domain.record.confirmed_generation;
    if (awaited(domain)) ask(context, domain);
}

bool awaited(const Domain& domain) {
    return domain.serving.state == Served::Asked && domain.record.settled();
}

void heard(StepContext& context, const RecordServed& input) {
    const Domain* domain = context.fleet().domain(input.domain);
    if (domain == nullptr || !awaits(*domain, input)) return;
    const auto stale = [&](const NameServerSaid& each) { return is_stale(*domain, input, each); };
    if (all_agree(input)) {
        tell_served(context, input.domain, input);
    } else if (!input.final) {
        // Who was still behind a moment ago may follow in the next: people wait for that, but not
        // for what cannot be asked from here.
        if (!awaited(*domain) || std::ranges::any_of(input.said, stale)) return;
        context.tx.edit(input.domain).serving.said = unproven(*domain, input);
    } else if (std::ranges::any_of(input.said, stale)) {
        tell_disputed(context, input.domain, input);
    } else {
        tell_unproven(context, input.domain, input);
    }
    context.announcer.done(context, input.domain);
}

void go_on(StepContext& context, DomainId id) {
    const Domain& domain = *context.fleet().domain(id);
    if (awaited(domain) && !domain.record.in_conflict()) ask(context, domain);
}

void ask_again(StepContext& context, Served state) {
    const bool off = context.timings.served_bound <= Duration{0};
    std::vector<DomainId> forgotten;
    for (const Domain* domain : context.fleet().domains()) {
        if (domain->serving.state != state) continue;
        if (off) {
            forgotten.push_back(domain->id);
        } else if (domain->record.settled() && !domain->record.in_conflict()) {
            ask(context, *domain);
        }
    }
    for (const DomainId id : forgotten) {
        const bool waited_for = awaited(*context.fleet().domain(id));
        Domain& domain = context.tx.edit(id);
        forget(domain, domain.serving.shown_ttl);
        if (waited_for) context.announcer.done(context, id);
    }
}

void forget(Domain& domain, Ttl ttl) {
    domain.serving = Serving{};
    domain.serving.shown_ttl = ttl;
}

std::optional<WallTime> old_until(const Domain& domain) {
    const Serving& serving = domain.serving;
    // Its visitors never see the address.
    if (serving.state != Served::All || domain.proxied) return std::nullopt;
    return serving.since + std::chrono::seconds{seconds_of(serving.former_ttl)};
}

std::string state_sentence(const Domain& domain) {
    const Serving& serving = domain.serving;
    if (serving.state != Served::Asked) return serving.said;
    const std::string begin = "Whether it is served is ";
    if (domain.record.in_conflict())
        return begin + "not asked while somebody else holds the record";
    if (!domain.record.settled()) return begin + "not asked before the record is changed";
    const std::string so_far = serving.said.empty() ? "" : " (" + serving.said + ")";
    return begin + "still being asked" + so_far;
}

std::string sentence(const Domain& domain, WallTime wall) {
    std::string said = state_sentence(domain);
    if (domain.serving.state != Served::All) return said;
    said += " since " + time_text(domain.serving.since, wall);
    const auto until = old_until(domain);
    if (until && *until > wall)
        said += "; resolvers may hold the old answer until " + time_text(*until, wall);
    return said;
}

std::string summary(const std::vector<const Domain*>& domains, WallTime wall) {
    if (domains.size() == 1) return sentence(*domains.front(), wall);
    std::vector<std::string> lacking;
    std::size_t asked = 0;
    std::optional<WallTime> until;
    for (const Domain* domain : domains) {
        if (domain->serving.state == Served::Unasked) continue;
        ++asked;
        if (domain->serving.state != Served::All) lacking.push_back(domain->name);
        const auto its = old_until(*domain);
        if (its && *its > wall && (!until || *its > *until)) until = its;
    }
    if (asked == 0) return {};
    std::string text = "Served by every name server: " + std::to_string(asked - lacking.size()) +
                       " of " + counted(asked, "domain");
    if (until) text += ", and resolvers may hold old answers until " + time_text(*until, wall);
    if (lacking.empty()) return text;
    const std::size_t more = lacking.size() - std::min(lacking.size(), kNamedInSummary);
    lacking.resize(lacking.size() - more);
    return text + "; not proven: " + listed(lacking) +
           (more > 0 ? " and " + std::to_string(more) + " more" : "");
}

}  // namespace understudy::served
