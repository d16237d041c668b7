#include "controller/api/sessions.h"

#include <algorithm>

#include "base/crypto.h"

namespace understudy::api {
namespace {

constexpr std::string_view kSessionKind = "uss";

}  // namespace

Secret Sessions::begin(TokenId token, Instant now) {
    make_room(token);
    Secret cookie = make_token(kSessionKind);
    sessions_.emplace(token_hash(cookie.reveal()), Session{token, now, now});
    return cookie;
}

const Sessions::Session* Sessions::find(std::string_view cookie, Instant now) const {
    return find_kept(kept_of(cookie), now);
}

std::string Sessions::kept_of(std::string_view cookie) {
    return token_hash(cookie);
}

const Sessions::Session* Sessions::find_kept(const std::string& kept, Instant now) const {
    const auto found = sessions_.find(kept);
    const bool there = found != sessions_.end() && now < ends(found->second);
    return there ? &found->second : nullptr;
}

void Sessions::use(std::string_view cookie, Instant now) {
    const auto found = sessions_.find(token_hash(cookie));
    if (found != sessions_.end()) found->second.used = now;
}

void Sessions::end(std::string_view cookie) {
    sessions_.erase(token_hash(cookie));
}

void Sessions::clear(Instant now, const std::function<bool(TokenId)>& counts) {
    std::erase_if(sessions_, [&](const auto& each) {
        return now >= ends(each.second) || !counts(each.second.token);
    });
}

Instant Sessions::ends(const Session& session) const {
    return std::min(session.begun + limits_.age, session.used + limits_.idle);
}

void Sessions::make_room(TokenId token) {
    std::size_t count = 0;
    auto longest = sessions_.end();
    for (auto each = sessions_.begin(); each != sessions_.end(); ++each) {
        if (each->second.token != token) continue;
        ++count;
        if (longest == sessions_.end() || each->second.used < longest->second.used) longest = each;
    }
    if (count >= limits_.per_token) sessions_.erase(longest);
}

}  // namespace understudy::api
