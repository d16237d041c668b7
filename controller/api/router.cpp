#include "controller/api/router.h"

#include <optional>

namespace understudy::api {
namespace {

// The placeholders' values when the path fits the pattern. An empty segment fits no placeholder.
std::optional<std::vector<Capture>> fit(std::string_view pattern, std::string_view path) {
    std::vector<Capture> captures;
    while (true) {
        const auto pattern_end = pattern.find('/');
        const auto path_end = path.find('/');
        const std::string_view wanted = pattern.substr(0, pattern_end);
        const std::string_view given = path.substr(0, path_end);
        if (wanted.starts_with('{')) {
            if (given.empty()) return std::nullopt;
            captures.push_back({wanted.substr(1, wanted.size() - 2), std::string{given}});
        } else if (wanted != given) {
            return std::nullopt;
        }
        const bool last = pattern_end == std::string_view::npos;
        if (last != (path_end == std::string_view::npos)) return std::nullopt;
        if (last) return captures;
        pattern.remove_prefix(pattern_end + 1);
        path.remove_prefix(path_end + 1);
    }
}

}  // namespace

bool changes_something(const Route& route) {
    return route.method != "GET" && route.access > Access::Viewer;
}

Match match(std::string_view method, std::string_view path) {
    Match result;
    for (const Route& route : routes()) {
        auto captures = fit(route.pattern, path);
        if (!captures) continue;
        result.allowed.emplace_back(route.method);
        if (route.method != method) continue;
        result.route = &route;
        result.captures = std::move(*captures);
    }
    // As dry runs were called before, for one version.
    constexpr std::string_view kBefore = "/observe";
    if (result.allowed.empty() && path.ends_with(kBefore)) {
        path.remove_suffix(kBefore.size());
        return match(method, std::string{path} + "/dry-run");
    }
    return result;
}

}  // namespace understudy::api
