#include "controller/runtime/delivery_queue.h"

#include "base/log.h"
#include "schema/notice.h"

namespace understudy {
namespace {

// The first message of an incident's thread; the others answer it.
bool opens_incident(NoticeType type) {
    switch (type) {
        case NoticeType::ServerDown:
        case NoticeType::ServerError:
        case NoticeType::FailoverHeld:
        case NoticeType::DnsDrift:
        case NoticeType::CertificateExpiring:
            return true;
        default:
            return false;
    }
}

}  // namespace

void DeliveryQueue::refill(std::vector<NotificationRow> rows) {
    waiting_.clear();
    for (auto& row : rows) {
        const ChannelId channel = row.channel;
        if (!in_flight_.contains(channel)) waiting_.emplace(channel, std::move(row));
    }
}

void DeliveryQueue::start(WallTime wall, DispatcherOutput& output) {
    auto rows = std::exchange(waiting_, {});
    for (auto& [id, row] : rows) {
        const Channel* channel = fleet_.channel(id);
        if (channel == nullptr || channel->disabled) continue;
        begin(std::move(row), *channel, wall, output);
    }
}

void DeliveryQueue::begin(NotificationRow row, const Channel& channel, WallTime wall,
                          DispatcherOutput& output) {
    const auto driver = drivers_.channel(channel);
    if (!driver) {
        try_later(row, TryLater{driver.error().text(), {}}, wall, output);
        return;
    }
    auto dispatch = (*driver)->compose(message_of(row), wall);
    if (!dispatch) {
        try_later(row, TryLater{dispatch.error().text(), {}}, wall, output);
        return;
    }
    const TransferId id = ids_.next();
    transfers_.emplace(id, channel.id);
    in_flight_.emplace(channel.id, InFlight{std::move(row), *driver});
    std::visit([&](auto& request) { outbound_.submit(id, std::move(request)); }, *dispatch);
}

Message DeliveryQueue::message_of(const NotificationRow& row) const {
    Message message;
    message.id = "msg_" + instance_ + "_" + to_string(row.id);
    message.payload = row.payload;
    message.attempt = row.attempts + 1;
    message.served = row.served;
    const auto notice = decode_notice(row.payload);
    if (notice && notice->incident) {
        message.incident = "inc_" + instance_ + "_" + to_string(notice->incident);
        message.opens_incident = opens_incident(row.type);
    }
    return message;
}

bool DeliveryQueue::finished(const TransferDone& done, WallTime wall, DispatcherOutput& output) {
    const auto transfer = transfers_.find(done.id);
    if (transfer == transfers_.end()) return false;
    const auto entry = in_flight_.find(transfer->second);
    ensure(entry != in_flight_.end());
    const InFlight flown = std::move(entry->second);
    in_flight_.erase(entry);
    transfers_.erase(transfer);

    if (const auto* http = std::get_if<HttpAnswer>(&done.answer)) {
        settle(flown.row, flown.driver->read(*http, wall), wall, output);
    } else {
        settle(flown.row, flown.driver->read(std::get<MailAnswer>(done.answer)), wall, output);
    }
    return true;
}

void DeliveryQueue::settle(const NotificationRow& row, const Delivery& delivery, WallTime wall,
                           DispatcherOutput& output) {
    if (const auto* delivered = std::get_if<Delivered>(&delivery)) {
        ++delivered_;
        output.changes.push_back(NotificationDelivered{row.id, delivered->note});
    } else if (const auto* later = std::get_if<TryLater>(&delivery)) {
        try_later(row, *later, wall, output);
    } else {
        give_up(row, std::get<GiveUp>(delivery), output);
    }
}

void DeliveryQueue::give_up(const NotificationRow& row, const GiveUp& end,
                            DispatcherOutput& output) {
    // Some have it, the others never will: as if all had been asked in one try.
    if (!row.served.empty()) {
        ++delivered_;
        output.changes.push_back(NotificationDelivered{row.id, end.error});
        return;
    }
    ++failures_;
    bury(row, end.error, output);
    if (end.disable_channel) {
        output.events.push_back(
            Order{OrderContext{0, "dispatcher"}, DisableChannel{row.channel, end.error}});
    }
}

// The error stays out of the log: it may quote an answer that repeats the receiver's secret
// address.
void DeliveryQueue::bury(const NotificationRow& row, const std::string& error,
                         DispatcherOutput& output) {
    const int attempts = row.attempts + 1;
    const Channel* channel = fleet_.channel(row.channel);
    log::warning("notify", "notification given up; see 'understudyctl notifications list'",
                 {{"notification", row.id.value},
                  {"channel", channel == nullptr ? to_string(row.channel) : channel->name},
                  {"type", to_text(row.type)},
                  {"tries", attempts}});
    output.changes.push_back(NotificationDead{row.id, attempts, error});
}

void DeliveryQueue::try_later(const NotificationRow& row, const TryLater& later, WallTime wall,
                              DispatcherOutput& output) {
    ++failures_;
    const int attempts = row.attempts + 1;
    const auto delay = retry_delay(attempts);
    if (!delay) {
        // First who has it, so that a person's retry does not reach them again.
        output.changes.push_back(
            NotificationDeferred{row.id, attempts, wall, later.error, later.served});
        return bury(row, later.error, output);
    }
    Duration wait = random_.between(*delay - *delay / 10, *delay + *delay / 10);
    if (later.retry_after) wait = std::max<Duration>(wait, *later.retry_after);
    output.changes.push_back(
        NotificationDeferred{row.id, attempts, wall + wait, later.error, later.served});
}

}  // namespace understudy
