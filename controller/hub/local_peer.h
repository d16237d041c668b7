// Who connects over the API's Unix socket, as the kernel says (unix(7), SO_PEERCRED), and whether
// that is somebody who administers this machine's controller. Used by HttpListener. Loop thread
// only.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "controller/hub/user_names.h"

namespace understudy {

struct LocalSocket {
    std::string path;         // at most kSocketPathLimit bytes
    bool wanted = false;      // named by a person: it is an error when it cannot be there
    std::vector<gid_t> gids;  // whose members may administer, beside root and our own user
};

inline constexpr std::size_t kSocketPathLimit = 107;  // sun_path, with its end
inline constexpr char kLocalSocketPath[] = "/run/understudy/controller.sock";

// What a request over that socket came with.
struct LocalPeer {
    std::string user;  // its name; "uid 1000" when it has none, or does not administer
    bool administers = false;
};

struct LocalCredentials {
    uid_t uid = 0;
    std::vector<gid_t> gids;  // the supplementary ones too
};

// Of whoever connected it, at that time. None: it is no Unix socket.
std::optional<LocalCredentials> credentials_of(int descriptor);

// `own`: of this process. Pure.
bool may_administer(const LocalCredentials& who, uid_t own, const std::vector<gid_t>& gids);

class LocalPeers {
  public:
    explicit LocalPeers(std::vector<gid_t> gids, UserNames::LookUp look_up = UserNames::in_system)
        : gids_(std::move(gids)), names_(std::move(look_up)) {}
    // None: his name is being looked up. Of who does not administer nothing is looked up:
    // everybody on this machine may connect.
    std::optional<LocalPeer> look_at(const LocalCredentials& who);
    // For when that takes too long.
    LocalPeer by_number(const LocalCredentials& who) const;

  private:
    std::vector<gid_t> gids_;
    UserNames names_;
};

// A listening socket at that path that everybody may connect to: who may do what is said by the
// answer, in words. One that a former process left there is replaced; the error says why there can
// be none.
Result<int> listen_locally(const std::string& path);
// Whether the folder of a path that nobody named is one made for us.
bool folder_is_ours(const std::string& path);

}  // namespace understudy
