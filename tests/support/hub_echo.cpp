// The hub alone, for tests/integration/test_hub_*.py and tests/bench: agent "token-N" is server N,
// every input is a JSON line on stdout, HTTP requests are answered by what they ask for. Commands
// come on stdin: "close N CODE", "revoke N", "probe N ID", "heartbeat MS", "say N", "stop",
// "counters".
// Options are
// --name=value.
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <map>
#include <sstream>
#include <thread>
#include <unordered_set>

#include "base/json.h"
#include "controller/hub/hub.h"

namespace understudy {
namespace {

class EchoDirectory : public AgentDirectory {
  public:
    std::optional<Agent> authenticate(std::string_view token) const override {
        constexpr std::string_view kPrefix = "token-";
        if (!token.starts_with(kPrefix)) return std::nullopt;
        token.remove_prefix(kPrefix.size());
        std::int64_t number = 0;
        const auto parsed = std::from_chars(token.data(), token.data() + token.size(), number);
        if (parsed.ec != std::errc{} || parsed.ptr != token.data() + token.size() || number <= 0) {
            return std::nullopt;
        }
        return Agent{ServerId{number}, "server-" + std::to_string(number)};
    }
    bool counts(ServerId server, std::string_view) const override {
        return !revoked.contains(server);
    }
    bool knows_code(std::string_view code) const override { return code.starts_with("code-"); }

    std::unordered_set<ServerId> revoked;
};

// "Bearer bad" is a wrong token; bodies may have 1 MiB, those for /roomy 17.
constexpr std::string_view kBad = "Bearer bad";

ApiResponse unauthorised() {
    return {401, "application/problem+json", {}, R"({"status":401,"code":"unauthorized"})"};
}

class EchoGate : public HttpGate {
  public:
    std::variant<std::size_t, ApiResponse> body_allowed(const ApiRequest& head) const override {
        if (head.authorization.starts_with(kBad)) return unauthorised();
        return head.path == "/roomy" ? std::size_t{17} << 20 : std::size_t{1} << 20;
    }
};

const char* to_string(Departure how) {
    switch (how) {
        case Departure::Closed:
            return "closed";
        case Departure::Silent:
            return "silent";
        case Departure::Restart:
            return "restart";
        case Departure::Shutdown:
            return "shutdown";
        case Departure::Replaced:
            return "replaced";
    }
    return "";
}

void print(json::Writer& line) {
    std::cout << line.end_object().take() << "\n";
}

void print(const Input& input) {
    json::Writer line;
    line.begin_object();
    if (const auto* linked = std::get_if<AgentLinked>(&input)) {
        line.field("event", "linked").field("server", linked->server.value);
        line.field("link", linked->link).field("peer", linked->peer).field("ok", linked->ok);
        line.field("failing", linked->failing).field("hostname", linked->machine.hostname);
        line.field("boot_id", linked->machine.boot_id).field("address", linked->machine.address);
    } else if (const auto* displaced = std::get_if<AgentDisplaced>(&input)) {
        line.field("event", "displaced").field("server", displaced->server.value);
        line.field("link", displaced->link).field("address", displaced->address);
    } else if (const auto* seen = std::get_if<AgentSeen>(&input)) {
        line.field("event", "seen").field("server", seen->server.value).field("link", seen->link);
    } else if (const auto* reported = std::get_if<AgentReported>(&input)) {
        line.field("event", "reported").field("server", reported->server.value);
        line.field("ok", reported->ok).field("failing", reported->failing);
    } else if (const auto* left = std::get_if<AgentLeft>(&input)) {
        line.field("event", "left").field("server", left->server.value).field("link", left->link);
        line.field("how", to_string(left->how)).field("detail", left->detail);
    }
    print(line);
}

class Echo {
  public:
    Echo(Hub& hub, EchoDirectory& directory, bool quiet)
        : hub_(hub), directory_(directory), quiet_(quiet) {}

    // "/echo" tells the request back, "/later" waits for the next "release" command, "/big?bytes=N"
    // is long, "/stream" goes on with each "say N" by that many bytes.
    void answer(const ApiRequest& request) {
        if (request.path == "/later") {
            later_.push_back(request.id);
            return;
        }
        ApiResponse response;
        if (request.authorization.starts_with(kBad)) {
            response = unauthorised();
        } else if (request.path == "/big") {
            response.body.assign(std::stoul(request.query.at(0).second), 'x');
        } else if (request.path == "/stream") {
            response.body = "hello";
            response.stream = true;
            streams_.push_back(request.id);
        } else if (request.path == "/missing") {
            response.status = 404;
        } else {
            response.body = describe(request);
        }
        hub_.respond(request.id, std::move(response));
    }

    void command(const std::string& line) {
        std::istringstream words{line};
        std::string verb;
        std::int64_t first = 0, second = 0;
        words >> verb >> first >> second;
        if (verb == "close") {
            hub_.close_agent(ServerId{first}, static_cast<std::uint16_t>(second), "by command");
        } else if (verb == "revoke") {
            directory_.revoked.insert(ServerId{first});
        } else if (verb == "probe") {
            ask(ServerId{first}, second);
        } else if (verb == "heartbeat") {
            hub_.set_heartbeat(Duration{first});
        } else if (verb == "release") {
            for (const HttpRequestId id : std::exchange(later_, {}))
                hub_.respond(id, {});
        } else if (verb == "say") {
            for (const HttpRequestId id : streams_)
                hub_.stream(id, std::string(static_cast<std::size_t>(first), 'x'));
        } else if (verb == "reload") {
            report_reload();
        } else if (verb == "counters") {
            print_counters();
        } else if (verb == "budgets") {
            print_budgets();
        } else if (verb == "stop") {
            stopping_ = true;
        }
    }

    void ask(ServerId server, std::int64_t id) {
        wire::Probe probe;
        probe.id = id;
        probe.address = "203.0.113.7";
        probe.port = 443;
        json::Writer line;
        line.begin_object().field("event", "asked").field("server", server.value);
        line.field("sent", hub_.probe(server, probe));
        print(line);
        std::cout.flush();
    }

    void print_arrivals(const Arrivals& arrivals) {
        if (!quiet_) {
            for (const Input& input : arrivals.inputs)
                print(input);
        }
        for (const ProbeAnswer& answer : arrivals.probed) {
            json::Writer line;
            line.begin_object().field("event", "probed").field("server", answer.by.value);
            line.field("id", answer.probed.id).field("found", answer.probed.found);
            print(line);
        }
        for (const ApiRequest& request : arrivals.requests)
            answer(request);
        for (const HttpRequestId id : arrivals.gone) {
            json::Writer line;
            line.begin_object().field("event", "gone").field("stream", std::erase(streams_, id));
            print(line);
        }
        std::cout.flush();
    }

    bool stopping() const { return stopping_; }

  private:
    static std::string describe(const ApiRequest& request) {
        json::Writer body;
        body.begin_object().field("method", request.method).field("path", request.path);
        body.key("query").begin_array();
        for (const auto& [name, value] : request.query) {
            body.begin_array().value(name).value(value).end_array();
        }
        body.end_array().field("authorization", request.authorization);
        body.field("content_type", request.content_type).field("body", request.body);
        return body.field("if_none_match", request.if_none_match).end_object().take();
    }

    void report_reload() {
        const Result<Done> done = hub_.reload_certificate(wall_now());
        json::Writer line;
        line.begin_object()
            .field("event", "reload")
            .field("error", done ? "" : done.error().text());
        print(line);
    }

    void print_counters() {
        const HubCounters counters = hub_.counters();
        json::Writer line;
        line.begin_object().field("event", "counters").field("linked", hub_.agents_linked());
        line.field("accepted", counters.agents_accepted)
            .field("ever_linked", counters.agents_linked);
        line.field("token", counters.refused_token).field("upgrade", counters.refused_upgrade);
        line.field("crowded", counters.refused_crowded)
            .field("failures", counters.refused_failures)
            .field("too_often", counters.refused_logins);
        line.field("login_timeouts", counters.login_timeouts);
        line.field("protocol_errors", counters.protocol_errors);
        line.field("replaced", counters.replaced).field("silent", counters.silent);
        line.field("messages", counters.messages).field("http_requests", counters.http_requests);
        line.field("http_refused", counters.http_refused);
        line.field("wrong_tokens", counters.http_wrong_tokens);
        print(line);
    }

    void print_budgets() {
        json::Writer line;
        line.begin_object().field("event", "budgets");
        for (const Budget& budget : hub_.budgets()) {
            line.key(budget.name).begin_object().field("used", budget.used);
            line.field("limit", budget.limit).field("exceeded", budget.exceeded).end_object();
        }
        print(line);
    }

    Hub& hub_;
    EchoDirectory& directory_;
    const bool quiet_;
    bool stopping_ = false;
    std::vector<HttpRequestId> later_, streams_;
};

using Options = std::map<std::string, std::string>;

std::int64_t number(const Options& options, const std::string& name, std::int64_t otherwise) {
    const auto found = options.find(name);
    return found == options.end() ? otherwise : std::atoll(found->second.c_str());
}

HubOptions hub_options(const Options& options) {
    HubOptions hub;
    const auto listen = options.find("listen");
    const std::string address = listen == options.end() ? "127.0.0.1" : listen->second;
    hub.agents = {{address, static_cast<std::uint16_t>(number(options, "agent-port", 0))}};
    hub.api = {{address, 0}, {address, 0}};
    if (options.contains("cert")) hub.tls = TlsFiles{options.at("cert"), options.at("key"), {}};
    hub.plain_agents = hub.plain_api = !hub.tls;
    hub.controller = "hub-echo 1";
    const auto duration = [&options](const char* name, Duration& value) {
        value = Duration{number(options, name, value.count())};
    };
    duration("interval-ms", hub.heartbeat_interval);
    duration("login-ms", hub.login_time);
    duration("head-ms", hub.http.head_time);
    duration("body-ms", hub.http.body_time);
    duration("idle-ms", hub.http.idle_time);
    duration("answer-ms", hub.http.answer_time);
    duration("patience-ms", hub.http.places.patience);
    duration("wrong-token-wait-ms", hub.http.wrong_token_wait);
    duration("stream-stall-ms", hub.http.stream_stall);
    const auto count = [&options](const char* name, std::size_t& value) {
        value = static_cast<std::size_t>(number(options, name, static_cast<std::int64_t>(value)));
    };
    count("connections", hub.http.places.total);
    count("connections-per-address", hub.http.places.per_address);
    count("all-bytes", hub.http.all_bytes);
    count("stream-bytes", hub.http.stream_bytes);
    count("logins", hub.admission.places.total);
    count("logins-per-address", hub.admission.places.per_address);
    duration("login-patience-ms", hub.admission.places.patience);
    int& failures = hub.admission.wrong_tokens.per_minute;
    failures = static_cast<int>(number(options, "failures", failures));
    return hub;
}

void print_ports(const Hub& hub) {
    json::Writer line;
    line.begin_object().field("event", "listening");
    line.field("agents", int{hub.agent_addresses().at(0).port});
    line.field("api", int{hub.api_addresses().at(0).port});
    line.field("api2", int{hub.api_addresses().at(1).port});
    print(line);
    std::cout.flush();
}

// Commands, without blocking; false at the end of input.
bool read_commands(std::string& pending, Echo& echo) {
    char bytes[4096];
    const ssize_t count = read(STDIN_FILENO, bytes, sizeof bytes);
    if (count == 0) return false;
    if (count > 0) pending.append(bytes, static_cast<std::size_t>(count));
    for (std::size_t end; (end = pending.find('\n')) != std::string::npos;) {
        echo.command(pending.substr(0, end));
        pending.erase(0, end + 1);
    }
    return true;
}

int run(const Options& options) {
    EchoDirectory directory;
    const EchoGate gate;
    Result<std::unique_ptr<Hub>> opened = Hub::open(hub_options(options), directory, gate);
    if (!opened) {
        std::cerr << opened.error().text() << "\n";
        return 1;
    }
    Hub& hub = **opened;
    print_ports(hub);
    Echo echo{hub, directory, options.contains("quiet")};
    fcntl(STDIN_FILENO, F_SETFL, fcntl(STDIN_FILENO, F_GETFL) | O_NONBLOCK);

    // Wakes the loop when a command arrives, from another thread, as the outbound worker does.
    std::jthread watcher{[&hub](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            pollfd input{STDIN_FILENO, POLLIN, 0};
            if (poll(&input, 1, 20) > 0) hub.wake();
            if ((input.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0) return;
            if (input.revents != 0) poll(nullptr, 0, 1);
        }
    }};
    std::string pending;
    Instant give_up = kNever;
    while (!hub.stopped() && BootClock::now() < give_up) {
        hub.run_once(give_up);
        echo.print_arrivals(hub.take_arrivals());
        const bool more = read_commands(pending, echo);
        const LoopSignals signals = hub.take_signals();
        if (signals.reload) echo.command("reload");
        if (give_up == kNever && (!more || echo.stopping() || signals.stop)) {
            give_up = BootClock::now() + Duration{10'000};
            hub.begin_stop();
        }
        std::cout.flush();
    }
    return 0;
}

}  // namespace
}  // namespace understudy

int main(int argc, char** argv) {
    understudy::Options options;
    for (int i = 1; i < argc; ++i) {
        const std::string argument = argv[i];
        const std::size_t equals = argument.find('=');
        if (!argument.starts_with("--")) continue;
        options[argument.substr(2, equals - 2)] =
            equals == std::string::npos ? "" : argument.substr(equals + 1);
    }
    return understudy::run(options);
}
