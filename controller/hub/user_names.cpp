#include "controller/hub/user_names.h"

#include <pwd.h>

#include <array>
#include <exception>
#include <map>
#include <mutex>
#include <set>
#include <system_error>
#include <thread>
#include <utility>

namespace understudy {

struct UserNames::Desk {
    struct Found {
        std::string name;
        bool lasting = true;  // false: it could not be said, and is asked anew next time
    };
    std::mutex mutex;
    std::map<uid_t, Found> found;
    std::set<uid_t> under_way;

    void take(uid_t uid, const std::optional<std::string>& name) {
        const std::lock_guard lock{mutex};
        under_way.erase(uid);
        if (found.size() >= kKept) found.clear();
        const bool named = name && !name->empty();
        found.insert_or_assign(uid, Found{named ? *name : number(uid), name.has_value()});
    }
    void give_up(uid_t uid) {
        const std::lock_guard lock{mutex};
        under_way.erase(uid);
    }
};

UserNames::UserNames(LookUp look_up, Begin begin)
    : look_up_(std::move(look_up)), begin_(std::move(begin)), desk_(std::make_shared<Desk>()) {}

std::optional<std::string> UserNames::of(uid_t uid) {
    const std::lock_guard lock{desk_->mutex};
    if (const auto known = desk_->found.find(uid); known != desk_->found.end()) {
        std::string name = known->second.name;
        if (!known->second.lasting) desk_->found.erase(known);
        return name;
    }
    if (desk_->under_way.size() >= kAtOnce || !desk_->under_way.insert(uid).second)
        return std::nullopt;
    try {
        begin_([desk = desk_, look_up = look_up_, uid] {
            try {
                desk->take(uid, look_up(uid));
            } catch (const std::exception&) {  // no memory: asked anew next time
                desk->give_up(uid);
            }
        });
    } catch (const std::system_error&) {
        desk_->under_way.erase(uid);
        return number(uid);
    }
    return std::nullopt;
}

// Joined by nobody: to stop must not wait for a directory that does not answer.
void UserNames::on_thread(std::function<void()> work) {
    std::thread{std::move(work)}.detach();
}

std::string UserNames::number(uid_t uid) {
    return "uid " + std::to_string(uid);
}

std::optional<std::string> UserNames::in_system(uid_t uid) {
    std::array<char, 16'384> room{};
    passwd entry{};
    passwd* found = nullptr;
    if (getpwuid_r(uid, &entry, room.data(), room.size(), &found) != 0) return std::nullopt;
    return found == nullptr ? std::string{} : std::string{found->pw_name};
}

}  // namespace understudy
