// One connection of the API, for http_listener.cpp and http_answering.cpp.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "controller/hub/http_listener.h"
#include "controller/hub/http_reader.h"

namespace understudy {

struct HttpListener::Connection {
    // Reading -> Waiting (the API has the request) -> Reading ... -> Flushing (last answer) ->
    // Lingering (our side is shut; what still comes is thrown away, so that no reset overtakes the
    // answer). Held: the answer is there and kept back for a while. Streaming: it goes on and on.
    enum class Stage : std::uint8_t { Reading, Waiting, Held, Streaming, Flushing, Lingering };

    static constexpr Duration kCheckPeriod{250};
    static constexpr Duration kLingerTime{2'000};

    Connection(HttpListener* listener, const Peer& other, std::size_t head_bytes,
               std::span<const std::string> keep)
        : owner(listener), peer(other), reader(head_bytes, keep) {}

    bool reading() const { return stage == Stage::Reading; }
    // Its last answer is given: what it still sends is of no account.
    bool over() const { return stage == Stage::Flushing || stage == Stage::Lingering; }

    HttpListener* owner;
    lws* socket = nullptr;  // null once it closes
    Peer peer;
    std::optional<LocalPeer> local;  // of a Unix socket
    Places::Ticket place = Places::kNone;
    HttpReader reader;
    Stage stage = Stage::Reading;
    bool keep_alive = true, with_body = true, in_head = false, in_body = false;
    bool in_chunks = true;  // a stream
    HttpRequestId request = 0;
    std::size_t token = 0;  // a hash of what the request came with
    std::size_t counted_bytes = 0;
    std::string held;
    std::string unsent;  // of a stream
    Instant deadline = kNever;
};

}  // namespace understudy
