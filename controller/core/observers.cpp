#include "controller/core/observers.h"

#include "controller/core/pools.h"

namespace understudy::observers {

std::string name_of(const Fleet& fleet, ServerId by) {
    if (!by) return "the controller";
    const Server* server = fleet.server(by);
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

void review(StepContext& context, ServerId by, bool doubted) {
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
    pools::evaluate_all(context, pools::Occasion::Event);
}

}  // namespace understudy::observers
