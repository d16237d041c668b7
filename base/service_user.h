// The user that a service runs as, for a check by root of what that user will be able to read.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

namespace understudy {

struct ServiceUser {
    std::string name;
    uid_t uid;
    gid_t gid;
};

// Nothing when there is no such user or folder, and when it is root.
std::optional<ServiceUser> service_user_named(const std::string& name);
std::optional<ServiceUser> owner_of(const std::string& folder);

// For good: from now on this process is that user, with the groups of it. Only root can.
bool become(const ServiceUser& user);

}  // namespace understudy
