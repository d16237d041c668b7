// Agents: the truth about every server and its link, and what a fault does to them. Two kinds of
// world offer it: ModelAgents, which says at once what the hub would tell the controller and is
// fast enough for weeks of many servers, and WiredAgents, which runs the production code of both
// ends.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "base/random.h"
#include "controller/core/input.h"

namespace understudy::simulation {

class Agents {
  public:
    // What the controller hears of its agents, and when.
    using Tell = std::function<void(const Input&, Instant at)>;
    virtual ~Agents() = default;

    virtual void add(ServerId server) = 0;
    virtual void remove(ServerId server) = 0;
    virtual std::size_t size() const = 0;
    // Whether visitors are served by it.
    virtual bool serves(ServerId server) const = 0;
    // Only by every second request.
    virtual bool grey(ServerId server) const = 0;
    virtual bool linked(ServerId server) const = 0;
    virtual ServerId server_at(std::size_t index) const = 0;

    virtual void crash(std::size_t index, bool silently) = 0;
    virtual void boot(std::size_t index) = 0;
    virtual void partition(std::size_t index) = 0;
    virtual void reconnect(std::size_t index) = 0;
    virtual void freeze(std::size_t index) = 0;
    virtual void thaw(std::size_t index) = 0;
    virtual void half_open(std::size_t index, Duration unnoticed) = 0;
    virtual void fail_check(std::size_t index, bool failing) = 0;
    // Only what its check says: whether it serves is another matter.
    virtual void report_check(std::size_t index, bool failing) = 0;
    // The proxy dies or comes back; its agent notices nothing.
    virtual void fail_service(std::size_t index, bool dead) = 0;
    // Every second request is answered with an error, or no more.
    virtual void turn_grey(std::size_t index, bool grey) = 0;
    // The agent alone dies, its link is closed; reconnect() brings it back.
    virtual void kill_agent(std::size_t index) = 0;
    virtual void restart_agent(std::size_t index) = 0;
    virtual void shut_down(std::size_t index) = 0;
    virtual void cross_links(std::size_t index) = 0;
    virtual void close_link(std::size_t index, Duration back_after) = 0;
    virtual void repeat_message(Random& random) = 0;
    virtual void slow_down(bool slow) = 0;
    // Everything is well again.
    virtual void heal() = 0;

    // A new life of the controller: nobody is linked to it yet.
    virtual void controller_started() = 0;
    virtual void controller_crashed() = 0;
    // It does not run, and then goes on with what has arrived meanwhile.
    virtual void controller_suspended() = 0;
    virtual void controller_resumed() = 0;
    // Tells heartbeats that have arrived by now and are not told yet. They come just before the
    // engine next hears of anything else, or before the shortest health timeout could run out; of
    // several only the last, which is all that the engine remembers of them.
    virtual void catch_up() = 0;
    // The server whose link is not what it has to be, calm as things are, and how; empty: none.
    virtual std::string untrue_link() const { return {}; }
};

}  // namespace understudy::simulation
