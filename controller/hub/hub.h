// The hub's face to the rest of the controller: agents' links and HTTP requests come in as values,
// answers go out by id. Behind it: one libuv loop and one libwebsockets context (loop.h), the agent
// protocol (agent_listener.h) and HTTP for the API (http_listener.h). Loop thread only, but for
// wake().
//
// libwebsockets' callbacks decode and enqueue; they never decide and never call into the engine.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/secret.h"
#include "controller/core/input.h"
#include "controller/hub/acceptor.h"
#include "controller/hub/admission.h"
#include "controller/hub/local_peer.h"
#include "controller/hub/loop.h"
#include "controller/hub/places.h"
#include "controller/hub/tls.h"
#include "controller/hub/wrong_tokens.h"
#include "schema/wire.h"

namespace understudy {

// Who an agent is, by its token. Asked during the WebSocket upgrade.
class AgentDirectory {
  public:
    virtual ~AgentDirectory() = default;
    struct Agent {
        ServerId server;
        std::string name;
        std::string token_prefix = {};  // of this token, among those of the server
    };
    virtual std::optional<Agent> authenticate(std::string_view token) const = 0;
    // Whether a token of that server still begins like this. Asked before a hello makes a link.
    virtual bool counts(ServerId server, std::string_view token_prefix) const = 0;
    // Whether some server has that one-time code, be it used or ended.
    virtual bool knows_code(std::string_view code) const = 0;
};

using HttpRequestId = std::uint64_t;

struct ApiRequest {
    HttpRequestId id = 0;
    std::string method;  // HEAD comes as GET; the hub leaves the body out of the answer
    std::string path;    // "/api/v1/servers/web1", percent-decoded
    std::vector<std::pair<std::string, std::string>> query;  // decoded
    std::string authorization;                               // header as sent; a secret
    std::string content_type;
    std::string if_match, if_none_match;
    bool accepts_gzip = false;
    std::string idempotency_key;
    std::string host;  // as sent
    // Of those in HubOptions::headers, as sent; a cookie is a secret.
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::string peer;                // "203.0.113.7:51514", "local:0"
    std::optional<LocalPeer> local;  // it came over the Unix socket

    // "": there is none. `name` in lower case.
    std::string_view header(std::string_view name) const {
        for (const auto& [each, value] : headers) {
            if (each == name) return value;
        }
        return {};
    }
};

struct ApiResponse {
    int status = 200;
    std::string content_type = "application/json";
    std::vector<std::pair<std::string, std::string>>
        headers;  // one of the hub's own names replaces its value
    std::string body;
    bool stream = false;  // the body is its beginning; more comes by Hub::stream(), until one side
                          // hangs up or the hub stops
    bool counts_as_guess = false;  // as 401 does: whoever goes on so is answered slowly
};

// Says of a request whose head has arrived how long its body may be, or answers it already: nobody
// fills our memory before we know that he may. Asked while sockets are read; changes nothing.
class HttpGate {
  public:
    virtual ~HttpGate() = default;
    virtual std::variant<std::size_t, ApiResponse> body_allowed(const ApiRequest& head) const = 0;
};

// What an agent answered to a probe, be it one that was asked for or not.
struct ProbeAnswer {
    ServerId by;  // whose agent
    wire::Probed probed;
};

// An agent shows a one-time code and the token that it has drawn: answer_enrolment() follows.
struct Enrolment {
    std::uint64_t id = 0;
    Secret code;
    Secret token;
    std::string peer;  // without the port
};

// What came in since the last turn.
struct Arrivals {
    std::vector<Input> inputs;  // AgentLinked, AgentSeen, AgentReported, AgentLeft, in order
    std::vector<ApiRequest> requests;
    std::vector<ProbeAnswer> probed;
    std::vector<Enrolment> enrolments;
    // Of these or earlier ones: whose client hung up, gave way or waited too long for the answer;
    // of a stream also who was not admitted or did not read.
    std::vector<HttpRequestId> gone;
};

// Since the start; for /metrics.
struct HubCounters {
    std::uint64_t agents_accepted = 0;   // connections taken from agents' listeners
    std::uint64_t agents_linked = 0;     // of those, came as far as a welcome
    std::uint64_t refused_token = 0;     // unknown or missing token (401)
    std::uint64_t refused_upgrade = 0;   // not this WebSocket protocol
    std::uint64_t refused_crowded = 0;   // too many from one address at once, or too many agents
    std::uint64_t refused_failures = 0;  // not taken: address with too many wrong tokens
    std::uint64_t refused_logins = 0;    // right token, too many log-ins of its server (429)
    std::uint64_t login_timeouts = 0;    // no hello in time
    std::uint64_t protocol_errors = 0;   // closed for what they sent
    std::uint64_t replaced = 0;          // closed for a newer connection of the same agent
    std::uint64_t silent = 0;            // dropped by the silence limit
    std::uint64_t messages = 0;          // from agents
    std::uint64_t http_connections = 0;
    std::uint64_t http_requests = 0;      // handed to the API
    std::uint64_t http_refused = 0;       // answered 4xx or closed by the hub itself
    std::uint64_t http_wrong_tokens = 0;  // answered 401
    std::uint64_t http_forbidden = 0;     // answered 403: a good token that may not do that
};

// Something that all share: how much of it there is, and what became of who wanted more. The
// operator's guide has a row for each name.
struct Budget {
    std::string_view name;
    std::size_t used = 0;  // per address, server or minute: by whom most is used
    std::size_t limit = 0;
    std::uint64_t exceeded = 0;  // how often somebody was refused, slowed or had to give way
};

struct HttpLimits {
    std::size_t head_bytes = 16 * 1024;  // request line and headers; more: 431
    std::size_t all_bytes = 64u << 20;   // received and not yet handed to the API, all together
    PlaceLimits places;
    WrongTokenLimits wrong_tokens;
    Duration wrong_token_wait{1'000};  // a 401 comes so late where the address is slow
    Duration head_time{10'000};        // from the first byte (or accept) to the end of the headers
    Duration body_time{30'000};
    Duration idle_time{60'000};     // between requests
    Duration answer_time{120'000};  // for the API to answer and the client to take it
    // Of an answer that is a stream: what waits for a client that does not read, how much of it the
    // kernel is asked to keep, and for how long it may not get on. Who is behind that is dropped.
    std::size_t stream_bytes = 64 * 1024;
    int stream_kernel_bytes = 32 * 1024;
    Duration stream_stall{30'000};
};

struct HubOptions {
    std::vector<ListenAddress> agents;
    std::vector<ListenAddress> api;
    std::vector<std::string> headers;  // that the API reads beside those ApiRequest names
    std::optional<LocalSocket> local;  // the API for this machine's administrators
    std::optional<TlsFiles> tls;       // for both kinds
    bool plain_agents = false;         // no TLS there, whatever `tls` says
    bool plain_api = false;
    bool catch_signals = true;
    std::string controller = "understudy-controller";  // told to agents, with the version
    Duration heartbeat_interval{10'000};
    Duration login_time{10'000};  // from accept to hello
    AdmissionLimits admission;
    std::size_t agents_limit = 0;  // links at once; 0: what the descriptor limit allows
    HttpLimits http;
};

class Hub {
  public:
    // Listens when it returns. Without `tls` both kinds must be plain, and say so.
    static Result<std::unique_ptr<Hub>> open(const HubOptions& options,
                                             const AgentDirectory& directory, const HttpGate& gate);
    ~Hub();
    Hub(const Hub&) = delete;
    Hub& operator=(const Hub&) = delete;

    // One turn of the loop: waits for something to happen, at most until then; see Loop.
    void run_once(Instant until);
    void wake();  // any thread
    Arrivals take_arrivals();
    LoopSignals take_signals();

    // Exactly one per request. The client may be gone by now.
    void respond(HttpRequestId request, const ApiResponse& response);
    // More of an answer that is a stream. Nothing if it is over, which take_arrivals() tells
    // (`gone`), or has told.
    void stream(HttpRequestId request, std::string_view bytes);
    // That was the last of it.
    void end_stream(HttpRequestId request);
    // Whether that server's agent is linked, and looks at other servers' services when asked.
    bool can_probe(ServerId server, bool proxied) const;
    // Asks it to; the answer arrives, or does not. False: it cannot.
    bool probe(ServerId server, const wire::Probe& probe);
    // After the commit: the server's name, or why not. The agent may be gone by now.
    void answer_enrolment(std::uint64_t id, const Result<std::string>& server);
    // Token rotated, server removed: the link goes, with AgentLeft{Replaced}. Nothing if it has
    // none.
    void close_agent(ServerId server, std::uint16_t code, std::string_view why);
    // For agents that link from now on.
    void set_heartbeat(Duration interval);
    // The certificate files were renewed. On failure the old certificate stays in use.
    Result<Done> reload_certificate(WallTime now);
    // As long as the hub lives.
    const TlsView& tls() const;

    std::vector<ListenAddress> agent_addresses() const;  // as bound
    std::vector<ListenAddress> api_addresses() const;
    const std::string& local_path() const;  // empty: there is no local socket
    std::size_t agents_linked() const;
    HubCounters counters() const;
    std::vector<Budget> budgets() const;

    // Stops listening, tells the agents to come back later (kCloseStopping, in waves, no
    // AgentLeft), finishes answers under way. Go on with run_once() until stopped(), or as long as
    // there is patience.
    void begin_stop();
    bool stopped() const;

  private:
    struct Impl;
    explicit Hub(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace understudy
