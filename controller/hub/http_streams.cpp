// HttpListener's answers that go on and on: a page of events is open for hours. Each holds a
// connection that does not give way, so together they may take half of what there is, and half of
// what one address may have. What a client does not read is kept for it within limits; then it is
// dropped, and reads everything again when it comes back.
#include <libwebsockets.h>
#include <sys/socket.h>

#include <algorithm>

#include "controller/hub/http_answer.h"
#include "controller/hub/http_chunks.h"
#include "controller/hub/http_connection.h"
#include "controller/hub/http_problem.h"
#include "controller/hub/vhost.h"

namespace understudy {
namespace {

constexpr std::chrono::seconds kAskForAStreamAgainAfter{30};
constexpr Duration kLastWordsTime{5'000};

std::size_t half_of(std::size_t places) {
    return std::max<std::size_t>(places / 2, 1);
}

ApiResponse too_many(std::size_t most, const char* whose) {
    return http_problem(
        429, throttled("there are " + std::to_string(most) + " event streams open already" + whose,
                       "close one, or try again later", kAskForAStreamAgainAfter));
}

bool choked(lws* socket) {
    return lws_partial_buffered(socket) != 0;
}

}  // namespace

std::optional<ApiResponse> HttpListener::no_more_streams(const Peer& peer) {
    const std::size_t of_all = half_of(places_.limits().total);
    const std::size_t of_address = half_of(places_.limits().per_address);
    if (streams_.size() >= of_all) {
        ++streams_refused_;
        return too_many(of_all, "");
    }
    const auto theirs = streams_of_.find(peer.group());
    if (theirs != streams_of_.end() && theirs->second >= of_address) {
        ++streams_refused_to_address_;
        return too_many(of_address, " from this address");
    }
    return std::nullopt;
}

// False: it is an answer like others.
bool HttpListener::begin_stream(Connection& connection, HttpRequestId request,
                                const ApiResponse& response) {
    if (const auto refusal = no_more_streams(connection.peer)) {
        arrivals_.gone.push_back(request);
        answer(connection, *refusal, connection.keep_alive && !stopping_);
        pump(connection);
        return true;
    }
    connection.keep_alive = false;
    if (!std::exchange(connection.with_body, true)) {  // HEAD
        arrivals_.gone.push_back(request);
        deliver(connection, http_stream_head(response, connection.in_chunks));
        return true;
    }
    connection.request = request;
    connection.stage = Connection::Stage::Streaming;
    connection.deadline = kNever;
    streams_.emplace(request, &connection);
    ++streams_of_[connection.peer.group()];
    // What lies in the kernel is read late or never: little of it, so that who does not read is
    // found out.
    setsockopt(lws_get_socket_fd(connection.socket), SOL_SOCKET, SO_SNDBUF,
               &limits_.stream_kernel_bytes, sizeof limits_.stream_kernel_bytes);
    connection.unsent = http_stream_head(response, connection.in_chunks);
    say(connection, response.body);
    if (stopping_) end_stream(connection);
    return true;
}

void HttpListener::stream(HttpRequestId request, std::string_view bytes) {
    const auto found = streams_.find(request);
    if (found != streams_.end()) say(*found->second, bytes);
}

void HttpListener::end_stream(HttpRequestId request) {
    const auto found = streams_.find(request);
    if (found != streams_.end()) end_stream(*found->second);
}

void HttpListener::say(Connection& connection, std::string_view bytes) {
    if (connection.in_chunks) {
        connection.unsent += http_chunk(bytes);
    } else {
        connection.unsent += bytes;
    }
    get_on(connection);
}

// Sends what can be sent. The clock runs from when something had to stay.
void HttpListener::get_on(Connection& connection) {
    if (connection.socket == nullptr) return;
    if (!connection.unsent.empty() && !choked(connection.socket))
        send(connection, std::exchange(connection.unsent, {}));
    if (connection.unsent.empty() && !choked(connection.socket)) {
        connection.deadline = kNever;
        return;
    }
    if (connection.unsent.size() > limits_.stream_bytes) return drop_viewer(connection);
    if (connection.deadline == kNever) set_deadline(connection, limits_.stream_stall);
    lws_callback_on_writable(connection.socket);
}

bool HttpListener::forget_stream(const Connection& connection, HttpRequestId request) {
    if (streams_.erase(request) == 0) return false;
    const auto theirs = streams_of_.find(connection.peer.group());
    if (--theirs->second == 0) streams_of_.erase(theirs);
    return true;
}

void HttpListener::drop_viewer(Connection& connection) {
    ++viewers_dropped_;
    forget_request(connection);
    connection.stage = Connection::Stage::Lingering;
    set_deadline(connection, Connection::kLingerTime);
    if (connection.socket != nullptr) drop(connection.socket);
}

// Whole, as far as its client has read on.
void HttpListener::end_stream(Connection& connection) {
    if (connection.socket == nullptr || choked(connection.socket)) return drop_viewer(connection);
    forget_request(connection);
    if (connection.in_chunks) send(connection, kLastChunk);
    connection.stage = Connection::Stage::Flushing;
    set_deadline(connection, kLastWordsTime);
    lws_callback_on_writable(connection.socket);
}

void HttpListener::add_stream_budgets(std::vector<Budget>& budgets) const {
    std::size_t of_one = 0, unsent = 0;
    for (const auto& [address, count] : streams_of_)
        of_one = std::max(of_one, count);
    for (const auto& [request, connection] : streams_)
        unsent = std::max(unsent, connection->unsent.size());
    budgets.push_back(
        {"api_streams", streams_.size(), half_of(places_.limits().total), streams_refused_});
    budgets.push_back({"api_streams_per_address", of_one, half_of(places_.limits().per_address),
                       streams_refused_to_address_});
    budgets.push_back({"api_stream_bytes", unsent, limits_.stream_bytes, viewers_dropped_});
}

}  // namespace understudy
