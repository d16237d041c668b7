#include "agent/agent.h"

#include <signal.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <utility>

#include "agent/checks/systemd_unit.h"
#include "agent/load.h"
#include "agent/version.h"
#include "base/ensure.h"
#include "base/log.h"

namespace understudy {
namespace {

// How long the first connection waits for the first result of every check.
constexpr Duration kFirstResultsLimit{3'000};
// And for checks that fail to pass; within what a restart of the agent may take without an alarm.
constexpr Duration kLongestPatience{20'000};

std::uint64_t random_seed() {
    std::uint64_t seed = 0;
    ensure(getrandom(&seed, sizeof seed, 0) == sizeof seed);
    return seed;
}

AgentIdentity identity() {
    AgentIdentity identity;
    identity.agent = std::string{"understudy-agent "} + kAgentVersion;
    std::array<char, 256> name{};
    if (gethostname(name.data(), name.size() - 1) == 0) identity.hostname = name.data();
    std::ifstream boot_id{"/proc/sys/kernel/random/boot_id"};
    std::getline(boot_id, identity.boot_id);
    return identity;
}

std::string own_unit() {
    std::ifstream file{"/proc/self/cgroup"};
    return unit_of(std::string{std::istreambuf_iterator<char>{file}, {}});
}

const char* to_text(Session::State state) {
    switch (state) {
        case Session::State::Idle:
            return "running the checks for the first time";
        case Session::State::Waiting:
            return "not linked; waiting to try again";
        case Session::State::Connecting:
            return "connecting to the controller";
        case Session::State::Greeting:
            return "greeting the controller";
        case Session::State::Linked:
            return "linked";
        case Session::State::Closing:
            return "closing the link";
        case Session::State::Finished:
            return "stopped";
    }
    return "";
}

}  // namespace

Agent::Agent(AgentConfig config, std::string config_file, std::string credentials)
    : config_(std::move(config)),
      config_file_(std::move(config_file)),
      credentials_(std::move(credentials)),
      signals_(reactor_, [this](int signal) { on_signal(signal); }),
      alarm_(reactor_),
      checks_(reactor_),
      prober_(reactor_),
      stop_reason_(reactor_, kSystemctl, own_unit()),
      session_(identity(), Random{random_seed()}, load_per_core),
      systemd_(ServiceNotify::from_environment()) {
    checks_.configure(config_.checks);
    checks_.set_settling(true);
    session_.set_addresses([this] {
        PublicAddresses own = public_addresses(config_.public_address);
        if (own != told_) {
            log::info("agent", sentence_of(own));
            told_ = own;
        }
        return std::pair{std::move(own.ipv4), std::move(own.ipv6)};
    });
    configure_prober();
}

int Agent::run() {
    auto link = Link::create(config_.controller, reactor_.fd());
    if (!link) {
        log::error("agent", link.error().text());
        return 1;
    }
    link_ = std::move(*link);
    const Instant now = BootClock::now();
    first_results_by_ = now + kFirstResultsLimit;
    passing_by_ = now + std::min(checks_.patience(), kLongestPatience);
    next_watchdog_ = now;
    systemd_.ready();
    while (!finished_)
        turn();
    return 0;
}

// What the network and the descriptors brought comes first, then time: a heartbeat's ack that has
// arrived never loses to its own deadline.
void Agent::turn() {
    while (const auto event = link_->take_event())
        step(*event);
    const Instant now = BootClock::now();
    checks_.advance(now, wall_now());
    if (session_.state() == Session::State::Idle) start_when_checked(now);
    step(session::StatusChanged{checks_.status()});
    probe(now);
    if (const auto reason = stop_reason_.answer(now)) step(session::StopRequested{*reason});
    step(session::TimePassed{});
    if (std::exchange(reload_wanted_, false)) reload();
    feed_watchdog(now);
    show_state();
    if (finished_) return;
    alarm_.set(next_deadline());
    link_->wait();
    reactor_.dispatch();
}

void Agent::configure_prober() {
    prober_.configure(config_.probing);
    session_.set_capabilities(
        config_.probing.enabled
            ? std::vector<std::string>{std::string{wire::kCanProbe}, std::string{wire::kCanProxy}}
            : std::vector<std::string>{});
}

// Who asked over a link that is gone waits no more.
void Agent::probe(Instant now) {
    if (session_.state() != Session::State::Linked) prober_.give_up();
    prober_.advance(now);
    for (wire::Probed& answer : prober_.take_answers())
        step(session::ProbeFound{std::move(answer)});
}

// The controller believes the first status it gets, so it should be a true one: not "ok" before
// anything was checked, and no failure of what is only starting.
void Agent::start_when_checked(Instant now) {
    if (!checks_.all_decided() && now < first_results_by_) return;
    if (!checks_.status().ok && now < passing_by_) return;
    checks_.set_settling(false);
    step(session::StatusChanged{checks_.status()});
    step(session::Started{});
}

Instant Agent::next_deadline() const {
    Instant next =
        std::min({checks_.next_deadline(), prober_.next_deadline(), stop_reason_.deadline()});
    if (session_.state() == Session::State::Idle) {
        const bool waits = !checks_.all_decided() && BootClock::now() < first_results_by_;
        next = std::min(next, waits ? first_results_by_ : passing_by_);
    }
    if (systemd_.watchdog_interval() != ServiceNotify::kNoWatchdog) {
        next = std::min(next, next_watchdog_);
    }
    return std::min(next, session_.next_deadline());
}

void Agent::on_signal(int signal) {
    if (signal == SIGHUP) {
        reload_wanted_ = true;
        return;
    }
    if (stop_reason_.asked()) {
        log::info("agent", "stopping at once: asked twice");
        finished_ = true;
        return;
    }
    log::info("agent", "stopping");
    systemd_.stopping();
    stop_reason_.ask(BootClock::now());
}

void Agent::reload() {
    systemd_.reloading();
    ConfigReading reading = load_config(config_file_, credentials_);
    for (const Error& problem : reading.problems) {
        log::error("config", config_file_ + ": " + problem.text());
    }
    if (!reading.problems.empty()) {
        log::error("config", "not reloaded: the former configuration stays in force");
    } else {
        if (reading.config.controller != config_.controller) {
            log::warning("config", "another controller or ca_file takes effect with a restart");
        }
        config_.token_file = reading.config.token_file;
        config_.checks = std::move(reading.config.checks);
        config_.probing = std::move(reading.config.probing);
        config_.public_address = std::move(reading.config.public_address);
        configure_prober();
        log::configure(reading.config.log_level, reading.config.log_format);
        checks_.configure(config_.checks);
        log::info("config", "reloaded",
                  {{"checks", static_cast<long long>(config_.checks.size())}});
    }
    systemd_.ready();
}

void Agent::step(const session::Event& event) {
    for (const session::Action& action : session_.step(BootClock::now(), event))
        act(action);
}

void Agent::act(const session::Action& action) {
    if (std::holds_alternative<session::Connect>(action)) connect();
    if (const auto* send = std::get_if<session::Send>(&action)) link_->send(send->text);
    if (const auto* close = std::get_if<session::CloseLink>(&action)) {
        link_->close(close->code, close->reason);
    }
    if (std::holds_alternative<session::DropLink>(action)) link_->drop();
    if (const auto* line = std::get_if<session::Log>(&action)) {
        log::write(line->level, "session", line->message);
    }
    if (const auto* look = std::get_if<session::LookAt>(&action))
        prober_.ask(look->probe, BootClock::now());
    if (std::holds_alternative<session::Finish>(action)) finished_ = true;
}

void Agent::connect() {
    const auto token = read_token(config_.token_file);
    if (token) {
        link_->connect(*token);
    } else {
        link_->fail("cannot connect: " + token.error().text());
    }
}

void Agent::feed_watchdog(Instant now) {
    if (systemd_.watchdog_interval() == ServiceNotify::kNoWatchdog || now < next_watchdog_) return;
    systemd_.watchdog();
    next_watchdog_ = now + systemd_.watchdog_interval();
}

void Agent::show_state() {
    if (session_.state() == shown_state_) return;
    shown_state_ = session_.state();
    std::string text = to_text(shown_state_);
    if (shown_state_ == Session::State::Linked) text += " as " + session_.server_name();
    systemd_.status(text);
}

}  // namespace understudy
