// Viewers: who has the event stream open (GET /api/v1/stream, text/event-stream as in the HTML
// standard, 9.2) and hears what has changed, by topic and name (topics.h). Nothing is replayed: who
// connects reads what it shows, then reads again what it is told of.
//
// Who is not let in any more (a token revoked or expired, a session ended) hears the end at once.
//
// Told at the end of a turn, after what the turn had to do for the fleet. What happens within
// kPause is told in one. A viewer that does not read is the hub's to drop. Loop thread only;
// belongs to the Api.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "controller/api/identity.h"
#include "controller/api/topics.h"
#include "controller/hub/hub.h"

namespace understudy {

namespace api {
struct Call;
class SeenFleet;
}  // namespace api

class Viewers {
  public:
    // Of one caller, by its name. How many there are in all and from one address is the hub's
    // (HttpListener): it knows what a connection costs.
    static constexpr std::size_t kMostOfOneCaller = 128;
    static constexpr Duration kPause{250};
    // A line that says nothing keeps proxies from closing what is silent.
    static constexpr Duration kSilence{15'000};

    explicit Viewers(const Fleet& fleet) : fleet_(fleet) {}

    // More of the answer to that request.
    using Send = std::function<void(HttpRequestId viewer, std::string_view bytes)>;
    using End = std::function<void(HttpRequestId viewer)>;  // and that was all
    void set_outlet(Send send, End end) {
        send_ = std::move(send);
        end_ = std::move(end);
    }

    // The handler of GET /api/v1/stream.
    void begin(const api::Call& call);
    // Its client is gone.
    void give_up(HttpRequestId viewer);

    void note(const Change& change);  // committed
    void note(const Input& input);
    // Perhaps somebody is not let in any more.
    void look_again() { look_at_ = Instant{}; }
    void tell(Instant now);
    Instant next_deadline() const;
    // Whether somebody with that part of the fleet is told of what becomes of it.
    bool watches(const api::SeenFleet& seen) const;

    Budget budget() const;

  private:
    struct Viewer {
        std::string caller;
        const api::SeenFleet* seen;     // outlives him: it belongs to the Api
        const api::Identity* identity;  // as well
        api::Badge badge;
    };
    void end_void_ones();
    void tell_changes(Instant now);
    Duration pause() const;
    void send_all(std::string_view bytes, Instant now);
    void watch(std::optional<Instant> until);

    const Fleet& fleet_;
    Send send_;
    End end_;
    std::unordered_map<HttpRequestId, Viewer> viewers_;
    std::map<std::string, std::size_t> of_caller_;
    Topics topics_;
    Instant told_{};
    Instant look_at_ = kNever;  // whether all are still let in
    std::uint64_t refused_ = 0;
};

}  // namespace understudy
