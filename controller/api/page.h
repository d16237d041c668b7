// The shapes of answers: one thing as itself; lists as {"items": [...], "next": cursor or null}.
// The cursor is the id of the last item shown.
#pragma once

#include <algorithm>
#include <string>

#include "base/json.h"
#include "controller/api/call.h"

namespace understudy::api {

inline constexpr std::int64_t kPageDefault = 100;
inline constexpr std::int64_t kPageMost = 1000;

// One thing. It may be gone: orders of the same turn are committed together.
template <typename Thing, typename Write>
ApiResponse shown(const Thing* thing, const Write& write) {
    if (thing == nullptr) return problem(not_found("it was removed at the same moment"));
    json::Writer out;
    write(out, *thing);
    return json_response(out.take());
}

// For lists that are always shown whole.
template <typename Things, typename Write>
std::string whole_list(const Things& things, const Write& write) {
    json::Writer out;
    out.begin_object().key("items").begin_array();
    for (const auto& thing : things)
        write(out, thing);
    out.end_array().key("next").null().end_object();
    return out.take();
}

// At most `limit` of `rows`; one more row than that means there is a next page.
template <typename Rows, typename Write, typename IdOf>
std::string page_of(const Rows& rows, std::size_t limit, const Write& write, const IdOf& id_of) {
    json::Writer out;
    out.begin_object().key("items").begin_array();
    const std::size_t shown = std::min(limit, rows.size());
    for (std::size_t i = 0; i < shown; ++i)
        write(out, rows[i]);
    out.end_array().key("next");
    if (rows.size() > limit) {
        out.value(std::to_string(id_of(rows[shown - 1])));
    } else {
        out.null();
    }
    out.end_object();
    return out.take();
}

}  // namespace understudy::api
