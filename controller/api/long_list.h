// A list of things of which there may be very many, in the shape of all lists (page.h), written a
// slice at a time (long_answers.h). What is gone by then is left out.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "controller/api/long_answers.h"
#include "controller/api/page.h"

namespace understudy::api {

// cost: what one of them takes. find(fleet, id): the thing, or null. write(out, api, thing, at).
template <typename Things, typename Find, typename Write>
void answer_long_list(const Call& call, const Things& things, std::size_t cost, Find find,
                      Write write) {
    const auto page = read_page(call, things);
    if (!page) return;
    struct Listing {
        std::vector<decltype(things.front()->id)> ids;
        bool more = false;
        json::Writer out;
        std::size_t next = 0;
    };
    const auto listing = std::make_shared<Listing>();
    for (const auto* thing : page->rows)
        listing->ids.push_back(thing->id);
    listing->more = listing->ids.size() > page->limit;
    if (listing->more) listing->ids.pop_back();
    listing->out.begin_object().key("items").begin_array();
    call.api.longer.begin(call, [=, api = &call.api](const Moment& at, Work& work) {
        while (listing->next < listing->ids.size()) {
            if (!work.left()) return std::optional<ApiResponse>{};
            const auto* thing = find(api->fleet(), listing->ids[listing->next++]);
            if (thing != nullptr) write(listing->out, *api, *thing, at);
            work.spend(cost);
        }
        listing->out.end_array();
        listing->out.text_or_null("next", listing->more ? to_string(listing->ids.back()) : "");
        listing->out.end_object();
        return std::optional{json_response(listing->out.take())};
    });
}

}  // namespace understudy::api
