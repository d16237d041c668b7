// Topics: which answers of the API something that happened may have altered, so that whoever shows
// them reads them again. For viewers.h. Pure.
//
// Made in one place from what is committed, and from what the engine hears that changes how a thing
// looks without a row; a kind of either about which nothing is said there does not compile. What
// changes by mere time (ages, waits that run out) is told by nothing.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/words.h"
#include "controller/core/change.h"
#include "controller/core/fleet.h"
#include "controller/core/input.h"

namespace understudy {

enum class Topic {
    Servers,
    Pools,
    Domains,
    Providers,
    Channels,
    Controls,
    Events,
    Notifications,
    Incidents,
    Drills,
    Tokens,
};
template <>
inline constexpr Words<Topic, 11> kWordsOf<Topic>{{{Topic::Servers, "servers"},
                                                   {Topic::Pools, "pools"},
                                                   {Topic::Domains, "domains"},
                                                   {Topic::Providers, "providers"},
                                                   {Topic::Channels, "channels"},
                                                   {Topic::Controls, "controls"},
                                                   {Topic::Events, "events"},
                                                   {Topic::Notifications, "notifications"},
                                                   {Topic::Incidents, "incidents"},
                                                   {Topic::Drills, "drills"},
                                                   {Topic::Tokens, "tokens"}}};

using TopicSet = std::bitset<kWordsOf<Topic>.size()>;
constexpr std::size_t index_of(Topic topic) {
    return static_cast<std::size_t>(topic);
}
// Of which kinds the former part has a thing that the later one has not.
TopicSet lost_between(const Fleet& former, const Fleet& later);

class Topics {
  public:
    // Of one topic; more are "many".
    static constexpr std::size_t kNamed = 100;
    // So many are told apart for a part of the fleet; more may be anybody's.
    static constexpr std::size_t kKept = 100'000;

    // `fleet` as it is after it.
    void note(const Change& change, const Fleet& fleet);
    void note(const Input& input, const Fleet& fleet);
    bool empty() const;
    // {"servers": ["web1"], "events": null}: the topics, each with the things that changed, or null
    // for many, for things that were removed, or for a topic that is read as a whole. Of a part of
    // the fleet: what is in it, and nothing of when something else happened. `lost`: the kinds of
    // which it lost something since it was told last.
    std::string as_json(const Fleet& fleet, TopicSet lost = {}) const;
    // The kinds of which something was removed.
    TopicSet removed() const;

  private:
    struct Touch;
    // What a line of the log or a notification is about: all of it is in the part of the fleet that
    // somebody sees, or he hears nothing of it.
    using About = std::array<std::int64_t, 3>;
    struct Touched {
        bool whole = false;  // to be read as a whole
        std::set<std::int64_t> ids = {};
        std::set<PoolId> of_pools = {};  // all that is theirs
        std::set<About> lines = {};
        TopicSet removed = {};  // because things of these kinds were; whose is not known any more
        bool others = false;    // and what may be anybody's; no more is kept then
    };
    bool concerns_part(const Fleet& part, TopicSet lost, Topic topic, const Touched& touched) const;
    static std::optional<std::vector<std::string>> names_of(const Fleet& fleet, TopicSet lost,
                                                            Topic topic, const Touched& touched);
    std::array<std::optional<Touched>, kWordsOf<Topic>.size()> touched_{};
};

}  // namespace understudy
