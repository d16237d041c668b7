// How much of what all share each connection of HttpListener holds.
#include <map>

#include "controller/hub/http_connection.h"

namespace understudy {

void HttpListener::recount(Connection& connection) {
    const std::size_t bytes = connection.reader.buffered_bytes();
    buffered_bytes_ += bytes - connection.counted_bytes;
    connection.counted_bytes = bytes;
}

// When all together hold too much, who holds most is refused, not who happened to send last.
void HttpListener::relieve() {
    while (buffered_bytes_ > limits_.all_bytes) {
        Connection* most = holder_of_most_bytes();
        if (most == nullptr) return;
        ++too_many_bytes_;
        refuse(*most, 503,
               throttled("too much is being sent at once, most of it from your address",
                         "try again, with fewer requests at a time", {}));
    }
}

HttpListener::Connection* HttpListener::holder_of_most_bytes() const {
    std::map<std::array<std::uint8_t, 16>, std::size_t> bytes_of;
    for (const auto& [connection, owned] : connections_) {
        if (connection->reading()) bytes_of[connection->peer.group()] += connection->counted_bytes;
    }
    Connection* most = nullptr;
    std::pair<std::size_t, std::size_t> bytes{0, 0};  // the address's, then its own
    for (const auto& [connection, owned] : connections_) {
        if (!connection->reading() || connection->counted_bytes == 0) continue;
        const std::pair held{bytes_of[connection->peer.group()], connection->counted_bytes};
        if (held > bytes) {
            bytes = held;
            most = connection;
        }
    }
    return most;
}

void HttpListener::add_to(HubCounters& counters) const {
    counters.http_connections += counters_.http_connections;
    counters.http_requests += counters_.http_requests;
    counters.http_refused += counters_.http_refused;
    counters.http_wrong_tokens += counters_.http_wrong_tokens;
    counters.http_forbidden += counters_.http_forbidden;
}

std::vector<Budget> HttpListener::budgets(Instant now) const {
    const PlaceLimits& places = places_.limits();
    std::vector<Budget> budgets{
        {"api_connections", places_.taken(), places.total, places_.for_want_of_total()},
        {"api_connections_per_address", places_.most_of_one_address(), places.per_address,
         places_.for_want_of_address()},
        {"api_bytes", buffered_bytes_, limits_.all_bytes, too_many_bytes_},
        {"api_wrong_tokens_per_address", wrong_tokens_.most_of_one_address(now),
         static_cast<std::size_t>(wrong_tokens_.limits().per_minute), slowed_}};
    add_stream_budgets(budgets);
    return budgets;
}

}  // namespace understudy
