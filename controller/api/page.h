// The shapes of answers: one thing as itself; lists as {"items": [...], "next": cursor or null}.
// Every list is asked with ?limit and ?cursor; the cursor is the id of the last item shown.
#pragma once

#include <algorithm>
#include <optional>
#include <string>

#include "base/ascii.h"
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

inline std::int64_t read_cursor(Query& query) {
    return query.integer("cursor", 0, INT64_MAX).value_or(0);
}

inline std::size_t read_limit(Query& query, std::size_t otherwise = kPageDefault) {
    const auto limit = query.integer("limit", 1, kPageMost);
    return limit ? static_cast<std::size_t>(*limit) : otherwise;
}

// At most `limit` of `rows`; one more row than that means there is a next page. `follows`: what is
// still to come goes on after the last one.
template <typename Rows, typename Write, typename IdOf>
std::string page_of(const Rows& rows, std::size_t limit, const Write& write, const IdOf& id_of,
                    bool follows = false) {
    json::Writer out;
    out.begin_object().key("items").begin_array();
    const std::size_t shown = std::min(limit, rows.size());
    for (std::size_t i = 0; i < shown; ++i)
        write(out, rows[i]);
    out.end_array();
    const bool more = follows || rows.size() > limit;
    out.text_or_null("next", more ? std::to_string(id_of(rows[shown - 1])) : "");
    return out.end_object().take();
}

// The page that is asked for, of things in the order of their ids: all when no limit is given, and
// of things with names only those that contain ?search. None: what is asked for makes no sense, and
// that is answered.
template <typename Things>
struct AskedPage {
    Things rows;  // one more than `limit` means there is a next page
    std::size_t limit = 0;
};
template <typename Things>
std::optional<AskedPage<Things>> read_page(const Call& call, const Things& things) {
    constexpr bool kNamed = requires {
        things.front()->name;
    };
    std::int64_t after = 0;
    std::string part;
    AskedPage<Things> page{{}, things.size()};
    const auto read = [&](Query& query) {
        after = read_cursor(query);
        page.limit = read_limit(query, page.limit);
        if constexpr (kNamed) part = lower(query.text("search").value_or(""));
    };
    if (!read_query(call, read)) return std::nullopt;
    const auto fits = [&](const auto& thing) {
        if constexpr (kNamed) return lower(thing.name).find(part) != std::string::npos;
        return true;
    };
    for (const auto* thing : things) {
        if (page.rows.size() > page.limit) break;
        if (thing->id.value > after && fits(*thing)) page.rows.push_back(thing);
    }
    return page;
}

// A list of things that people register.
template <typename Things, typename Write>
void answer_list(const Call& call, const Things& things, const Write& write) {
    const auto page = read_page(call, things);
    if (!page) return;
    call.respond(json_response(page_of(
        page->rows, page->limit, [&](json::Writer& out, const auto* thing) { write(out, *thing); },
        [](const auto* thing) { return thing->id.value; })));
}

}  // namespace understudy::api
