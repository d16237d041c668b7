// Entity tags (RFC 9110 8.8.3): which state of a thing a caller has read, for If-None-Match and
// If-Match. Used by Api. Loop thread only.
//
// Of one registered thing the tag is "revision.bytes": If-None-Match compares all of it, so that
// 304 is said of the same bytes only; If-Match compares the revision alone, since an agent that is
// heard of would else void every edit. Of whatever else is read it is a hash of the bytes: they are
// made for the answer anyway, no list has a number of its own, and nothing is changed by it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "controller/api/revisions.h"
#include "controller/api/router.h"

namespace understudy::api {

// What a path is about: the thing that its first placeholder names, or the controls.
struct Tagged {
    Revisions::Thing thing;
    std::string what;  // "server 'web1'"
};
// None: it is about none, or none that there is.
std::optional<Tagged> tagged_thing(const Fleet& fleet, const Match& found);

class EntityTags {
  public:
    EntityTags(const Revisions& revisions, const ControllerState& state)
        : revisions_(revisions), state_(state) {}

    // Why an If-Match does not hold (412), or none. `tagged` is there when tags are named.
    std::optional<Error> unmet(const Tagged& tagged, std::string_view if_match) const;
    // The answer with its tag, unless it has one; 304 in its place when the caller has it.
    ApiResponse tagged(ApiResponse response, const std::optional<Tagged>& thing,
                       const std::string& if_none_match, bool reads) const;

  private:
    std::string revision_of(const Tagged& tagged) const;

    const Revisions& revisions_;
    const ControllerState& state_;  // revisions begin anew with the controller
};

// The tag of what never changes while the program runs, without its quotes.
std::string tag_of_bytes(std::string_view bytes);
// Whether an If-None-Match names that tag, which is given without its quotes; weak or not
// (RFC 9110 13.1.2).
bool names_tag(std::string_view if_none_match, std::string_view tag);

// Whether its path names a kind of thing that has revisions; it may not be there.
bool may_be_tagged(const Route& route);

// Nothing here has a tag that the request could mean. To go on all the same would be to do what the
// caller asked not to do.
Error no_tag_here(std::string_view header);

}  // namespace understudy::api
