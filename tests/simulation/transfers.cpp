// What leaves the controller, and what the network and the other side make of it.
#include "tests/simulation/invariants.h"
#include "tests/simulation/sim_channel.h"
#include "tests/simulation/simulation.h"

namespace understudy::simulation {
namespace {

HttpAnswer lost_answer(bool may_have_arrived, const char* why) {
    return TransportFailure{may_have_arrived, why};
}

HttpResponse refusal() {
    return {403,
            {{"Content-Type", "application/json"}},
            R"({"success":false,"errors":[{"code":10000,"message":"Authentication error"}],)"
            R"("messages":[],"result":null})"};
}

}  // namespace

Result<std::shared_ptr<const Provider>> Simulation::provider(const ProviderAccount&) {
    auto made =
        make_provider("cloudflare", "{}", Secret{"simulated-token-simulated-token-simulat"});
    if (!made) return made.error();
    return std::shared_ptr<const Provider>{std::move(made).value()};
}

Result<std::shared_ptr<const ChannelDriver>> Simulation::channel(const Channel& channel) {
    return std::shared_ptr<const ChannelDriver>{std::make_shared<SimChannel>(channel.name)};
}

// Whether that kind of trouble is on and hits this request.
bool Simulation::on(FaultKind kind) {
    const auto at = weather_.find(kind);
    return at != weather_.end() && schedule_.now() < at->second && random_.chance(0.7);
}

void Simulation::ask_witnesses() {
    const bool silent = on(FaultKind::WitnessesSilent);
    schedule_.in(random_.between(Duration{50}, Duration{2'000}), [this, silent, life = life_] {
        if (life == life_) tell(WitnessesAnswered{2, silent ? 0 : 2}, schedule_.now());
    });
}

void Simulation::answer(TransferId id, TransferAnswer answer, Duration after) {
    schedule_.in(after, [this, id, answer = std::move(answer), life = life_] {
        if (life != life_) return;
        if (const auto writing = writing_.find(id); writing != writing_.end()) {
            for (const std::string& name : writing->second)
                busy_.erase(busy_.find(name));
            writing_.erase(writing);
        }
        if (suspended_) return unread_.push_back({id, answer});
        agents_->catch_up();
        last_step_ = schedule_.now();
        controller_->finished({id, answer});
    });
}

void Simulation::carry(TransferId id, const Transfer& transfer) {
    if (const auto* request = std::get_if<HttpRequest>(&transfer)) {
        if (request->url.starts_with(SimChannel::kUrl)) return carry_notification(id, *request);
        carry_request(id, *request);
    } else if (std::holds_alternative<CertificateProbe>(transfer)) {
        answer(id, CertificateAnswer{"2040-01-01T00:00:00Z", ""}, Duration{50});
    } else {
        fail("no_message_without_a_row: mail was sent by a webhook channel");
    }
}

void Simulation::carry_notification(TransferId id, const HttpRequest& request) {
    if (auto broken = invariants::no_message_without_a_row(ledger_, request.body))
        fail("no_message_without_a_row: " + *broken);
    const Duration way = random_.between(Duration{5}, Duration{400});
    if (on(FaultKind::ChannelDown)) {
        const bool refused = random_.chance(0.5);
        const HttpResponse unavailable{503, {}, ""};
        return answer(id, refused ? HttpAnswer{unavailable} : lost_answer(true, "timed out"), way);
    }
    ledger_.delivered(request.body);
    answer(id, HttpAnswer{HttpResponse{200, {}, ""}}, way);
}

void Simulation::carry_request(TransferId id, const HttpRequest& request) {
    auto names = world_.names_written(request);
    const invariants::Departing departing{ledger_, names, schedule_.now(), busy_};
    if (auto broken = invariants::first_broken(invariants::of_requests(), departing)) fail(*broken);
    if (!names.empty()) {
        busy_.insert(names.begin(), names.end());
        writing_[id] = std::move(names);
    }
    const bool slow = on(FaultKind::ProviderSlow);
    const Duration way = slow ? random_.between(Duration{1'000}, Duration{8'000})
                              : random_.between(Duration{5}, Duration{400});
    if (on(FaultKind::ProviderUnreachable))
        return answer(id, lost_answer(random_.chance(0.5), "connection refused"), way);
    if (on(FaultKind::ProviderRefuses)) return answer(id, HttpAnswer{refusal()}, way);
    if (on(FaultKind::ProviderThrottles)) {
        return answer(id, HttpAnswer{HttpResponse{429, {{"Retry-After", "20"}}, "{}"}}, way);
    }
    FaultKind mood = FaultKind::AgentRestart;  // none of the provider's
    for (const FaultKind kind : {FaultKind::ProviderLosesReplies, FaultKind::ProviderErrors,
                                 FaultKind::ProviderAppliesLate})
        if (on(kind)) mood = kind;
    const bool stale = on(FaultKind::ProviderReadsStale);
    // It arrives whatever becomes of the controller meanwhile.
    ++conversations_;
    if (mood == FaultKind::ProviderAppliesLate) {
        answer(id, lost_answer(true, "timed out"), way);
        const Duration late = random_.between(Duration{500}, Duration{15'000});
        schedule_.in(way + late, [this, request] {
            late_ = true;
            (void)world_.handle(request);
            late_ = false;
            --conversations_;
        });
        return;
    }
    arrive(id, request, stale, mood, way);
}

void Simulation::arrive(TransferId id, const HttpRequest& request, bool stale, FaultKind mood,
                        Duration way) {
    const bool dropped = mood == FaultKind::ProviderErrors && random_.chance(0.5);
    schedule_.in(way, [this, id, request, stale, mood, way, dropped, life = life_] {
        HttpResponse response;
        late_ = life != life_;
        if (!dropped) response = world_.handle(request, stale);
        late_ = false;
        schedule_.in(way + Duration{1}, [this] { --conversations_; });
        if (life != life_) return;
        if (mood == FaultKind::ProviderLosesReplies) {
            answer(id, lost_answer(true, "reply lost"), way);
        } else if (mood == FaultKind::ProviderErrors) {
            answer(id, HttpAnswer{HttpResponse{502, {{"Content-Type", "text/html"}}, "<html>"}},
                   way);
        } else {
            answer(id, HttpAnswer{response}, way);
        }
    });
}

}  // namespace understudy::simulation
