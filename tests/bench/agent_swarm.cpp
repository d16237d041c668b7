// Many agents in one process, as a load: TLS, upgrade with a token, hello, a heartbeat of 200 bytes
// each interval and its answer. Own sockets on OpenSSL and epoll, so that the load is cheap.
//     agent_swarm PORT [--agents N] [--connect-rate N] [--seconds S] [--interval S] [--storm]
//                [--token TEXT]
// A line of JSON on stdout when all are linked, after the heartbeats and, with --storm, after all
// have reconnected at once (each after a random wait of up to a second). It goes on with the next
// part when it reads a line from stdin.
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"

namespace {

double now_s() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

struct Options {
    int port = 0;
    int agents = 100;
    double connect_rate = 1'000;
    double seconds = 10;
    double interval = 10;
    bool storm = false;
    std::string token = "token-#";  // of each; # is its number in eight digits
};

enum class Stage { Idle, Connecting, Handshake, Upgrading, Hello, Linked };

struct Agent {
    int number = 0;
    int descriptor = -1;
    SSL* tls = nullptr;
    Stage stage = Stage::Idle;
    double due = 0;   // next attempt while Idle, next heartbeat while Linked, else patience's end
    double sent = 0;  // of the heartbeat that waits for its answer
    std::string input;
};

// A masked text frame of a client (RFC 6455 5.2); the mask is zero, which is a mask.
std::string frame(const std::string& text) {
    std::string bytes{'\x81'};
    if (text.size() < 126) {
        bytes += static_cast<char>(0x80 | text.size());
    } else {
        bytes += '\xfe';
        bytes += static_cast<char>(text.size() >> 8);
        bytes += static_cast<char>(text.size() & 0xff);
    }
    return bytes + std::string(4, '\0') + text;
}

class Swarm {
  public:
    explicit Swarm(const Options& options)
        : options_(options),
          context_(SSL_CTX_new(TLS_client_method())),
          poll_(epoll_create1(0)),
          agents_(static_cast<std::size_t>(options.agents)) {
        SSL_CTX_set_mode(context_, SSL_MODE_RELEASE_BUFFERS);
        int number = 0;
        for (Agent& agent : agents_)
            agent.number = ++number;
    }

    void connect_all(double spread, const char* name) {
        const double began = now_s();
        for (Agent& agent : agents_)
            agent.due = began + between(0, spread);
        while (linked_ < options_.agents && now_s() < began + kPatience)
            turn();
        const double took = now_s() - began;
        std::printf("{\"part\": \"%s\", \"linked\": %d, \"seconds\": %.3f, \"retries\": %d}\n",
                    name, linked_, took, std::exchange(retries_, 0));
        std::fflush(stdout);
    }

    void beat() {
        const double end = now_s() + options_.seconds;
        beating_ = true;
        while (now_s() < end)
            turn();
        beating_ = false;
        std::sort(round_trips_.begin(), round_trips_.end());
        std::printf(
            "{\"part\": \"beats\", \"linked\": %d, \"beats\": %zu, \"p50_ms\": %.3f, "
            "\"p99_ms\": %.3f}\n",
            linked_, round_trips_.size(), percentile(0.5), percentile(0.99));
        std::fflush(stdout);
    }

    void drop_all() {
        for (Agent& agent : agents_)
            drop(agent, 0);
        retries_ = 0;
    }

  private:
    static constexpr double kPatience = 120;
    static constexpr double kStepPatience = 20;

    double percentile(double part) const {
        if (round_trips_.empty()) return 0;
        const double last = static_cast<double>(round_trips_.size() - 1);
        return 1e3 * round_trips_[static_cast<std::size_t>(part * last)];
    }

    double between(double low, double high) {
        return low + (high - low) * static_cast<double>(random_.below(1'000'000)) * 1e-6;
    }

    void turn() {
        epoll_event events[256];
        const int count = epoll_wait(poll_, events, 256, 5);
        for (int i = 0; i < count; ++i)
            go_on(*static_cast<Agent*>(events[i].data.ptr));
        const double now = now_s();
        if (now < next_sweep_) return;
        next_sweep_ = now + 0.005;
        for (Agent& agent : agents_) {
            if (now >= agent.due) expire(agent, now);
        }
    }

    void expire(Agent& agent, double now) {
        if (agent.stage == Stage::Idle) return open(agent, now);
        if (agent.stage != Stage::Linked) return drop(agent, 0.5);
        agent.due = now + options_.interval;
        if (!beating_) return;
        agent.sent = now;
        std::string text = R"({"type":"heartbeat","sequence":1,"pad":")";
        text.append(198 - text.size(), 'x');
        say(agent, frame(text + "\"}"));
    }

    // A source address of its own for each 60 agents: the hub limits what one address may open.
    void open(Agent& agent, double now) {
        agent.descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (agent.descriptor < 0) std::exit(3);
        const int yes = 1;
        setsockopt(agent.descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        const auto group = static_cast<std::uint32_t>(agent.number / 60);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 256 + group);
        bind(agent.descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(static_cast<std::uint16_t>(options_.port));
        connect(agent.descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address);
        epoll_event event{};
        event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
        event.data.ptr = &agent;
        epoll_ctl(poll_, EPOLL_CTL_ADD, agent.descriptor, &event);
        agent.stage = Stage::Connecting;
        agent.due = now + kStepPatience;
    }

    void drop(Agent& agent, double wait) {
        if (agent.stage == Stage::Linked) --linked_;
        if (agent.tls != nullptr) SSL_free(std::exchange(agent.tls, nullptr));
        if (agent.descriptor >= 0) close(std::exchange(agent.descriptor, -1));
        agent.input = std::string{};
        agent.stage = Stage::Idle;
        agent.due = now_s() + wait * between(0.5, 1.5);
        ++retries_;
    }

    void say(Agent& agent, const std::string& bytes) {
        if (SSL_write(agent.tls, bytes.data(), static_cast<int>(bytes.size())) <= 0)
            drop(agent, 0.5);
    }

    void go_on(Agent& agent) {
        if (agent.stage == Stage::Connecting) {
            sockaddr_in peer{};
            socklen_t size = sizeof peer;
            if (getpeername(agent.descriptor, reinterpret_cast<sockaddr*>(&peer), &size) != 0) {
                int error = 0;
                size = sizeof error;
                getsockopt(agent.descriptor, SOL_SOCKET, SO_ERROR, &error, &size);
                return error == 0 ? void() : drop(agent, 0.5);
            }
            agent.tls = SSL_new(context_);
            SSL_set_fd(agent.tls, agent.descriptor);
            SSL_set_connect_state(agent.tls);
            agent.stage = Stage::Handshake;
        }
        if (agent.stage == Stage::Handshake) {
            const int done = SSL_do_handshake(agent.tls);
            if (done != 1) return check(agent, done);
            agent.stage = Stage::Upgrading;
            say(agent,
                "GET /agent HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                "Sec-WebSocket-Protocol: understudy.agent.v1\r\n"
                "Authorization: Bearer " +
                    token_of(agent) + "\r\n\r\n");
        }
        if (agent.stage != Stage::Idle) read(agent);
    }

    std::string token_of(const Agent& agent) const {
        std::string token = options_.token;
        std::string digits = std::to_string(agent.number);
        digits.insert(0, 8 - digits.size(), '0');
        return token.replace(token.find('#'), 1, digits);
    }

    void check(Agent& agent, int result) {
        const int error = SSL_get_error(agent.tls, result);
        if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) drop(agent, 0.5);
    }

    void read(Agent& agent) {
        char bytes[4096];
        int count = 0;
        while ((count = SSL_read(agent.tls, bytes, sizeof bytes)) > 0)
            agent.input.append(bytes, static_cast<std::size_t>(count));
        check(agent, count);
        if (agent.stage == Stage::Upgrading) finish_upgrade(agent);
        while (agent.stage >= Stage::Hello && take_frame(agent)) {
        }
        if (agent.input.empty()) agent.input = std::string{};
    }

    void finish_upgrade(Agent& agent) {
        const std::size_t end = agent.input.find("\r\n\r\n");
        if (end == std::string::npos) return;
        if (!agent.input.starts_with("HTTP/1.1 101")) return drop(agent, 0.5);
        agent.input.erase(0, end + 4);
        agent.stage = Stage::Hello;
        say(agent, frame(R"({"type":"hello","versions":[1],"agent":"swarm 1","hostname":"h",)"
                         R"("boot_id":"b","status":{"ok":true,"failing":[]}})"));
    }

    bool take_frame(Agent& agent) {
        std::string& input = agent.input;
        if (input.size() < 2) return false;
        std::size_t head = 2;
        std::size_t length = static_cast<unsigned char>(input[1]);
        if (length == 126) {
            if (input.size() < 4) return false;
            head = 4;
            length = static_cast<std::size_t>(static_cast<unsigned char>(input[2]) * 256 +
                                              static_cast<unsigned char>(input[3]));
        }
        if (input.size() < head + length) return false;
        const int opcode = input[0] & 0x0f;
        input.erase(0, head + length);
        if (opcode == 1) heard(agent);
        if (opcode == 8) drop(agent, 0.5);
        if (opcode == 9) say(agent, std::string{"\x8a\x80\0\0\0\0", 6});
        return agent.stage >= Stage::Hello;
    }

    void heard(Agent& agent) {
        const double now = now_s();
        if (agent.stage == Stage::Hello) {
            agent.stage = Stage::Linked;
            ++linked_;
            agent.due = now + between(0, options_.interval);
        } else if (agent.sent > 0) {
            round_trips_.push_back(now - std::exchange(agent.sent, 0));
        }
    }

    const Options options_;
    SSL_CTX* context_;
    int poll_;
    std::vector<Agent> agents_;
    std::vector<double> round_trips_;
    understudy::Random random_{1};
    int linked_ = 0;
    int retries_ = 0;
    bool beating_ = false;
    double next_sweep_ = 0;
};

Options parse(int argc, char** argv) {
    Options options;
    options.port = std::atoi(argv[1]);
    for (int i = 2; i < argc; ++i) {
        const std::string name = argv[i];
        const char* value = i + 1 < argc ? argv[i + 1] : "0";
        if (name == "--agents") options.agents = std::atoi(value);
        if (name == "--connect-rate") options.connect_rate = std::atof(value);
        if (name == "--seconds") options.seconds = std::atof(value);
        if (name == "--interval") options.interval = std::atof(value);
        if (name == "--storm") options.storm = true;
        if (name == "--token") options.token = value;
    }
    return options;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) return 2;
    const Options options = parse(argc, argv);
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    Swarm swarm{options};
    swarm.connect_all(options.agents / options.connect_rate, "connect");
    std::getchar();
    swarm.beat();
    std::getchar();
    if (options.storm) {
        swarm.drop_all();
        swarm.connect_all(1, "storm");
    }
    return 0;
}
