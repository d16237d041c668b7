#include "controller/hub/agent_listener.h"

#include <unistd.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/log.h"
#include "controller/hub/agent_connection.h"
#include "schema/wire.h"

namespace understudy {

namespace {

constexpr Duration kCloseTime{5'000};  // for our close to be taken and answered
constexpr Duration kCheckPeriod{250};
constexpr std::size_t kStopWave = 500;
constexpr Duration kStopWavePeriod{50};

}  // namespace

AgentListener::AgentListener(const Options& options, const AgentDirectory& directory,
                             AgentArrivals arrivals)
    : terms_(options.terms),
      login_time_(options.login_time),
      agents_limit_(options.agents_limit),
      directory_(directory),
      inputs_(arrivals.inputs),
      probed_(arrivals.probed),
      enrolments_(arrivals.enrolments),
      admission_(options.admission) {}

AgentListener::~AgentListener() = default;

Result<Done> AgentListener::open(Loop& loop, Tls* tls,
                                 const std::vector<ListenAddress>& addresses) {
    tls_ = tls;
    Result<lws_vhost*> made = AgentSocket::make_vhost(loop, *this);
    if (!made) return made.error();
    vhost_ = *made;
    acceptor_ = std::make_unique<Acceptor>(
        loop.uv(), [this] { return admission_.places().any_left(BootClock::now()); },
        [this](int descriptor, const Peer& peer, const auto&) { accept(descriptor, peer); });
    for (const ListenAddress& address : addresses) {
        Result<Done> listening = acceptor_->listen(address);
        if (!listening) return listening;
    }
    return Done{};
}

bool AgentListener::admitted(const Peer& peer, Instant now) {
    if (connections_.size() >= agents_limit_) {
        ++no_room_;
        ++counters_.refused_crowded;
        return false;
    }
    const Admission::Entry entry = admission_.admit(peer, now);
    if (entry.gives_way != nullptr) give_way(*static_cast<Connection*>(entry.gives_way));
    switch (entry.verdict) {
        case Admission::Verdict::Admit:
            return true;
        case Admission::Verdict::Crowded:
            ++counters_.refused_crowded;
            return false;
        case Admission::Verdict::TooManyFailures:
            ++counters_.refused_failures;
            return false;
    }
    return false;
}

void AgentListener::give_way(Connection& connection) {
    ++counters_.refused_crowded;
    connection.place = Places::kNone;
    cut(connection);
}

void AgentListener::accept(int descriptor, const Peer& peer) {
    ++counters_.agents_accepted;
    const Instant now = BootClock::now();
    if (!admitted(peer, now)) {
        ::close(descriptor);
        return;
    }
    auto made = std::make_unique<Connection>(*this, peer);
    Connection& connection = *made;
    connections_.emplace(&connection, std::move(made));
    connection.place = admission_.places().take(peer, &connection, now);
    watch(connection, login_time_);
    if (connection.open(vhost_, descriptor)) return;
    // It goes with its socket, which libuv has not let go of yet.
    finish_login(connection);
    watched_.erase(&connection);
}

std::vector<Budget> AgentListener::budgets(Instant now) const {
    const Places& logins = admission_.places();
    const WrongTokens& wrong = admission_.wrong_tokens();
    return {{"agent_connections", connections_.size(), agents_limit_, no_room_},
            {"agent_logins", logins.taken(), logins.limits().total, logins.for_want_of_total()},
            {"agent_logins_per_address", logins.most_of_one_address(), logins.limits().per_address,
             logins.for_want_of_address()},
            {"agent_wrong_tokens_per_address", wrong.most_of_one_address(now),
             static_cast<std::size_t>(wrong.limits().per_minute), counters_.refused_failures}};
}

Result<Done> AgentListener::log_in(AgentSocket& socket, std::string_view token) {
    Connection& connection = Connection::of(socket);
    const Instant now = BootClock::now();
    std::optional<AgentDirectory::Agent> agent = directory_.authenticate(token);
    if (!agent) {
        count_wrong(connection, token, "an agent's token was refused", now);
        return rejected("unknown agent token",
                        "make the server a new one and put it into the agent's token file");
    }
    admission_.proven(connection.peer, now);
    admission_.places().keep(connection.place);
    ServerBudget& budget = budgets_.try_emplace(agent->server, now).first->second;
    if (auto refused = slowed(connection, budget, agent->name, now)) return *std::move(refused);
    connection.link.emplace(agent->server, budget, now);
    connection.name = std::move(agent->name);
    connection.token_prefix = std::move(agent->token_prefix);
    return Done{};
}

void AgentListener::count_wrong(const Connection& connection, std::string_view secret,
                                const char* what, Instant now) {
    ++counters_.refused_token;
    const auto notable = admission_.failed(connection.peer, secret, now);
    if (notable == WrongTokens::Notable::Token) {
        log::warning("hub", what, {{"peer", connection.peer.to_string()}});
    } else if (notable == WrongTokens::Notable::Address) {
        log::warning("hub", "many wrong tokens from one address; its connections are taken slowly",
                     {{"peer", connection.peer.to_string()}});
    }
}

// The link that it has stays.
std::optional<Error> AgentListener::slowed(const Connection& connection, ServerBudget& budget,
                                           const std::string& name, Instant now) {
    if (budget.logins.take(kLoginRate, now)) {
        budget.slowed = false;
        return std::nullopt;
    }
    ++counters_.refused_logins;
    if (!std::exchange(budget.slowed, true)) {
        log::warning("hub", "an agent logs in too often and is slowed down",
                     {{"server", name}, {"peer", connection.peer.to_string()}});
    }
    Error error = transient("this server's agent logged in too often: try again later");
    error.retry_after =
        std::chrono::ceil<std::chrono::seconds>(budget.logins.wait(kLoginRate, now));
    return error;
}

void AgentListener::upgrade_refused(AgentSocket&) {
    ++counters_.refused_upgrade;
}

void AgentListener::received(AgentSocket& socket, std::string_view message) {
    Connection& connection = Connection::of(socket);
    if (connection.stage == Connection::Stage::Leaving) return;
    if (!connection.link) return take_enrolment(connection, message);
    const Instant now = BootClock::now();
    ++counters_.messages;
    AgentLink::Identity identity;
    std::string peer;
    std::string address;
    if (connection.stage == Connection::Stage::Making) {
        // A person may have voided it since the upgrade.
        if (!directory_.counts(connection.link->server(), connection.token_prefix)) {
            return apply(connection, refuse(wire::kCloseTokenRevoked, "token_revoked",
                                            "the token no longer counts"));
        }
        connection.id = last_link_ + 1;
        peer = connection.peer.to_string();
        address = connection.peer.address_text();
        identity.peer = peer;
        identity.address = address;
        identity.name = connection.name;
        identity.token_prefix = connection.token_prefix;
    }
    identity.link = connection.id;
    const AgentLink::Outcome outcome =
        connection.link->receive(message, terms_, identity, now, inputs_);
    if (connection.slot != LinkLiveness::kNone) liveness_.seen(connection.slot, now);
    if (outcome.probed) probed_.push_back({connection.link->server(), *outcome.probed});
    apply(connection, outcome);
}

void AgentListener::misused(AgentSocket& socket, std::string code, std::string problem) {
    Connection& connection = Connection::of(socket);
    if (connection.stage == Connection::Stage::Leaving) return;
    apply(connection, refuse(wire::kCloseProtocolError, std::move(code), std::move(problem)));
}

void AgentListener::broke(AgentSocket& socket, std::string_view problem) {
    Connection& connection = Connection::of(socket);
    ++counters_.protocol_errors;
    log::warning(
        "hub", "an agent's connection does not speak WebSocket",
        {{"peer", connection.peer.to_string()}, {"server", connection.name}, {"problem", problem}});
    leave(connection, Departure::Closed, problem);
    watch(connection, kCloseTime);
}

void AgentListener::ponged(AgentSocket& socket) {
    const Connection& connection = Connection::of(socket);
    if (connection.slot == LinkLiveness::kNone) return;
    liveness_.seen(connection.slot, BootClock::now());
    inputs_.push_back(AgentSeen{connection.link->server(), connection.id});
}

void AgentListener::closed(AgentSocket& socket, std::string_view detail, std::uint16_t code) {
    Connection& connection = Connection::of(socket);
    // Only a living agent answers; with our code, so that it was not about to close by itself.
    const bool lives = code == wire::kCloseReplaced && std::exchange(connection.replaced, false);
    if (lives && !stopping_ && !abandoned_) {
        inputs_.push_back(AgentDisplaced{connection.link->server(), connection.id,
                                         connection.peer.address_text()});
    }
    const Departure how = connection.link ? connection.link->departure() : Departure::Closed;
    leave(connection, how, detail);
}

void AgentListener::freed(AgentSocket& socket) {
    Connection& connection = Connection::of(socket);
    finish_login(connection);
    watched_.erase(&connection);
    connections_.erase(&socket);
}

void AgentListener::apply(Connection& connection, const AgentLink::Outcome& outcome) {
    if (outcome.linked) link(connection);
    if (!outcome.reply.empty()) connection.send(outcome.reply);
    if (outcome.close_code == 0) return;
    ++counters_.protocol_errors;
    log::warning("hub", "closing an agent's connection",
                 {{"peer", connection.peer.to_string()},
                  {"server", connection.name},
                  {"reason", outcome.close_reason}});
    leave(connection, Departure::Closed, outcome.close_reason);
    begin_close(connection, outcome.close_code, outcome.close_reason);
}

// The newest connection of an agent wins: a second one usually means that the first is dead and its
// end has not been heard of yet. The older one is simply not the link any more; nothing is reported
// about it, unless it answers to that.
void AgentListener::link(Connection& connection) {
    last_link_ = connection.id;
    ++counters_.agents_linked;
    connection.stage = Connection::Stage::Linked;
    finish_login(connection);
    watched_.erase(&connection);
    connection.slot = liveness_.add(&connection, terms_.heartbeat_interval, BootClock::now());
    Connection* older = std::exchange(by_server_[connection.link->server()], &connection);
    if (older == nullptr) return;
    ++counters_.replaced;
    // With another token it is no second agent of this one.
    older->replaced = older->token_prefix == connection.token_prefix;
    begin_close(*older, wire::kCloseReplaced, "a newer connection of this agent took over");
}

void AgentListener::stop_watching_silence(Connection& connection) {
    const LinkLiveness::Slot slot = std::exchange(connection.slot, LinkLiveness::kNone);
    if (slot != LinkLiveness::kNone) liveness_.remove(slot);
}

// Bookkeeping when a link ends, for whatever reason; the socket may live on for a moment.
void AgentListener::leave(Connection& connection, Departure how, std::string_view detail) {
    const bool was_linked = connection.stage == Connection::Stage::Linked;
    connection.stage = Connection::Stage::Leaving;
    stop_watching_silence(connection);
    if (!was_linked) return;
    by_server_.erase(connection.link->server());
    if (stopping_ || abandoned_) return;
    inputs_.push_back(connection.link->left(connection.id, how, std::string(detail)));
}

void AgentListener::begin_close(Connection& connection, std::uint16_t code, std::string_view why) {
    connection.stage = Connection::Stage::Leaving;
    stop_watching_silence(connection);
    connection.close(code, why);
    watch(connection, kCloseTime);
}

void AgentListener::finish_login(Connection& connection) {
    if (connection.place == Places::kNone) return;
    admission_.places().leave(std::exchange(connection.place, Places::kNone));
    if (!stopping_) acceptor_->resume();
}

void AgentListener::watch(Connection& connection, Duration time) {
    const Instant now = BootClock::now();
    connection.deadline = now + time;
    watched_.insert(&connection);
    next_check_ = std::min(next_check_, now + std::min(kCheckPeriod, time));
}

Instant AgentListener::next_deadline() const {
    return std::min({next_check_, liveness_.next_sweep(), next_wave_});
}

void AgentListener::tick(Instant now) {
    check_deadlines(now);
    check_silence(now);
    close_wave(now);
}

void AgentListener::check_deadlines(Instant now) {
    if (now < next_check_) return;
    for (Connection* connection : std::vector<Connection*>(watched_.begin(), watched_.end())) {
        if (now >= connection->deadline) expire(*connection);
    }
    next_check_ = watched_.empty() ? kNever : now + std::min(kCheckPeriod, login_time_);
    if (!stopping_) acceptor_->resume();  // somebody may have stood still for too long
}

void AgentListener::expire(Connection& connection) {
    if (connection.stage == Connection::Stage::Making) {
        ++counters_.login_timeouts;
        // Who waits for the answer to its enrolment has said all, and asks again.
        if (connection.upgraded() && connection.enrolment == 0) {
            const AgentLink::Outcome outcome =
                refuse(wire::kCloseProtocolError, "no_hello", "no hello in time");
            connection.send(outcome.reply);
            return begin_close(connection, outcome.close_code, outcome.close_reason);
        }
    }
    cut(connection);
}

void AgentListener::cut(Connection& connection) {
    connection.stage = Connection::Stage::Leaving;
    watch(connection, kCloseTime);
    connection.drop();
}

void AgentListener::check_silence(Instant now) {
    if (now < liveness_.next_sweep()) return;
    const LinkLiveness::Findings findings = liveness_.sweep(now);
    for (void* owner : findings.ping)
        static_cast<Connection*>(owner)->ping();
    for (void* owner : findings.silent) {
        Connection& connection = *static_cast<Connection*>(owner);
        ++counters_.silent;
        leave(connection, Departure::Silent, "no answer to a ping");
        connection.drop();
    }
}

void AgentListener::close_agent(ServerId server, std::uint16_t code, std::string_view why) {
    const auto found = by_server_.find(server);
    if (found == by_server_.end()) return;
    Connection& connection = *found->second;
    const bool revoked = code == wire::kCloseTokenRevoked;
    connection.send(refuse(code, revoked ? "token_revoked" : "closed", std::string(why)).reply);
    leave(connection, Departure::Replaced, why);
    begin_close(connection, code, why);
}

void AgentListener::begin_stop() {
    if (std::exchange(stopping_, true)) return;
    if (acceptor_) acceptor_->close();
    for (const auto& [server, connection] : by_server_)
        to_stop_.push_back(server);
    for (Connection* connection : watched_) {
        if (connection->stage == Connection::Stage::Making) connection->drop();
    }
    next_wave_ = BootClock::now();
}

// All at once would be one long turn, and all the agents back at the same instant.
void AgentListener::close_wave(Instant now) {
    if (now < next_wave_) return;
    for (std::size_t i = 0; i < kStopWave && !to_stop_.empty(); ++i) {
        const auto found = by_server_.find(to_stop_.back());
        to_stop_.pop_back();
        if (found == by_server_.end()) continue;
        Connection& connection = *found->second;
        leave(connection, Departure::Replaced, "");
        begin_close(connection, wire::kCloseStopping, "the controller stops, come back soon");
    }
    next_wave_ = to_stop_.empty() ? kNever : now + kStopWavePeriod;
}

void AgentListener::abandon() {
    abandoned_ = true;
    if (acceptor_) acceptor_->close();
}

}  // namespace understudy
