#include "controller/store/store.h"

#include <algorithm>

namespace understudy {

std::int64_t next_turn(const Turns& turns) {
    const std::int64_t after_its_last = turns.of_subject ? *turns.of_subject + 1 : turns.now;
    return std::max({turns.now, after_its_last, turns.of_incident.value_or(turns.now)});
}

std::int64_t subject_of(const Notice& notice) {
    return notice.server ? notice.server.value : notice.pool.value;
}

bool folds_into(NoticeType earlier, NoticeType later) {
    const auto about_state = [](NoticeType type) {
        return type == NoticeType::ServerDown || type == NoticeType::ServerUp ||
               type == NoticeType::ServerError;
    };
    return about_state(earlier) && about_state(later);
}

}  // namespace understudy
