// What comes in through the hub's sockets. After 'a': an agent's messages, one a line. Else what a
// stranger sends to the API's port, before any token; the first byte is then the size of the pieces
// it comes in: however it is cut, the requests and the refusal are the same, and no more is kept
// than the limits allow.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ensure.h"
#include "base/utf8.h"
#include "controller/hub/agent_link.h"
#include "controller/hub/http_reader.h"
#include "controller/hub/server_budget.h"

using namespace understudy;

namespace {

constexpr std::size_t kHeadLimit = 512;
constexpr std::size_t kBodyLimit = 256;
constexpr std::size_t kRoomyLimit = 1024;

struct Story {
    std::vector<HttpMessage> requests;
    int refusal = 0;
    std::size_t continues = 0;
};

void check(const HttpMessage& message) {
    ensure(!message.method.empty() && message.path.starts_with('/'));
    ensure(message.body.size() <= kRoomyLimit);
    ensure(message.body.size() <= kBodyLimit || message.path == "/roomy");
    for (const std::string* value :
         {&message.authorization, &message.content_type, &message.if_match, &message.if_none_match,
          &message.idempotency_key, &message.host, &message.upgrade, &message.websocket_key}) {
        ensure(value->find_first_of(std::string_view{"\r\n\0", 3}) == std::string::npos);
    }
    ensure(message.kept.size() <= 2);
    for (const auto& [name, value] : message.kept) {
        ensure(name == "cookie" || name == "x-user");
        ensure(value.find_first_of(std::string_view{"\r\n\0", 3}) == std::string::npos);
    }
}

// False: refused.
bool take(HttpReader& reader, Story& story) {
    for (;;) {
        switch (reader.next()) {
            case HttpReader::Next::NeedMore:
                ensure(reader.buffered_bytes() <= kHeadLimit + kRoomyLimit + 2);
                return true;
            case HttpReader::Next::Body:
                reader.allow_body(reader.head().path == "/roomy" ? kRoomyLimit : kBodyLimit);
                break;
            case HttpReader::Next::Continue:
                ++story.continues;
                break;
            case HttpReader::Next::Request:
                story.requests.push_back(reader.take());
                check(story.requests.back());
                break;
            case HttpReader::Next::Refused:
                story.refusal = reader.refusal().status;
                ensure(story.refusal >= 400 && story.refusal < 600);
                ensure(!reader.refusal().error.message.empty());
                return false;
        }
    }
}

Story read(std::string_view bytes, std::size_t piece) {
    static const std::vector<std::string> keep{"cookie", "x-user"};
    HttpReader reader{kHeadLimit, keep};
    Story story;
    while (!bytes.empty()) {
        reader.feed(bytes.substr(0, piece));
        bytes.remove_prefix(std::min(piece, bytes.size()));
        if (!take(reader, story)) break;
    }
    return story;
}

bool same(const HttpMessage& one, const HttpMessage& other) {
    return one.method == other.method && one.path == other.path && one.query == other.query &&
           one.kept == other.kept && one.authorization == other.authorization &&
           one.content_type == other.content_type && one.if_match == other.if_match &&
           one.if_none_match == other.if_none_match &&
           one.idempotency_key == other.idempotency_key && one.host == other.host &&
           one.body == other.body && one.keep_alive == other.keep_alive;
}

void hear(std::string_view text) {
    ServerBudget budget{Instant{}};
    AgentLink link{ServerId{7}, budget, Instant{}};
    Instant now{};
    bool closed = false;
    while (!text.empty() && !closed) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        std::vector<Input> inputs;
        const bool greeted = link.state() == AgentLink::State::Linked;
        const auto outcome = link.receive(line, LinkTerms{}, {1, "web1", "203.0.113.9:1"},
                                          now += Duration{10}, inputs);
        closed = outcome.close_code != 0;
        ensure(valid_utf8(outcome.reply) == outcome.reply);
        ensure(outcome.linked == (!greeted && link.state() == AgentLink::State::Linked));
        // Before a good hello nothing that it says counts.
        ensure(greeted || outcome.linked || inputs.empty());
        ensure(inputs.size() <= 2);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
    if (data[0] == 'a') {
        hear(bytes);
        return 0;
    }
    const Story whole = read(bytes, 1 + bytes.size());
    const Story cut = read(bytes, 1 + data[0] % 64);
    ensure(whole.refusal == cut.refusal);
    ensure(whole.requests.size() == cut.requests.size());
    for (std::size_t i = 0; i < whole.requests.size(); ++i)
        ensure(same(whole.requests[i], cut.requests[i]));
    return 0;
}
