// The table of the API: method and path pattern to handler. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "controller/api/call.h"

namespace understudy::api {

enum class Access {
    Open,      // anybody
    LogIn,     // anybody, who says in the body who he is
    Loopback,  // a viewer, or anybody on this machine
    Guest,     // whoever has at least that role, as all that follow
    Viewer,
    Operator,
    Admin,
};

// What the operation is about: the things within the caller's scope, or more, which nobody has who
// has a scope.
enum class About { Own, All };

struct Route {
    std::string_view method;
    std::string_view pattern;       // "/api/v1/servers/{server}"; a placeholder takes one segment
    Access access = Access::Admin;  // the least that it takes
    About about = About::All;
    Handler handler = nullptr;
    bool has_query = false;  // and reads it by read_query(); others are given none
    std::size_t body_limit = kBodyLimitBytes;
};

// All operations; schema/openapi.json describes each of them.
std::span<const Route> routes();

// What a viewer may do changes nothing, whatever its method.
bool changes_something(const Route& route);

struct Match {
    const Route* route = nullptr;  // none: not found, or found under other methods
    std::vector<Capture> captures;
    std::vector<std::string> allowed;  // methods the path has
};

Match match(std::string_view method, std::string_view path);

}  // namespace understudy::api
