// The highest id that a change mentions, of whatever kind: the store remembers it, so that the
// engine never draws an id twice, not even one whose row is gone. Pure.
#pragma once

#include <cstdint>
#include <span>

#include "controller/core/change.h"

namespace understudy {

std::int64_t highest_id(std::span<const Change> changes);

}  // namespace understudy
