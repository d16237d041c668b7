#include "base/service_user.h"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace understudy {
namespace {

std::optional<ServiceUser> service_user(const passwd* entry) {
    if (entry == nullptr || entry->pw_uid == 0) return std::nullopt;
    return ServiceUser{entry->pw_name, entry->pw_uid, entry->pw_gid};
}

}  // namespace

std::optional<ServiceUser> service_user_named(const std::string& name) {
    return service_user(getpwnam(name.c_str()));
}

std::optional<ServiceUser> owner_of(const std::string& folder) {
    struct stat about {};
    if (stat(folder.c_str(), &about) != 0) return std::nullopt;
    return service_user(getpwuid(about.st_uid));
}

bool become(const ServiceUser& user) {
    return initgroups(user.name.c_str(), user.gid) == 0 && setgid(user.gid) == 0 &&
           setuid(user.uid) == 0;
}

}  // namespace understudy
