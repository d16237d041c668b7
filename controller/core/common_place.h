// CommonPlace: what servers that are lost together have in common beside the loss: all of them are
// at one hosting company, or in one region, by their labels, and there are others elsewhere. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "controller/core/fleet.h"

namespace understudy {

struct CommonPlace {
    std::string label, value;  // "hosting", "acme"
    int lost = 0;              // all that were asked about
    int there = 0;             // of the servers that could be lost
};
// None: they are in several places or not all labelled, or nobody is elsewhere.
std::optional<CommonPlace> common_place(const Fleet& fleet, std::span<const ServerId> lost);

// "9 of 9 servers at hosting 'acme'"
std::string sentence_of(const CommonPlace& place);
// "at hosting 'acme'", "in region 'ams'"
std::string place_words(const std::string& label, const std::string& value);

}  // namespace understudy
