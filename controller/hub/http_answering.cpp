// HttpListener's way out: answers, those that are kept back, and what happens when time is over.
#include <libwebsockets.h>
#include <sys/socket.h>

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "controller/hub/http_answer.h"
#include "controller/hub/http_connection.h"
#include "controller/hub/http_problem.h"
#include "controller/hub/vhost.h"

namespace understudy {
namespace {

constexpr Duration kFlushTime{30'000};
constexpr std::size_t kFrameKept = 64 * 1024;

}  // namespace

void HttpListener::respond(HttpRequestId request, const ApiResponse& response) {
    const auto found = waiting_.find(request);
    if (found == waiting_.end()) return;
    Connection& connection = *found->second;
    waiting_.erase(found);
    connection.request = 0;
    if (response.stream && begin_stream(connection, request, response)) return;
    answer(connection, response, connection.keep_alive && !stopping_);
    pump(connection);
}

void HttpListener::refuse(Connection& connection, int status, const Error& error) {
    ++counters_.http_refused;
    answer(connection, http_problem(status, error), false);
}

void HttpListener::answer(Connection& connection, const ApiResponse& response, bool keep_alive) {
    connection.keep_alive = keep_alive;
    if (!keep_alive) connection.reader.give_up();
    recount(connection);
    // The next request of this connection may be refused before its method is known.
    const bool with_body = std::exchange(connection.with_body, true);
    std::string bytes = http_answer(response, keep_alive, with_body);
    const bool guessed = response.status == 401 || response.counts_as_guess;
    if (response.status == 403 && !guessed) note_forbidden(connection);
    if (!guessed || !slowed(connection)) return deliver(connection, bytes);
    connection.stage = Connection::Stage::Held;
    connection.held = std::move(bytes);
    places_.got_on(connection.place, BootClock::now());
    set_deadline(connection, limits_.wrong_token_wait);
}

void HttpListener::note_forbidden(const Connection& connection) {
    ++counters_.http_forbidden;
    if (const auto left_out = forbidden_log_.due(BootClock::now())) {
        log::warning("hub", "a request was refused: role or scope of its token do not do",
                     {{"peer", connection.peer.to_string()},
                      {"lines_left_out", static_cast<long long>(*left_out)}});
    }
}

// A wrong token is counted; true where so many come that the answer has time. It keeps only the
// guesser waiting: his place is the first that is free for others.
bool HttpListener::slowed(Connection& connection) {
    const Instant now = BootClock::now();
    ++counters_.http_wrong_tokens;
    const auto notable = wrong_tokens_.failed(connection.peer, connection.token, now);
    const bool token = notable == WrongTokens::Notable::Token;
    if (notable != WrongTokens::Notable::Nothing) {
        if (const auto left_out = (token ? token_log_ : slow_log_).due(now)) {
            log::warning("hub",
                         token ? "a request by nobody we know was refused"
                               : "many wrong tokens from one address; they are answered slowly",
                         {{"peer", connection.peer.to_string()},
                          {"lines_left_out", static_cast<long long>(*left_out)}});
        }
    }
    const bool slow = wrong_tokens_.slow(connection.peer, now);
    slowed_ += slow ? 1u : 0u;
    return slow;
}

void HttpListener::deliver(Connection& connection, std::string_view bytes) {
    send(connection, bytes);
    connection.stage =
        connection.keep_alive ? Connection::Stage::Reading : Connection::Stage::Flushing;
    set_deadline(connection, connection.keep_alive ? limits_.idle_time : kFlushTime);
    if (connection.socket == nullptr) return;
    const bool sent = lws_partial_buffered(connection.socket) == 0;
    if (sent) places_.got_on(connection.place, BootClock::now());
    if (!sent || !connection.keep_alive) lws_callback_on_writable(connection.socket);
}

void HttpListener::send(Connection& connection, std::string_view bytes) {
    if (connection.socket == nullptr) return;
    frame_.assign(LWS_PRE, '\0');
    frame_ += bytes;
    const int written =
        lws_write(connection.socket, reinterpret_cast<unsigned char*>(frame_.data()) + LWS_PRE,
                  bytes.size(), LWS_WRITE_RAW);
    if (frame_.capacity() > kFrameKept) frame_ = std::string{};
    if (written < 0) drop(connection.socket);
}

// Comes when everything has left. The socket stays open for the client to read the answer and hang
// up.
int HttpListener::writeable(Connection& connection) {
    if (connection.reading()) places_.got_on(connection.place, BootClock::now());
    if (connection.stage == Connection::Stage::Streaming) get_on(connection);
    if (connection.stage != Connection::Stage::Flushing) return 0;
    connection.stage = Connection::Stage::Lingering;
    places_.got_on(connection.place, BootClock::now());
    set_deadline(connection, Connection::kLingerTime);
    shutdown(lws_get_socket_fd(connection.socket), SHUT_WR);
    return 0;
}

void HttpListener::set_deadline(Connection& connection, Duration time) {
    const Instant now = BootClock::now();
    connection.deadline = now + time;
    next_check_ = std::min(next_check_, now + std::min(Connection::kCheckPeriod, time));
}

void HttpListener::expire(Connection& connection) {
    switch (connection.stage) {
        case Connection::Stage::Reading:
            if (connection.in_head || connection.in_body) {
                return refuse(connection, 408,
                              invalid({}, "the request did not arrive in time",
                                      "send it faster, or in smaller pieces"));
            }
            break;
        case Connection::Stage::Waiting:
            forget_request(connection);
            return refuse(connection, 504,
                          invalid({}, "the answer took too long", "look whether it was done"));
        case Connection::Stage::Held:
            deliver(connection, std::exchange(connection.held, {}));
            return pump(connection);
        case Connection::Stage::Streaming:
            return drop_viewer(connection);
        case Connection::Stage::Flushing:
        case Connection::Stage::Lingering:
            break;
    }
    connection.deadline = BootClock::now() + kFlushTime;
    drop(connection.socket);
}

}  // namespace understudy
