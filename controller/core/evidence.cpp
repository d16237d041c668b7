#include "controller/core/evidence.h"

#include "base/field_codec.h"
#include "base/json.h"
#include "base/policy_fields.h"
#include "controller/core/common_place.h"
#include "controller/core/flapping.h"
#include "controller/core/observers.h"
#include "controller/core/readiness.h"
#include "controller/core/restraints.h"

namespace understudy::evidence {
namespace {

std::string health_of(const EngineView& view, const Pool& pool, ServerId server) {
    const bool absent = !view.fleet.server(server)->ever_seen;
    return absent ? "never connected"
                  : understudy::sentence_of(view.liveness.of(server), view.now,
                                            pool.policy.health_timeout_s);
}

void write_members(json::Writer& out, const EngineView& view, const Pool& pool,
                   const Situation& situation) {
    const bool by_load = pool.active_active() && pool.policy.answers == AnswerOrder::LeastLoaded;
    out.objects("members", situation.members, [&](const MemberView& member) {
        out.field("server", view.fleet.server(member.server)->name)
            .field("standing", to_text(member.fitness.standing))
            .field("health", health_of(view, pool, member.server))
            .field("published", moving_target(view.fleet, pool).has(member.server));
        const auto testimony = view.testimony.of(member.server);
        if (!testimony.empty()) {
            out.key("testimony").begin_array();
            write_testimony(out, view.fleet, testimony, service_of(pool.policy), view.now);
            out.end_array();
        }
        if (view.readiness.of(member.server) != nullptr)
            out.field("readiness", readiness::sentence(view, pool, member.server));
        if (by_load) out.field("load", member.load);
    });
}

void write_policy(json::Writer& out, const Situation& situation) {
    Policy policy = situation.rules.policy;
    // What flapping makes of it counted.
    policy.failback_after_s =
        std::chrono::duration_cast<std::chrono::seconds>(situation.rules.failback_after);
    out.object("policy", [&] { write_described(out, policy); });
}

std::vector<std::string> restraints_on(const EngineView& view, const Pool& pool) {
    std::vector<std::string> sentences;
    if (const auto all = restraints::on_all(view)) {
        sentences.push_back(restraints::worded(view, nullptr, *all).sentence());
    }
    if (const auto one = restraints::on_pool(view, pool)) {
        sentences.push_back(restraints::worded(view, &pool, *one).sentence());
    }
    return sentences;
}

}  // namespace

std::string sentence(const EngineView& view, const Pool& pool) {
    std::string out;
    for (const ServerId id : pool.members) {
        if (!out.empty()) out += "; ";
        out += view.fleet.server(id)->name + " ";
        out +=
            understudy::sentence_of(view.liveness.of(id), view.now, pool.policy.health_timeout_s);
        const Word word = word_of_member(view, pool, id);
        if (word.says != Word::Says::Nothing) out += ", " + observers::sentence_of(word);
    }
    return out + "; confirm_s " + std::to_string(pool.policy.confirm_s.count());
}

void write_testimony(json::Writer& out, const Fleet& fleet, std::span<const Testimony> testimony,
                     std::string_view service, Instant now) {
    for (const Testimony& each : testimony) {
        if (!service.empty() && each.service != service) continue;
        out.begin_object()
            .field("by", observers::name_of(fleet, each.by))
            .field("probe", each.service)
            .field("says", to_text(each.verdict))
            .field("for_s", (now - each.since).count() / 1000)
            .field("found", each.sentence)
            .field("counts", !each.doubted && now < each.valid_until)
            .end_object();
    }
}

std::string sentence_of(const Override& forced) {
    std::string out = "by " + (forced.who.empty() ? std::string{"somebody"} : forced.who);
    if (!forced.why.empty()) out += " (" + forced.why + ")";
    out += " since " + to_rfc3339(forced.since);
    if (forced.until) out += " until " + to_rfc3339(*forced.until);
    return out;
}

std::vector<std::string> overrides(const EngineView& view, const Pool& pool) {
    std::vector<std::string> out;
    const auto add = [&](const std::string& what, const Override& forced) {
        out.push_back(what + " " + sentence_of(forced));
    };
    const Controls& controls = view.fleet.controls();
    const auto name = [&](ServerId id) { return "'" + view.fleet.server(id)->name + "'"; };
    if (controls.pause) add("everything is paused", *controls.pause);
    if (controls.dry_run) add("everything is in a dry run", *controls.dry_run);
    if (pool.dry_run) add("pool '" + pool.name + "' is in a dry run", *pool.dry_run);
    if (pool.hold) {
        add("pool '" + pool.name + "' is " +
                (pool.hold->pinned ? "pinned to server " + name(pool.hold->pinned) : "held"),
            pool.hold->by);
    }
    if (pool.preferred) {
        add("pool '" + pool.name + "' is switched to server " + name(pool.preferred->server),
            pool.preferred->by);
    }
    for (const ServerId id : pool.members) {
        const Server& server = *view.fleet.server(id);
        if (server.maintenance)
            add("server " + name(id) + " is in maintenance", *server.maintenance);
    }
    return out;
}

std::string rule_of(const Choice& choice) {
    switch (choice.cause) {
        case Cause::None:
            return "the present target stays: nothing speaks against it";
        case Cause::PrimaryDown:
            return "rule 4: the primary is down, the first healthy secondary takes over";
        case Cause::SecondaryDown:
            return "rule 4: the serving secondary is down, the next healthy one takes over";
        case Cause::PrimaryRecovered:
            return "rule 5: the primary has recovered for as long as the policy asks, or nobody "
                   "else is healthy";
        case Cause::PreferredDown:
            return "rule 4: the server that a person switched to is down, the first healthy other "
                   "member takes over";
        case Cause::PreferredRecovered:
            return "rule 5: the server that a person switched to has recovered for as long as the "
                   "policy asks, or nobody else is healthy";
        case Cause::MemberBack:
            return "rule 6: the first healthy member is back";
        case Cause::NobodyHealthy:
            return "rule 6: nobody is healthy";
        case Cause::Maintenance:
            return "override: the serving server is in maintenance";
        case Cause::MemberDown:
            return "active-active: a published member is down";
        case Cause::MemberRecovered:
            return "active-active: a member has recovered for as long as the policy asks";
        case Cause::Load:
            return "active-active: other members are less loaded";
        case Cause::Ordered:
            return "override: a person ordered it";
        case Cause::MembersChanged:
            return "a person changed the pool's members";
        case Cause::PolicyChanged:
            return "a person changed the pool's policy";
        case Cause::Drill:
            return "a drill: the switch to the stand-by is practised, and undoes itself";
    }
    return {};
}

std::string why_passed_over(const EngineView& view, const Pool& pool, ServerId server,
                            ServerId taken) {
    const Server& one = *view.fleet.server(server);
    const auto count = [&](ServerId id) { return readiness::unready(view, pool, id).value_or(0); };
    if (count(server) > count(taken))
        return "'" + one.name + "' is " + readiness::sentence(view, pool, server);
    const std::string label = to_text(pool.policy.prefer_other);
    const std::string* place = one.label(label);
    return "'" + one.name + "' " +
           (place == nullptr ? "has no label '" + label + "'"
                             : "is " + place_words(label, *place) + " as well");
}

std::string to_json(const EngineView& view, const Pool& pool, const Situation& situation,
                    const std::string& rule) {
    json::Writer out;
    const ServerId over = situation.choice.passed_over;
    const std::string passed_over =
        over ? "; passed over: " +
                   why_passed_over(view, pool, over, situation.choice.target.servers.front())
             : std::string{};
    out.begin_object().field("rule", rule + passed_over);
    write_members(out, view, pool, situation);
    write_policy(out, situation);
    out.list("restraints", restraints_on(view, pool)).list("overrides", overrides(view, pool));
    out.field("failovers_within_the_hour", flapping::recent(pool.failovers, view.wall));
    return out.end_object().take();
}

}  // namespace understudy::evidence
