#include "controller/hub/local_peer.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/ensure.h"

namespace understudy {
namespace {

constexpr std::size_t kGroupsAtMost = 65'536;  // NGROUPS_MAX
constexpr int kLocalBacklog = 64;

Error no_local_socket(const std::string& path, const std::string& why) {
    return invalid("listen.local.path", "cannot listen at '" + path + "': " + why,
                   "name a place in a folder that the controller's user may write, or set "
                   "listen.local.enabled to false");
}

std::optional<sockaddr_un> socket_address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() > kSocketPathLimit) return std::nullopt;
    std::ranges::copy(path, std::begin(address.sun_path));
    return address;
}

const sockaddr* as_sockaddr(const sockaddr_un& address) {
    return reinterpret_cast<const sockaddr*>(&address);
}

// Whether somebody listens at a socket that is there. What nobody listens at is left from before.
bool somebody_listens(const sockaddr_un& address) {
    const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return true;
    const bool refused =
        connect(descriptor, as_sockaddr(address), sizeof address) != 0 && errno == ECONNREFUSED;
    close(descriptor);
    return !refused;
}

Result<Done> clear_the_way(const std::string& path, const sockaddr_un& address) {
    struct stat about {};
    if (lstat(path.c_str(), &about) != 0) return Done{};
    if (!S_ISSOCK(about.st_mode)) return no_local_socket(path, "something else is there");
    if (somebody_listens(address)) {
        return no_local_socket(path, "another program listens there already");
    }
    if (unlink(path.c_str()) != 0) return no_local_socket(path, std::strerror(errno));
    return Done{};
}

}  // namespace

std::optional<LocalCredentials> credentials_of(int descriptor) {
    ucred who{};
    socklen_t length = sizeof who;
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &who, &length) != 0) return std::nullopt;
    if (who.pid == 0 && who.uid == static_cast<uid_t>(-1)) return std::nullopt;  // a TCP socket
    LocalCredentials found{who.uid, {who.gid}};
    std::vector<gid_t> more(64);
    for (;;) {
        length = static_cast<socklen_t>(more.size() * sizeof(gid_t));
        if (getsockopt(descriptor, SOL_SOCKET, SO_PEERGROUPS, more.data(), &length) == 0) break;
        if (errno != ERANGE || more.size() >= kGroupsAtMost) return found;
        more.resize(kGroupsAtMost);
    }
    more.resize(length / sizeof(gid_t));
    found.gids.insert(found.gids.end(), more.begin(), more.end());
    return found;
}

bool may_administer(const LocalCredentials& who, uid_t own, const std::vector<gid_t>& gids) {
    if (who.uid == 0 || who.uid == own) return true;
    return std::ranges::any_of(
        who.gids, [&gids](gid_t gid) { return std::ranges::find(gids, gid) != gids.end(); });
}

LocalPeer LocalPeers::by_number(const LocalCredentials& who) const {
    return {UserNames::number(who.uid), may_administer(who, geteuid(), gids_)};
}

std::optional<LocalPeer> LocalPeers::look_at(const LocalCredentials& who) {
    LocalPeer peer = by_number(who);
    if (!peer.administers) return peer;
    auto name = names_.of(who.uid);
    if (!name) return std::nullopt;
    peer.user = *std::move(name);
    return peer;
}

Result<int> listen_locally(const std::string& path) {
    const auto address = socket_address_of(path);
    if (!address) {
        return no_local_socket(
            path, "a socket's path has 1 to " + std::to_string(kSocketPathLimit) + " bytes");
    }
    if (const auto free = clear_the_way(path, *address); !free) return free.error();
    const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const bool good = descriptor >= 0 &&
                      bind(descriptor, as_sockaddr(*address), sizeof *address) == 0 &&
                      chmod(path.c_str(), 0666) == 0 && listen(descriptor, kLocalBacklog) == 0;
    if (good) return descriptor;
    const std::string why = std::strerror(errno);
    if (descriptor >= 0) close(descriptor);
    return no_local_socket(path, why);
}

bool folder_is_ours(const std::string& path) {
    struct stat about {};
    const std::string folder = path.substr(0, path.rfind('/'));
    return stat(folder.c_str(), &about) == 0 && S_ISDIR(about.st_mode) && about.st_uid == geteuid();
}

}  // namespace understudy
