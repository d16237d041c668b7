// Sessions: who has logged in on the page. Each begins with a token that counts and ends with it;
// else when it was not used for a while, when it is old, or when its holder logs out. In memory
// alone: a restart ends them all. Loop thread only.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/ids.h"
#include "base/secret.h"

namespace understudy::api {

struct SessionLimits {
    Duration idle = std::chrono::hours{12};
    Duration age = std::chrono::hours{24 * 7};
    std::size_t per_token = 32;  // the one that was not used for longest gives way
};

class Sessions {
  public:
    struct Session {
        TokenId token;
        Instant begun{};
        Instant used{};
    };

    explicit Sessions(const SessionLimits& limits = {}) : limits_(limits) {}

    // The cookie's value: 256 random bits, of which only the hash is kept.
    Secret begin(TokenId token, Instant now);
    // null: there is no such session, or it has ended. `cookie`: as sent, be it whatever.
    const Session* find(std::string_view cookie, Instant now) const;
    // The same by what may be kept of a cookie.
    static std::string kept_of(std::string_view cookie);
    const Session* find_kept(const std::string& kept, Instant now) const;
    void use(std::string_view cookie, Instant now);
    void end(std::string_view cookie);
    // Those that are over by themselves, and those whose token does not count any more.
    void clear(Instant now, const std::function<bool(TokenId)>& counts);

    Instant ends(const Session& session) const;
    std::size_t count() const { return sessions_.size(); }

  private:
    void make_room(TokenId token);

    SessionLimits limits_;
    std::map<std::string, Session, std::less<>> sessions_;  // by the hash of their cookie
};

}  // namespace understudy::api
