// AgentListener's other kind of connection: an agent that shows a one-time code has the token taken
// that it has drawn. One message each way. Whether the code is any good is the engine's to say.
#include "base/token_shape.h"
#include "controller/hub/agent_connection.h"
#include "schema/wire.h"

namespace understudy {
namespace {

constexpr std::uint16_t kCloseDone = 1000;  // RFC 6455 7.4.1

}  // namespace

Result<Done> AgentListener::enroll(AgentSocket& socket, std::string_view code) {
    Connection& connection = Connection::of(socket);
    const Instant now = BootClock::now();
    if (!directory_.knows_code(code)) {
        count_wrong(connection, code, "an enrolment code was refused", now);
        return rejected("unknown enrolment code",
                        "copy the whole line again, or make a new one: understudyctl server "
                        "rotate-token NAME");
    }
    connection.code = Secret{std::string{code}};
    return Done{};
}

void AgentListener::take_enrolment(Connection& connection, std::string_view message) {
    ++counters_.messages;
    const Result<wire::AgentMessage> read = wire::decode_agent_message(message);
    const auto* enroll = read ? std::get_if<wire::Enroll>(&*read) : nullptr;
    if (connection.enrolment != 0 || enroll == nullptr) {
        return apply(connection, refuse(wire::kCloseProtocolError, "protocol_error",
                                        read ? "one enroll is expected here, and nothing else"
                                             : read.error().text()));
    }
    if (!is_token(enroll->token, kAgentToken)) {
        return apply(connection, refuse(wire::kCloseProtocolError, "protocol_error",
                                        "a token is usa_ and 43 characters of 256 random bits"));
    }
    connection.enrolment = ++last_enrolment_;
    enrolments_.push_back(
        {last_enrolment_, connection.code, Secret{enroll->token}, connection.peer.address_text()});
}

void AgentListener::answer_enrolment(std::uint64_t id, const Result<std::string>& server) {
    for (Connection* connection : watched_) {
        if (connection->enrolment != id || connection->stage == Connection::Stage::Leaving)
            continue;
        if (!server) {
            count_wrong(*connection, connection->code.reveal(), "an enrolment code was refused",
                        BootClock::now());
            return apply(*connection,
                         refuse(wire::kCloseNotEnrolled, "not_enrolled", server.error().text()));
        }
        admission_.proven(connection->peer, BootClock::now());
        connection->send(encode(wire::ControllerMessage{wire::Enrolled{*server}}));
        return begin_close(*connection, kCloseDone, "enrolled");
    }
}

}  // namespace understudy
