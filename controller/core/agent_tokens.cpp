#include "controller/core/agent_tokens.h"

#include <utility>

#include "controller/core/candidates.h"

namespace understudy::agent_tokens {

void make_code(const StepContext& context, Server& server, const std::string& code_hash) {
    if (code_hash.empty()) return;
    server.code_hash = code_hash;
    server.code_until = context.wall() + kCodeLife;
    server.code_taken_for.clear();
}

void void_old(StepContext& context, Server& server) {
    server.token_hash = std::exchange(server.next_token_hash, {});
    server.token_prefix = std::exchange(server.next_token_prefix, {});
    server.shared.reset();
    context.machines.forget(server.id);
    candidates::forget(context, server.id);
}

void linked(StepContext& context, const AgentLinked& input) {
    const Server* known = context.fleet().server(input.server);
    if (known == nullptr) return;
    const bool newer =
        !known->next_token_prefix.empty() && input.token_prefix == known->next_token_prefix;
    const bool first = !known->ever_seen && input.token_prefix == known->token_prefix;
    // The token printed beside the code was taken by hand: nobody needs the code any more.
    const bool by_hand =
        !known->code_hash.empty() && known->code_taken_for.empty() && (newer || first);
    if (!newer && !by_hand) return;
    Server server = *known;
    if (by_hand) {
        server.code_hash.clear();
        server.code_until = {};
    }
    if (!newer) return context.tx.put(std::move(server));
    void_old(context, server);
    LogLine line;
    line.type = EventType::ServerTokenRotated;
    line.server = server.id;
    line.reason = "Its agent has linked with the new token; the old one is void";
    context.tx.put(std::move(server));
    context.tx.log(std::move(line));
}

std::string another_code(const std::string& server) {
    return "make a new one: understudyctl server rotate-token " + server;
}

}  // namespace understudy::agent_tokens
