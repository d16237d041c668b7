// Who asks, in whichever way he shows it, and how often somebody was refused for it. What is shown
// on purpose goes before what browsers add by themselves: a token; else the Unix socket; else a
// proxy's word; else a session's cookie. Loop thread only.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "base/log_limit.h"
#include "base/words.h"
#include "controller/api/sessions.h"
#include "controller/api/web_access.h"
#include "controller/core/fleet.h"
#include "controller/hub/hub.h"

namespace understudy {

// What somebody was refused for: who he seemed to be, or which page or proxy seemed to say so.
enum class Forgery { Token, Cookie, Page, Header, User };
template <>
inline constexpr Words<Forgery, 5> kWordsOf<Forgery>{{{Forgery::Token, "token"},
                                                      {Forgery::Cookie, "cookie"},
                                                      {Forgery::Page, "page"},
                                                      {Forgery::Header, "header"},
                                                      {Forgery::User, "user"}}};

}  // namespace understudy

namespace understudy::api {

// By what somebody was let in whose answer goes on (viewers.h), so that it can be asked again
// whether that still counts.
struct Badge {
    TokenId token;           // none: no token stands behind it
    std::string session;     // Sessions::kept_of(); empty: it was no session
    Instant until = kNever;  // in any case
};

struct TokenBook {
    // Whose token the Authorization header of the request has, or why it is nobody's.
    std::function<Result<Caller>(const ApiRequest&)> caller_of;
    // Whose token that is, or why it does not count there.
    std::function<Result<Caller>(TokenId, const ApiRequest&)> holder_of;
    // Anywhere: for how long, if it is not revoked; zero: not at all.
    static constexpr Duration kForEver = Duration::max();
    std::function<Duration(TokenId)> counts_for;
};

class Identity {
  public:
    Identity(TokenBook tokens, const Fleet& fleet, const WebAccess& access)
        : tokens_(std::move(tokens)), fleet_(fleet), access_(access) {}

    std::variant<Caller, ApiResponse> of(const ApiRequest& request) const;

    // A token becomes a session.
    struct Begun {
        Caller caller;
        std::string cookie;  // for Set-Cookie; a secret
        Instant until{};
    };
    std::variant<Begun, ApiResponse> log_in(const ApiRequest& request, const Secret& token);
    // The session that the request came with is over.
    void log_out(const ApiRequest& request);
    // Until when it lasts if nothing else is heard; none: it came with none.
    std::optional<Instant> until(const ApiRequest& request) const;

    Badge badge_of(const ApiRequest& request, const Caller& caller) const;
    // Until when it counts if nothing else is heard; none: not any more.
    std::optional<Instant> counts_until(const Badge& badge) const;

    // Of a request that is answered: it keeps its session alive.
    void used(const ApiRequest& request);
    void set_time(Instant now) { now_ = now; }
    // Once in every turn.
    void time_passed(Instant now);

    std::size_t sessions() const { return sessions_.count(); }
    std::uint64_t logins() const { return logins_; }
    std::uint64_t refused(Forgery what) const { return refused_[static_cast<std::size_t>(what)]; }

  private:
    std::variant<Caller, ApiResponse> by_token(const ApiRequest& request) const;
    std::variant<Caller, ApiResponse> by_proxy(const ApiRequest& request) const;
    std::variant<Caller, ApiResponse> by_cookie(const ApiRequest& request,
                                                std::string_view cookie) const;
    std::optional<Instant> end_of(TokenId token) const;
    ApiResponse refuse(Forgery what, int status, const Error& error,
                       const ApiRequest& request) const;

    TokenBook tokens_;
    const Fleet& fleet_;
    const WebAccess& access_;
    Sessions sessions_;
    Instant now_{};  // of the last turn or request
    std::uint64_t logins_ = 0;
    // Counted while requests are looked at, which changes nothing that decides.
    mutable std::array<std::uint64_t, 5> refused_{};
    mutable LogLimit log_;
};

}  // namespace understudy::api
