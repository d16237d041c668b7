#include "controller/core/observers.h"

#include <algorithm>

#include "controller/core/pools.h"
#include "controller/core/readiness.h"

namespace understudy::observers {
namespace {

void tell(StepContext& context, ServerId by, bool doubted) {
    LogLine line;
    line.type = doubted ? EventType::ObserverDoubted : EventType::ObserverTrusted;
    line.server = by;
    const std::string who =
        by ? "Server '" + context.fleet().server(by)->name + "'" : std::string{"The controller"};
    line.reason = doubted ? who +
                                " finds most of the services it probes dead, which looks like "
                                "its own network"
                          : who + " reaches most of the services it probes again";
    line.detail = doubted ? "its probes count no more until it reaches most of them"
                          : "its probes count again";
    context.tx.log(std::move(line));
}

// Dead as before, and the first to be seen so since the link of one that comes and goes is back:
// what was waited for (fitness.h).
bool dead_again(const StepContext& context, const ServiceProbed& input) {
    const Liveness& liveness = context.liveness.of(input.server);
    if (input.verdict != Verdict::Dead || !liveness.healthy_since) return false;
    const Instant back = *liveness.healthy_since;
    if (liveness.returns.empty() || liveness.returns.front() >= back) return false;
    if (context.now - input.took < back) return false;
    const auto all = context.testimony.of(input.server);
    return std::ranges::any_of(all, [&](const Testimony& each) {
        return each.by == input.by && each.service == input.service &&
               each.verdict == Verdict::Dead && each.observed < back;
    });
}

}  // namespace

std::string name_of(const Fleet& fleet, ServerId by) {
    if (!by) return "the controller";
    const Server* server = fleet.server(by);
    if (server == nullptr && fleet.part()) return "another server";
    return server == nullptr ? "a removed server" : "server '" + server->name + "'";
}

std::string count_of(int some, const Word& word) {
    const std::string all = std::to_string(word.observers());
    return std::to_string(some) + " of " + all + (all == "1" ? " observer" : " observers");
}

std::string sentence_of(const Word& word) {
    const bool dead = word.dead > word.serving;
    return (dead ? "dead for " : "serves for ") + count_of(dead ? word.dead : word.serving, word);
}

std::string sentence(const EngineView& view, ServerId server, const std::string& service) {
    std::string text;
    for (const Testimony& each : view.testimony.of(server)) {
        if (each.service != service || each.verdict == Verdict::Nothing) continue;
        text += (text.empty() ? "" : "; ") + each.sentence + " (" + name_of(view.fleet, each.by) +
                (each.doubted ? ", doubted)" : ")");
    }
    return text;
}

void heard(StepContext& context, const ServiceProbed& input) {
    const Fleet& fleet = context.fleet();
    const bool known =
        fleet.server(input.server) != nullptr && (!input.by || fleet.server(input.by) != nullptr);
    if (!known) return;
    const bool again = dead_again(context, input);
    const auto effect = context.testimony.heard(input, context.now);
    if (effect == TestimonyBook::Effect::None && again)
        return pools::evaluate_all_of(context, input.server);
    if (effect == TestimonyBook::Effect::None) return;
    const Observer observer{input.by, input.service};
    // Not always what it said: it may not call dead what it has not reached.
    const Verdict counted = context.testimony.verdict_of(input.server, observer);
    context.tx.sight(input.server, sight_of(counted), observer);
    if (effect == TestimonyBook::Effect::Changed)
        return pools::evaluate_all_of(context, input.server);
    tell(context, input.by, effect == TestimonyBook::Effect::Doubted);
    if (effect == TestimonyBook::Effect::Trusted) readiness::doubt_may_have_ended(context);
    pools::evaluate_all(context, pools::Occasion::Event);
}

}  // namespace understudy::observers
