#include "controller/api/identity.h"

#include <algorithm>

#include "base/log.h"
#include "controller/api/auth.h"
#include "controller/api/browser.h"
#include "controller/api/trusted_proxy.h"

namespace understudy::api {
namespace {

// A proxy says who somebody is with each request: of an answer that goes on it says nothing more.
constexpr std::chrono::minutes kVouchedFor{15};

}  // namespace

std::variant<Caller, ApiResponse> Identity::of(const ApiRequest& request) const {
    const auto& proxy = access_.proxy;
    const bool vouched = proxy && names_a_person(*proxy, request);
    if (vouched && !comes_from(*proxy, request)) {
        return refuse(Forgery::Header, 401,
                      rejected("'" + proxy->user_header + "' names a person, and " + request.peer +
                                   " is not where the proxy is",
                               "leave the header out, or name the address in "
                               "access.trusted_proxy.addresses"),
                      request);
    }
    if (!request.authorization.empty()) return by_token(request);
    if (request.local) {
        auto caller = caller_on_this_machine(request);
        if (caller) return std::move(caller).value();
        return refuse(Forgery::User, 403, caller.error(), request);
    }
    if (vouched) return by_proxy(request);
    const auto cookie = session_cookie(request, access_.tls);
    if (!cookie) return refuse(Forgery::Cookie, 401, cookie.error(), request);
    return cookie->empty() ? by_token(request) : by_cookie(request, *cookie);
}

std::variant<Caller, ApiResponse> Identity::by_token(const ApiRequest& request) const {
    auto caller = tokens_.caller_of(request);
    if (caller) return std::move(caller).value();
    return refuse(Forgery::Token, 401, caller.error(), request);
}

std::variant<Caller, ApiResponse> Identity::by_proxy(const ApiRequest& request) const {
    if (const auto forged = not_from_our_page(request, access_.origins))
        return refuse(Forgery::Page, 403, *forged, request);
    auto caller = caller_by_proxy(*access_.proxy, fleet_, request);
    if (caller) return std::move(caller).value();
    return refuse(Forgery::User, 403, caller.error(), request);
}

std::variant<Caller, ApiResponse> Identity::by_cookie(const ApiRequest& request,
                                                      std::string_view cookie) const {
    const Sessions::Session* session = sessions_.find(cookie, now_);
    if (session == nullptr) {
        return refuse(Forgery::Cookie, 401,
                      rejected("the session has ended, or there never was one", "log in again"),
                      request);
    }
    auto caller = tokens_.holder_of(session->token, request);
    if (!caller) {
        return refuse(Forgery::Cookie, 401, rejected(caller.error().message, "log in again"),
                      request);
    }
    if (const auto forged = not_from_our_page(request, access_.origins))
        return refuse(Forgery::Page, 403, *forged, request);
    return std::move(caller).value();
}

ApiResponse Identity::refuse(Forgery what, int status, const Error& error,
                             const ApiRequest& request) const {
    ++refused_[static_cast<std::size_t>(what)];
    ApiResponse refusal = problem(status, status == 401 ? "unauthorized" : "forbidden", error);
    if (status == 401)
        refusal.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"understudy\"");
    refusal.counts_as_guess = true;
    // Those without a token are the hub's to tell.
    if (what == Forgery::Token) return refusal;
    if (const auto left_out = log_.due(now_)) {
        log::warning("api", "somebody was refused for what he seemed to be",
                     {{"what", to_text(what)},
                      {"peer", request.peer},
                      {"error", error.message},
                      {"lines_left_out", static_cast<long long>(*left_out)}});
    }
    return refusal;
}

std::variant<Identity::Begun, ApiResponse> Identity::log_in(const ApiRequest& request,
                                                            const Secret& token) {
    if (const auto foreign = foreign_origin(request, access_.origins))
        return refuse(Forgery::Page, 403, *foreign, request);
    ApiRequest shown;
    shown.peer = request.peer;
    shown.authorization = "Bearer " + token.reveal();
    auto caller = by_token(shown);
    if (auto* refusal = std::get_if<ApiResponse>(&caller)) return std::move(*refusal);
    auto& holder = std::get<Caller>(caller);
    ++logins_;
    log::info("api", "logged in", {{"who", holder.who}, {"peer", request.peer}});
    Secret cookie = sessions_.begin(holder.accessor, now_);
    const Instant until = sessions_.ends(*sessions_.find(cookie.reveal(), now_));
    return Begun{std::move(holder), session_cookie_to_set(cookie, request, access_.tls), until};
}

void Identity::log_out(const ApiRequest& request) {
    if (const auto cookie = session_cookie(request, access_.tls)) sessions_.end(*cookie);
}

std::optional<Instant> Identity::until(const ApiRequest& request) const {
    const auto cookie = session_cookie(request, access_.tls);
    if (!request.authorization.empty() || !cookie) return std::nullopt;
    const Sessions::Session* session = sessions_.find(*cookie, now_);
    return session ? std::optional{sessions_.ends(*session)} : std::nullopt;
}

Badge Identity::badge_of(const ApiRequest& request, const Caller& caller) const {
    Badge badge;
    badge.token = caller.accessor;
    if (!request.authorization.empty() || request.local) return badge;
    const auto cookie = session_cookie(request, access_.tls);
    if (!caller.accessor) {
        badge.until = now_ + kVouchedFor;
    } else if (cookie) {
        badge.session = Sessions::kept_of(*cookie);
    }
    return badge;
}

std::optional<Instant> Identity::end_of(TokenId token) const {
    const Duration left = tokens_.counts_for(token);
    if (left <= Duration{0}) return std::nullopt;
    return left == TokenBook::kForEver ? kNever : now_ + left;
}

std::optional<Instant> Identity::counts_until(const Badge& badge) const {
    if (badge.until <= now_) return std::nullopt;
    Instant until = badge.until;
    if (badge.token) {
        const auto end = end_of(badge.token);
        if (!end) return std::nullopt;
        until = std::min(until, *end);
    }
    if (badge.session.empty()) return until;
    const Sessions::Session* session = sessions_.find_kept(badge.session, now_);
    if (session == nullptr) return std::nullopt;
    return std::min(until, sessions_.ends(*session));
}

void Identity::used(const ApiRequest& request) {
    const auto cookie = session_cookie(request, access_.tls);
    if (cookie && !cookie->empty()) sessions_.use(*cookie, now_);
}

void Identity::time_passed(Instant now) {
    now_ = now;
    sessions_.clear(now, [this](TokenId token) { return end_of(token).has_value(); });
}

}  // namespace understudy::api
