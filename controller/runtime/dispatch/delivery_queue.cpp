#include "controller/runtime/dispatch/delivery_queue.h"

#include <algorithm>

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
        case NoticeType::Escalated:
            return true;
        default:
            return false;
    }
}

Delivery read_answer(const ChannelDriver& driver, const TransferAnswer& answer, WallTime wall) {
    if (const auto* http = std::get_if<HttpAnswer>(&answer)) return driver.read(*http, wall);
    if (const auto* ran = std::get_if<ProgramAnswer>(&answer)) return driver.read_program(*ran);
    return driver.read(std::get<MailAnswer>(answer));
}

// What the schedule lets a row wait at most.
Duration longest_pause(int attempts) {
    const Duration delay = retry_delay(attempts).value_or(Duration{0});
    return delay + delay / 10;
}

}  // namespace

void DeliveryQueue::refill(std::vector<DueNotification> rows, Instant now, WallTime wall) {
    waiting_.clear();
    next_try_ = kNever;
    std::unordered_map<NotificationId, Pause> pauses;
    for (auto& due : rows) {
        const Instant until = not_before(due.row, {now, wall});
        pauses.emplace(due.row.id, Pause{due.row.attempts, until});
        if (until > now) {
            next_try_ = std::min(next_try_, until);
        } else if (const ChannelId channel = due.row.channel; !in_flight_.contains(channel)) {
            waiting_.emplace(channel, std::move(due));
        }
    }
    pauses_ = std::move(pauses);
}

// A row that came back as it was left here goes by what was counted here.
Instant DeliveryQueue::not_before(const NotificationRow& row, const Moment& moment) {
    const auto known = pauses_.find(row.id);
    if (known != pauses_.end() && known->second.attempts == row.attempts)
        return known->second.until;
    const Duration left = row.next_try - moment.wall;
    return moment.now + std::clamp(left, Duration{0}, longest_pause(row.attempts));
}

void DeliveryQueue::start(Instant now, WallTime wall, DispatcherOutput& output) {
    auto rows = std::exchange(waiting_, {});
    for (auto& [id, due] : rows) {
        const Channel* channel = fleet_.channel(id);
        if (channel == nullptr || channel->disabled || fold(due, output)) continue;
        begin(std::move(due.row), *channel, {now, wall}, output);
    }
}

// True: it goes out when its rows have been made one.
bool DeliveryQueue::fold(const DueNotification& due, DispatcherOutput& output) {
    if (due.followers.empty()) return false;
    NotificationsFolded folded;
    std::vector<std::string_view> payloads;
    const auto add = [&](const NotificationRow& row) {
        payloads.push_back(row.payload);
        folded.earlier.push_back(row.id);
    };
    add(due.row);
    std::for_each(due.followers.begin(), due.followers.end() - 1, add);
    auto payload = fold_notices(payloads, due.followers.back().payload);
    if (!payload) return false;
    folded.id = due.followers.back().id;
    folded.channel = due.row.channel;
    folded.payload = std::move(*payload);
    folded_ += folded.earlier.size();
    output.changes.emplace_back(std::move(folded));
    return true;
}

void DeliveryQueue::begin(NotificationRow row, const Channel& channel, const Moment& moment,
                          DispatcherOutput& output) {
    const auto driver = drivers_.channel(channel);
    if (!driver) {
        try_later(row, TryLater{driver.error().text(), {}}, moment, output);
        return;
    }
    auto dispatch = (*driver)->compose(message_of(row), moment.wall);
    if (!dispatch) {
        try_later(row, TryLater{dispatch.error().text(), {}}, moment, output);
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

bool DeliveryQueue::finished(const TransferDone& done, Instant now, WallTime wall,
                             DispatcherOutput& output) {
    const auto transfer = transfers_.find(done.id);
    if (transfer == transfers_.end()) return false;
    const auto entry = in_flight_.find(transfer->second);
    ensure(entry != in_flight_.end());
    const InFlight flown = std::move(entry->second);
    in_flight_.erase(entry);
    transfers_.erase(transfer);

    settle(flown.row, read_answer(*flown.driver, done.answer, wall), {now, wall}, output);
    return true;
}

void DeliveryQueue::settle(const NotificationRow& row, const Delivery& delivery,
                           const Moment& moment, DispatcherOutput& output) {
    if (const auto* delivered = std::get_if<Delivered>(&delivery)) {
        ++delivered_;
        output.changes.push_back(NotificationDelivered{row.id, delivered->note, row.channel});
    } else if (const auto* later = std::get_if<TryLater>(&delivery)) {
        try_later(row, *later, moment, output);
    } else {
        give_up(row, std::get<GiveUp>(delivery), output);
    }
}

void DeliveryQueue::give_up(const NotificationRow& row, const GiveUp& end,
                            DispatcherOutput& output) {
    // Some have it, the others never will: as if all had been asked in one try.
    if (!row.served.empty()) {
        ++delivered_;
        output.changes.push_back(NotificationDelivered{row.id, end.error, row.channel});
        return;
    }
    ++failures_;
    bury(row, end.error, output);
    if (end.disable_channel) {
        output.inputs.push_back(
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
    output.changes.push_back(NotificationDead{row.id, attempts, error, row.channel});
}

void DeliveryQueue::try_later(const NotificationRow& row, const TryLater& later,
                              const Moment& moment, DispatcherOutput& output) {
    ++failures_;
    const int attempts = row.attempts + 1;
    const auto delay = retry_delay(attempts);
    if (!delay) {
        // First who has it, so that a person's retry does not reach them again.
        output.changes.push_back(NotificationDeferred{row.id, attempts, moment.wall, later.error,
                                                      later.served, row.channel});
        return bury(row, later.error, output);
    }
    Duration wait = random_.between(*delay - *delay / 10, *delay + *delay / 10);
    if (later.retry_after) wait = std::max<Duration>(wait, *later.retry_after);
    pauses_.insert_or_assign(row.id, Pause{attempts, moment.now + wait});
    output.changes.push_back(NotificationDeferred{row.id, attempts, moment.wall + wait, later.error,
                                                  later.served, row.channel});
}

}  // namespace understudy
