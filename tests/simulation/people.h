// People: orders of every kind of controller/core/input.h, drawn at random from what is registered;
// sensible ones and nonsense. And what people do once trouble is over.
#pragma once

#include <optional>
#include <vector>

#include "base/random.h"
#include "tests/simulation/cloudflare_world.h"
#include "tests/simulation/ledger.h"

namespace understudy::simulation {

struct Desk {
    Random& random;
    const Ledger& ledger;
    CloudflareWorld& world;
    WallTime wall{};
    bool nonsense = false;
};

// none: there is nothing to order just now.
std::optional<OrderAction> draw_order(Desk& desk);
std::string_view name_of(const OrderAction& action);

// What the provider shows of a record; none: it cannot be read as one.
std::optional<RecordState> state_of(const CloudflareWorld& world, const std::string& name);

// Orders that end everything forced, refused or foreign: first() at once, then later() until all is
// well.
// What is of a drill they leave to it.
bool left_by_a_drill(const Pool& pool);
std::vector<OrderAction> first_orders_of_healing(const Ledger& ledger);
std::vector<OrderAction> later_orders_of_healing(const Ledger& ledger, CloudflareWorld& world);

}  // namespace understudy::simulation
