#include "tests/simulation/wire.h"

namespace understudy::simulation {
namespace {

Way back(Way way) {
    return way == Way::ToHub ? Way::ToAgent : Way::ToHub;
}

}  // namespace

Duration Network::latency() {
    return slow ? random.between(Duration{200}, Duration{4'000})
                : random.between(Duration{1}, Duration{100});
}

std::shared_ptr<Wire> Route::connect(ServerId server, WireEnd& agent) {
    std::erase_if(wires, [](const std::weak_ptr<Wire>& one) { return one.expired(); });
    auto wire = std::make_shared<Wire>(*this, server, agent);
    wires.push_back(wire);
    wire->send(Way::ToHub, {Frame::Kind::Open});
    return wire;
}

void Route::retry() {
    const auto present = wires;
    for (const auto& one : present)
        if (const auto wire = one.lock()) wire->retry();
}

Wire::Wire(Route& route, ServerId server, WireEnd& agent)
    : route_(route), server_(server), number_(++route.network.wires) {
    end(Way::ToAgent) = &agent;
}

void Wire::send(Way way, Frame frame) {
    Direction& direction = directions_[static_cast<std::size_t>(way)];
    Schedule& schedule = route_.network.schedule;
    direction.frames.push_back(std::move(frame));
    direction.last = std::max(direction.last, schedule.now() + route_.network.latency());
    schedule.in(direction.last - schedule.now(), [wire = shared_from_this(), way] {
        ++wire->directions_[static_cast<std::size_t>(way)].due;
        wire->deliver(way);
    });
}

void Wire::let_go(Way way) {
    if (end(way) == nullptr) return;
    end(way) = nullptr;
    send(back(way), {Frame::Kind::End});
}

void Wire::reset() {
    send(Way::ToHub, {Frame::Kind::End});
    send(Way::ToAgent, {Frame::Kind::End});
}

void Wire::stall(Duration time) {
    stalled_until_ = route_.network.schedule.now() + time;
    route_.network.schedule.in(time, [wire = shared_from_this()] { wire->retry(); });
}

void Wire::retry() {
    deliver(Way::ToHub);
    deliver(Way::ToAgent);
}

bool Wire::passes(Way way) const {
    const bool taken = way == Way::ToHub ? route_.network.hub_machine : route_.agent_machine;
    return taken && !lost_ && !route_.cut[static_cast<std::size_t>(way)] &&
           route_.network.schedule.now() >= stalled_until_;
}

void Wire::deliver(Way way) {
    Direction& direction = directions_[static_cast<std::size_t>(way)];
    while (direction.due > 0 && passes(way)) {
        --direction.due;
        Frame frame = std::move(direction.frames.front());
        direction.frames.pop_front();
        hand_over(way, std::move(frame));
    }
}

void Wire::hand_over(Way way, Frame frame) {
    if (frame.kind == Frame::Kind::Open && route_.network.schedule.now() >= route_.refused_until)
        end(way) = route_.network.listener;
    WireEnd* receiver = end(way);
    if (receiver != nullptr) {
        receiver->arrived(shared_from_this(), std::move(frame));
    } else if (frame.kind != Frame::Kind::End) {
        send(back(way), {Frame::Kind::End});
    }
}

}  // namespace understudy::simulation
