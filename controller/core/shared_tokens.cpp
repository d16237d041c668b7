#include "controller/core/shared_tokens.h"

#include "controller/core/announcer.h"

namespace understudy::shared_tokens {

void found(StepContext& context, ServerId id, const std::optional<MachineBook::Pair>& pair) {
    const Server* server = context.fleet().server(id);
    if (!pair || server == nullptr || server->shared) return;
    const std::string by =
        to_text(pair->linked) + ", which is linked now, and " + to_text(pair->other);
    context.tx.edit(id, [&](Server& shared) { shared.shared = SharedToken{context.wall(), by}; });
    LogLine line;
    line.type = EventType::TokenShared;
    line.server = id;
    line.reason = "Two agents use the token of one server";
    line.detail = by;
    Notice notice;
    notice.type = NoticeType::TokenShared;
    notice.server = id;
    notice.reason = line.reason;
    notice.detail = line.detail;
    notice.event = context.tx.log(std::move(line));
    context.announcer.tell(context, std::move(notice));
}

std::string sentence_of(const Server& server) {
    return "two agents use the token of server '" + server.name + "' since " +
           to_rfc3339(server.shared->since) + ": " + server.shared->by +
           "; the death of either may go unnoticed. Stop the one that does not belong there, then "
           "give the other a new token: understudyctl server rotate-token " +
           server.name;
}

}  // namespace understudy::shared_tokens
