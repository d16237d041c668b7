// Who calls, what he may do, and to what: roles and scopes. Plain values, kept in a token's row and
// carried by every order. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/words.h"

namespace understudy {

// A token's last use is kept so exactly, and no more is written for it.
inline constexpr Duration kUseGrain{10 * 60'000};
inline constexpr Duration kUseGrainElsewhere{60'000};

// Whoever a proxy vouches for makes no token that lasts longer: it would outlive what he may.
inline constexpr std::chrono::hours kLongestOfVouched{24 * 90};
// Each request looks for one, and each that is used makes a row now and then.
inline constexpr std::size_t kMostTokens = 2'000;

// Each may do what those before it may. A guest sees the page for others and nothing else; a viewer
// changes nothing; an operator moves and holds what is there; an admin says what there is, and who
// may do what.
enum class Role { Guest, Viewer, Operator, Admin };
template <>
inline constexpr Words<Role, 4> kWordsOf<Role>{{{Role::Guest, "guest"},
                                                {Role::Viewer, "viewer"},
                                                {Role::Operator, "operator"},
                                                {Role::Admin, "admin"}}};

// What somebody sees, hears and moves: what both say. A thing outside of it does not exist for him.
struct Scope {
    std::optional<std::vector<PoolId>> pools;   // these and their members; none: whichever
    std::map<std::string, std::string> labels;  // servers that carry every one, and pools of only
                                                // such; empty: whichever
    bool everything() const { return !pools && labels.empty(); }
    friend bool operator==(const Scope&, const Scope&) = default;
};

struct Caller {
    std::string who;  // for log, events and overrides: "operator token 'acme'"
    Role role = Role::Guest;
    Scope scope = {};
    TokenId accessor = {};    // the token behind it; none: there is none
    std::string name = {};    // the token's, or the person's
    std::string source = {};  // where the request came from, without the port
    // A proxy says who he is: nothing stands here that could be revoked when he goes.
    bool vouched = false;
};

// What is no person: the dispatcher, an agent that enrols.
inline Caller own_caller(std::string who) {
    return {std::move(who), Role::Admin};
}

}  // namespace understudy
