#include "controller/api/entity_tags.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <iterator>

#include "base/ascii.h"
#include "base/text.h"
#include "controller/api/lookup.h"

namespace understudy::api {
namespace {

// Longer ones are read in pages; to hash them would hold up the loop.
constexpr std::size_t kLongestTagged = 1u << 20;

std::string hexadecimal(std::uint64_t number) {
    char digits[2 * sizeof number] = {};
    const auto written = std::to_chars(std::begin(digits), std::end(digits), number, 16);
    return {std::begin(digits), written.ptr};
}

// Calls visit(opaque, weak) for each tag of the list (RFC 9110 13.1.1); what is none is passed
// over.
template <typename Visit>
void each_tag(std::string_view list, Visit visit) {
    while (!list.empty()) {
        const std::size_t open = list.find('"');
        if (open == std::string_view::npos) return;
        const std::size_t close = list.find('"', open + 1);
        if (close == std::string_view::npos) return;
        const bool weak = trimmed(list.substr(0, open)).ends_with("W/");
        visit(list.substr(open + 1, close - open - 1), weak);
        list.remove_prefix(close + 1);
    }
}

template <auto find>
std::optional<Tagged> tagged_as(Topic topic, std::string_view word, const Fleet& fleet,
                                const std::string& key) {
    const auto found = find(fleet, key);
    if (!found) return std::nullopt;
    const auto& thing = **found;
    std::string name = std::to_string(thing.id.value);
    if constexpr (requires { thing.name; }) name = quoted(thing.name);
    return Tagged{{topic, thing.id.value}, std::string{word} + " " + name};
}

// The kinds of things that have revisions, by the placeholder that names one in a path.
struct Kind {
    std::string_view word;
    Topic topic;
    std::optional<Tagged> (*tagged)(Topic, std::string_view, const Fleet&, const std::string&);
};
constexpr Kind kKinds[] = {
    {"server", Topic::Servers, tagged_as<find_server>},
    {"pool", Topic::Pools, tagged_as<find_pool>},
    {"domain", Topic::Domains, tagged_as<find_domain>},
    {"provider", Topic::Providers, tagged_as<find_provider>},
    {"channel", Topic::Channels, tagged_as<find_channel>},
    {"incident", Topic::Incidents, tagged_as<find_incident>},
};
constexpr std::string_view kControlsPath = "/api/v1/controls";

bool has_tag(const ApiResponse& response) {
    return std::ranges::any_of(response.headers,
                               [](const auto& header) { return header.first == "ETag"; });
}

// Of the first placeholder; null: it names no such thing.
const Kind* kind_of(const Route& route) {
    const std::size_t open = route.pattern.find('{');
    if (open == std::string_view::npos) return nullptr;
    const std::string_view rest = route.pattern.substr(open + 1);
    const auto found = std::ranges::find(kKinds, rest.substr(0, rest.find('}')), &Kind::word);
    return found == std::end(kKinds) ? nullptr : found;
}

}  // namespace

std::optional<Tagged> tagged_thing(const Fleet& fleet, const Match& found) {
    if (found.route->pattern.starts_with(kControlsPath))
        return Tagged{{Topic::Controls, 0}, "what is forced on everything"};
    const Kind* kind = kind_of(*found.route);
    if (kind == nullptr) return std::nullopt;
    return kind->tagged(kind->topic, kind->word, fleet, found.captures.front().value);
}

std::string tag_of_bytes(std::string_view bytes) {
    return hexadecimal(std::hash<std::string_view>{}(bytes));
}

bool names_tag(std::string_view if_none_match, std::string_view tag) {
    if (if_none_match == "*") return true;
    bool found = false;
    each_tag(if_none_match, [&](std::string_view each, bool) { found = found || each == tag; });
    return found;
}

std::string EntityTags::revision_of(const Tagged& tagged) const {
    const auto started = static_cast<std::uint64_t>(state_.started.time_since_epoch().count());
    return hexadecimal(started) + "-" + std::to_string(tagged.thing.second) + "-" +
           std::to_string(revisions_.of(tagged.thing));
}

std::optional<Error> EntityTags::unmet(const Tagged& tagged, std::string_view if_match) const {
    if (if_match.empty() || if_match == "*") return std::nullopt;
    const std::string now = revision_of(tagged);
    bool met = false;
    each_tag(if_match, [&](std::string_view tag, bool weak) {
        met = met || (!weak && tag.substr(0, tag.find('.')) == now);
    });
    if (met) return std::nullopt;
    return conflict(tagged.what + " is not as you have read it: it was changed since",
                    "read it again, with its ETag, and decide anew", std::string{kIfMatch});
}

ApiResponse EntityTags::tagged(ApiResponse response, const std::optional<Tagged>& thing,
                               const std::string& if_none_match, bool reads) const {
    const bool apt = response.status == 200 && !response.stream &&
                     response.content_type == "application/json" &&
                     response.body.size() <= kLongestTagged;
    if (!apt || (!reads && !thing) || has_tag(response)) return response;
    std::string tag = thing ? revision_of(*thing) + "." : std::string{};
    tag += tag_of_bytes(response.body);
    if (reads && names_tag(if_none_match, tag)) {
        response.status = 304;
        response.content_type.clear();
        response.body.clear();
    }
    response.headers.emplace_back("ETag", "\"" + tag + "\"");
    return response;
}

bool may_be_tagged(const Route& route) {
    return route.pattern.starts_with(kControlsPath) || kind_of(route) != nullptr;
}

Error no_tag_here(std::string_view header) {
    return invalid(std::string{header}, "there are no entity tags here to compare with",
                   "leave the header out; a name that is taken is refused anyway");
}

}  // namespace understudy::api
