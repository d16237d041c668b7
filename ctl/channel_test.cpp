#include "ctl/channel_test.h"

#include "ctl/display.h"

namespace understudy::ctl {
namespace {

// Waits until the test message is delivered, dead or has failed once, or the time is over.
std::optional<json::Document> wait_for_delivery(Session& session, const std::string& id,
                                                Duration limit) {
    constexpr Duration kAskAgain{250};
    const Instant end = session.clock().now() + limit;
    while (true) {
        auto answer = session.get("/notifications/" + id);
        if (!answer) return std::nullopt;
        const json::Value row = answer->root();
        const bool open = text_of(row["state"]) == "pending" && row["attempts"].integer() == 0;
        if (!open || session.clock().now() >= end) return answer;
        session.clock().sleep(kAskAgain);
    }
}

Error undelivered(std::string what, std::string remedy) {
    return {Errc::Transient,
            "the test message is not delivered: " + std::move(what),
            {},
            std::move(remedy),
            {}};
}

std::string list_of(const std::string& channel) {
    return "see: understudyctl notifications list --channel " + channel;
}

// It was never tried: because of an older one, whose turn it is, or for want of an answer.
std::optional<Error> why_untried(Session& session, const std::string& channel, json::Value row) {
    const auto pending =
        session.get_all("/notifications?state=pending&channel=" + url_encode(channel));
    if (!pending) return std::nullopt;
    const std::int64_t own = count_of(row["id"]);
    json::Value oldest = row;
    pending->root()["items"].each([&](json::Value each) {
        const std::int64_t id = each["id"].integer().value_or(own);
        if (id < oldest["id"].integer().value_or(own)) oldest = each;
    });
    const std::string id = number_text(oldest["id"]);
    if (oldest["id"].integer() == own) {
        return undelivered("no answer yet", "it is on its way; " + list_of(channel));
    }
    const std::string error = text_of(oldest["last_error"]);
    return undelivered("it waits behind notification " + id +
                           (error.empty() ? "" : " (" + error + ")") + ", whose next try is at " +
                           time_text(oldest["next_try"]) + " UTC",
                       "when its cause is mended: understudyctl notifications retry " + id);
}

std::optional<Error> why_undelivered(Session& session, const std::string& name, json::Value row) {
    const auto channel = session.get("/channels" + path_part(name));
    if (!channel) return std::nullopt;
    const std::string why = text_of(row["last_error"]);
    if (is_true(channel->root()["disabled"])) {
        return undelivered(
            (why.empty() ? "" : why + "; ") + "the channel is disabled",
            "when its receiver is there again: understudyctl channel enable " + name);
    }
    if (text_of(row["state"]) == "dead") {
        return undelivered(why + "; it is given up",
                           "mend the cause, then: understudyctl channel test " + name);
    }
    if (row["attempts"].integer() == 0) return why_untried(session, name, row);
    return undelivered(
        why, "it is tried again at " + time_text(row["next_try"]) + " UTC; " + list_of(name));
}

}  // namespace

int test_channel(Session& session, const Arguments& arguments) {
    constexpr std::int64_t kDefaultWait_s = 60;
    const auto wait_s = arguments.integer("timeout");
    if (!wait_s) return session.complain(kUsage, wait_s.error());
    const std::string& name = arguments.words[0];
    const auto started = session.post("/channels" + path_part(name) + "/test");
    if (!started) return session.failure();
    const auto answer = wait_for_delivery(session, number_text(started->root()["notification"]),
                                          std::chrono::seconds{wait_s->value_or(kDefaultWait_s)});
    if (!answer) return session.failure();
    const json::Value row = answer->root();
    if (session.json()) session.print(row.text() + "\n");
    if (text_of(row["state"]) == "delivered") {
        if (!session.json()) session.print("Delivered.\n");
        return kOk;
    }
    const auto why = why_undelivered(session, name, row);
    return why ? session.complain(kRefused, *why) : session.failure();
}

}  // namespace understudy::ctl
