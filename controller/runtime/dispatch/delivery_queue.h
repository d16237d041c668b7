// DeliveryQueue: notifications on their way to their channels, in order and one at a time per
// channel. Composes each try, reads the answer, and says what becomes of the row. Used by the
// dispatcher.
//
// Pauses between tries are counted on the clock that only goes forward. The time in a row is by the
// wall clock, which may be set: it is only looked at for rows of an earlier life of the process,
// and holds none of them longer than the schedule would.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/random.h"
#include "controller/runtime/dispatch/dispatcher.h"
#include "controller/runtime/dispatch/operation_runner.h"

namespace understudy {

class DeliveryQueue {
  public:
    // `instance`: a random name of the store, part of every message id.
    DeliveryQueue(std::string instance, const Fleet& fleet, Drivers& drivers, Outbound& outbound,
                  TransferIds& ids, Random random)
        : instance_(std::move(instance)),
          fleet_(fleet),
          drivers_(drivers),
          outbound_(outbound),
          ids_(ids),
          random_(random) {}

    // What the store says comes next, deferred or not; replaces what waited.
    void refill(std::vector<DueNotification> rows, Instant now, WallTime wall);
    void start(Instant now, WallTime wall, DispatcherOutput& output);
    // False: the answer belongs to somebody else.
    bool finished(const TransferDone& done, Instant now, WallTime wall, DispatcherOutput& output);
    // When the first of those that wait may be tried again.
    Instant next_try() const { return next_try_; }

    std::uint64_t delivered() const { return delivered_; }
    std::uint64_t failures() const { return failures_; }
    std::uint64_t folded() const { return folded_; }  // told in another's words

  private:
    struct InFlight {
        NotificationRow row;
        std::shared_ptr<const ChannelDriver> driver;
    };
    // A pause, of the row as it was after so many attempts.
    struct Pause {
        int attempts = 0;
        Instant until{};
    };
    // What a moment is, on both clocks.
    struct Moment {
        Instant now;
        WallTime wall;
    };
    Instant not_before(const NotificationRow& row, const Moment& moment);
    bool fold(const DueNotification& due, DispatcherOutput& output);
    void begin(NotificationRow row, const Channel& channel, const Moment& moment,
               DispatcherOutput& output);
    void settle(const NotificationRow& row, const Delivery& delivery, const Moment& moment,
                DispatcherOutput& output);
    void give_up(const NotificationRow& row, const GiveUp& end, DispatcherOutput& output);
    void try_later(const NotificationRow& row, const TryLater& later, const Moment& moment,
                   DispatcherOutput& output);
    void bury(const NotificationRow& row, const std::string& error, DispatcherOutput& output);
    Message message_of(const NotificationRow& row) const;

    const std::string instance_;
    const Fleet& fleet_;
    Drivers& drivers_;
    Outbound& outbound_;
    TransferIds& ids_;
    Random random_;
    std::map<ChannelId, DueNotification> waiting_;
    std::unordered_map<NotificationId, Pause> pauses_;  // of the rows last seen
    Instant next_try_ = kNever;
    std::map<ChannelId, InFlight> in_flight_;
    std::unordered_map<TransferId, ChannelId> transfers_;
    std::uint64_t delivered_ = 0;
    std::uint64_t failures_ = 0;
    std::uint64_t folded_ = 0;
};

}  // namespace understudy
