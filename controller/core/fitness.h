// Fitness: how far a server may be trusted to serve, judged by one pool's policy from all that is
// said about it: its agent's link and own checks (health.h), and what observers found at its
// address (testimony.h). Pure.
#pragma once

#include <span>
#include <string>

#include "controller/core/health.h"
#include "controller/core/testimony.h"

namespace understudy {

enum class Standing { Healthy, Suspect, Down, Absent, Maintenance };

template <>
inline constexpr Words<Standing, 5> kWordsOf<Standing>{{{Standing::Healthy, "healthy"},
                                                        {Standing::Suspect, "suspect"},
                                                        {Standing::Down, "down"},
                                                        {Standing::Absent, "absent"},
                                                        {Standing::Maintenance, "maintenance"}}};

struct Fitness {
    Standing standing = Standing::Absent;
    Instant since{};              // healthy or down since
    Instant changes_at = kNever;  // earliest time at which waiting alone changes this
    bool vouched = false;         // suspect, though observers find it serving
    bool spared = false;          // and by its link alone it would be down by now
};

struct FitnessRules {
    Duration confirm{0};
    Duration health_timeout{0};
    Duration restart_grace{0};
    Instant warm_up_ends{};
    Instant losses_settle{};  // no lost link is believed before (mass_loss.h)
    Evidence evidence = Evidence::Link;
    Duration confirm_agreed{0};
    std::string service{};  // whose testimony counts: service_of(policy)
};

// clang-format off
// By the link alone (evidence `link`, and where nobody else has a word):
//
//   health          | down for >= confirm_s, or unseen > health_timeout_s | fitness
//   in maintenance  | -                                                   | Maintenance
//   online          | -                                                   | Healthy
//   error, offline  | no                                                  | Suspect
//   error, offline  | yes                                                 | Down
//   stale           | (unseen > health_timeout_s)                         | Down
//   unknown         | warm-up not over                                    | Suspect
//   unknown         | warm-up over                                        | Down
//   never connected | -                                                   | Absent: never chosen
//
// With `two_of` most observers' word counts beside it:
//
//   link            | own checks | observers          | fitness
//   up              | pass       | serves, nothing    | Healthy
//   up              | pass       | dead               | Suspect, Down after confirm_s of both
//   up              | fail       | dead               | Suspect, Down after confirm_agreed_s
//   up              | fail       | serves, nothing    | by the link
//   said goodbye    | -          | anything           | by the link: its own word
//   lost, stale     | -          | serves             | Suspect, vouched for, while they say so
//   lost, stale     | -          | dead, and two agree| Suspect, Down after confirm_agreed_s
//   lost, stale     | -          | else               | by the link, confirm_s from a last "serves"
//
// A link that comes and goes while they call it dead does not begin the wait anew each time.
//
// Two agree when they call it dead and one of them is not the controller, whose probe and link
// share one network; and when they are most, counting those who found it serving before the loss
// and were not heard since. What "serves" must have been found after that. Split is nothing.
//
// With `service` their word decides, and the link only where they have none:
//
//   observers       | fitness
//   serves          | Healthy
//   dead            | Suspect, Down after confirm_s; after confirm_agreed_s when two agree; by a
//                   | lost link if that is sooner
//   split, nothing  | by the link
// clang-format on
Fitness fitness_of(const Server& server, const Liveness& liveness,
                   std::span<const Testimony> testimony, Instant now, const FitnessRules& rules);

// What observers say that counts by these rules, lost links considered.
Word word_about(const Liveness& liveness, std::span<const Testimony> testimony, Instant now,
                const FitnessRules& rules);

}  // namespace understudy
