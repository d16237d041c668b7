// DeliveryQueue: notifications on their way to their channels, in order and one at a time per
// channel. Composes each try, reads the answer, and says what becomes of the row. Used by the
// dispatcher.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/random.h"
#include "controller/runtime/dispatcher.h"
#include "controller/runtime/operation_runner.h"

namespace understudy {

class DeliveryQueue {
  public:
    DeliveryQueue(const Fleet& fleet, Drivers& drivers, Outbound& outbound, TransferIds& ids,
                  Random random)
        : fleet_(fleet), drivers_(drivers), outbound_(outbound), ids_(ids), random_(random) {}

    // A random name of the store: part of every message id.
    void set_instance(std::string instance) { instance_ = std::move(instance); }
    // What the store says is due; replaces what waited.
    void refill(std::vector<NotificationRow> rows);
    void start(WallTime wall, DispatcherOutput& output);
    // False: the answer belongs to somebody else.
    bool finished(const TransferDone& done, WallTime wall, DispatcherOutput& output);

    std::uint64_t delivered() const { return delivered_; }
    std::uint64_t failures() const { return failures_; }

  private:
    struct InFlight {
        NotificationRow row;
        std::shared_ptr<const ChannelDriver> driver;
    };
    void begin(NotificationRow row, const Channel& channel, WallTime wall,
               DispatcherOutput& output);
    void settle(const NotificationRow& row, const Delivery& delivery, WallTime wall,
                DispatcherOutput& output);
    void give_up(const NotificationRow& row, const GiveUp& end, DispatcherOutput& output);
    void try_later(const NotificationRow& row, const TryLater& later, WallTime wall,
                   DispatcherOutput& output);
    void bury(const NotificationRow& row, const std::string& error, DispatcherOutput& output);
    Message message_of(const NotificationRow& row) const;

    const Fleet& fleet_;
    Drivers& drivers_;
    Outbound& outbound_;
    TransferIds& ids_;
    Random random_;
    std::string instance_;
    std::map<ChannelId, NotificationRow> waiting_;
    std::map<ChannelId, InFlight> in_flight_;
    std::unordered_map<TransferId, ChannelId> transfers_;
    std::uint64_t delivered_ = 0;
    std::uint64_t failures_ = 0;
};

}  // namespace understudy
