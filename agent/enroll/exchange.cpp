#include "agent/enroll/steps.h"

#include <optional>

#include "agent/alarm.h"
#include "agent/link.h"
#include "base/clock.h"
#include "schema/wire.h"

namespace understudy::enroll {
namespace {

constexpr Duration kPatience{15'000};
constexpr int kUnauthorized = 401, kBadRequest = 400;

Error why_closed(const session::LinkClosed& end) {
    if (end.http_status == kUnauthorized) {
        return rejected("the controller does not know this code",
                        "copy the whole line again, or make a new one: understudyctl server "
                        "rotate-token NAME");
    }
    if (end.http_status == kBadRequest) {
        return rejected("this controller cannot enroll agents: it is of an earlier version",
                        "upgrade it, or write the token into the agent's token file");
    }
    return transient(end.problem);
}

Result<std::string> read_answer(const std::string& text) {
    const auto answer = wire::decode_controller_message(text);
    if (!answer) return transient("the controller's answer: " + answer.error().text());
    if (const auto* enrolled = std::get_if<wire::Enrolled>(&*answer)) return enrolled->server_name;
    if (const auto* refusal = std::get_if<wire::Refusal>(&*answer)) {
        // Only these say that the token was not taken.
        const bool final = refusal->code == "not_enrolled" || refusal->code == "protocol_error";
        return final ? rejected(refusal->message) : transient(refusal->message);
    }
    return transient("the controller answers something else");
}

std::optional<Result<std::string>> take(Link& link, const session::Event& event,
                                        const Secret& token) {
    if (std::holds_alternative<session::LinkOpened>(event))
        link.send(encode(wire::AgentMessage{wire::Enroll{token.reveal()}}));
    if (const auto* received = std::get_if<session::MessageReceived>(&event))
        return read_answer(received->text);
    if (const auto* closed = std::get_if<session::LinkClosed>(&event)) return why_closed(*closed);
    return std::nullopt;
}

}  // namespace

Result<std::string> have_taken(const LinkTarget& controller, const Secret& code,
                               const Secret& token) {
    const Instant deadline = BootClock::now() + kPatience;
    Reactor reactor;
    Alarm alarm{reactor};
    alarm.set(deadline);  // ends the last wait
    auto link = Link::create(controller, reactor.fd(), wire::kEnrollProtocol);
    if (!link) return link.error();
    (*link)->connect(code);
    while (BootClock::now() < deadline) {
        (*link)->wait();
        while (const auto event = (*link)->take_event()) {
            if (auto outcome = take(**link, *event, token)) return *std::move(outcome);
        }
    }
    return transient("no answer from " + controller.host);
}

}  // namespace understudy::enroll
