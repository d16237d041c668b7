#include "controller/store/store.h"

#include <algorithm>

#include "base/ensure.h"

namespace understudy {

const char* to_text(NotificationState state) {
    switch (state) {
        case NotificationState::Pending:
            return "pending";
        case NotificationState::Delivered:
            return "delivered";
        case NotificationState::Dead:
            return "dead";
    }
    ensure(false);
}

std::optional<NotificationState> notification_state_from(std::string_view text) {
    using enum NotificationState;
    for (const NotificationState state : {Pending, Delivered, Dead}) {
        if (text == to_text(state)) return state;
    }
    return std::nullopt;
}

void add_notification(DueWork& work, NotificationRow row, WallTime now, std::size_t limit) {
    if (row.next_try > now) {
        work.next_notification =
            std::min(work.next_notification.value_or(row.next_try), row.next_try);
    } else if (work.notifications.size() < limit) {
        work.notifications.push_back(std::move(row));
    }
}

}  // namespace understudy
