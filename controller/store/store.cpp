#include "controller/store/store.h"

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

}  // namespace understudy
