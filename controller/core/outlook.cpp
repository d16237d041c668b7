#include "controller/core/outlook.h"

#include <algorithm>

#include "controller/core/restraints.h"
#include "controller/core/situation.h"

namespace understudy::outlook {
namespace {

using Action = Choice::Action;

// What automation does first, and when.
struct Turn {
    Choice choice;
    Instant at;
};

// Plays time on.
std::optional<Turn> next_turn(const EngineView& view, const Pool& pool, const Situation& seen) {
    std::vector<MemberView> members = seen.members;
    std::ranges::for_each(members, stay_well);
    Instant at = view.now;
    for (std::size_t turns = 0; turns <= 2 * members.size(); ++turns) {
        Choice choice = choose(members, moving_target(view.fleet, pool), seen.rules, at);
        const bool known = choice.action == Action::Outage && pool.outage &&
                           choice.target == moving_target(view.fleet, pool);
        if (choice.action != Action::Stay && !known) return Turn{std::move(choice), at};
        if (choice.reconsider_at == kNever || choice.reconsider_at <= at) return std::nullopt;
        at = choice.reconsider_at;
        pass_time(members, at);
    }
    return std::nullopt;
}

std::string place_of(const Fleet& fleet, const Target& target) {
    return target.servers.empty() ? "the fallback address" : fleet.names_of(target.servers);
}

std::string when(const EngineView& view, const Pool& pool, Instant at) {
    const bool now = at <= view.now;
    std::string wait = now ? "now" : "in " + to_text(at - view.now);
    if (pool.policy.reaction == Reaction::Prompt) return wait;
    return now ? "in the next maintenance loop"
               : "in the first maintenance loop " + wait.substr(3) + " from now";
}

// What is still in doubt may turn out to be alive.
bool may_be_averted(const EngineView& view, const Turn& turn) {
    return is_loss(turn.choice.cause) && turn.at > view.now;
}

std::string act_of(const EngineView& view, const Pool& pool, const Choice& choice, bool would) {
    if (choice.action == Action::Outage) {
        return (would ? std::string{"be"} : std::string{"is"}) + " in outage" +
               (choice.target.is_fallback() ? " and on the fallback address" : "");
    }
    const std::string to = place_of(view.fleet, choice.target);
    if (pool.active_active()) return (would ? "publish " : "publishes ") + to;
    if (choice.target.is_only(pool.home())) return (would ? "go back to " : "goes back to ") + to;
    return (would ? "move to " : "moves to ") + to;
}

// What holds it back then as well.
std::optional<Restraint> holding(const EngineView& view, const Pool& pool, Situation seen,
                                 const Turn& turn) {
    seen.choice = turn.choice;
    auto held = restraints::on(view, pool, seen);
    if (held && held->until <= turn.at) held.reset();
    return held;
}

std::string told(const EngineView& view, const Pool& pool, const Situation& seen,
                 const Turn& turn) {
    const auto held = holding(view, pool, seen, turn);
    const bool waits = held.has_value();
    const bool thought = in_dry_run(view.fleet, pool);
    std::string text = waits || thought ? "would " : "";
    text += act_of(view, pool, turn.choice, waits || thought) + " " + when(view, pool, turn.at);
    if (may_be_averted(view, turn)) text += ", unless what is lost is back before";
    if (waits) text += "; but " + restraints::worded(view, &pool, *held).sentence();
    if (thought) text += "; it is in a dry run, and nothing is written";
    return text;
}

// --- nothing is due: what it waits for -----------------------------------------------------------

std::string failback_of(const Pool& pool) {
    return "understudyctl failback " + pool.name;
}

std::string way_back(const EngineView& view, const Pool& pool, const Situation& seen,
                     const MemberView& member) {
    const std::string name = view.fleet.server(member.server)->name;
    const bool automatic = pool.policy.failback == Failback::Auto;
    if (member.fitness.standing == Standing::Healthy) return "waits for: " + failback_of(pool);
    const bool maintenance = member.fitness.standing == Standing::Maintenance;
    const std::string well =
        maintenance ? "the maintenance of " + name + " is over" : name + " is healthy again";
    if (!automatic) return "stays until " + well + " and: " + failback_of(pool);
    const std::string verb =
        pool.active_active() ? "publishes " + name + " again" : "goes back to " + name;
    return verb + " when " + (maintenance ? well + " and it" : "it") + " has been healthy for " +
           to_text(seen.rules.failback_after);
}

std::string waiting(const EngineView& view, const Pool& pool, const Situation& seen) {
    if (pool.outage || pool.target.is_fallback()) return "takes the first member that is healthy";
    for (const MemberView& member : seen.members) {
        const bool missing = pool.active_active()
                                 ? pool.failed_over() && !pool.target.has(member.server) &&
                                       member.fitness.standing != Standing::Absent
                                 : member.server == pool.home() && !pool.target.has(member.server);
        if (missing) return way_back(view, pool, seen, member);
    }
    if (pool.drill) return "goes home by itself when its drill is over";
    if (pool.preferred) return "stays until: " + failback_of(pool);
    return {};
}

}  // namespace

std::string sentence(const EngineView& view, const Pool& pool) {
    const Situation seen = look_at(view, pool);
    if (const auto turn = next_turn(view, pool, seen)) return told(view, pool, seen, *turn);
    if (const auto stays = restraints::staying(view, pool, seen))
        return "stays: " + restraints::worded(view, &pool, *stays).sentence();
    std::string text = waiting(view, pool, seen);
    if (text.empty() || !pool.hold) return text;
    Restraint hold;
    hold.kind = "hold";
    return "stays: " + restraints::worded(view, &pool, hold).sentence();
}

bool moves(const EngineView& view, const Pool& pool) {
    const Situation seen = look_at(view, pool);
    const auto turn = next_turn(view, pool, seen);
    return turn && turn->choice.target != moving_target(view.fleet, pool) &&
           !in_dry_run(view.fleet, pool) && !holding(view, pool, seen, *turn);
}

}  // namespace understudy::outlook
