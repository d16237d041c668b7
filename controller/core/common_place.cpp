#include "controller/core/common_place.h"

#include <algorithm>
#include <array>

namespace understudy {
namespace {

// The narrower one first.
constexpr std::array kPlaceLabels{"hosting", "region"};

std::optional<CommonPlace> common_by(const Fleet& fleet, std::span<const ServerId> lost,
                                     const std::string& label) {
    CommonPlace place{label, {}, static_cast<int>(lost.size()), 0};
    for (const ServerId id : lost) {
        const Server* server = fleet.server(id);
        const std::string* value = server == nullptr ? nullptr : server->label(label);
        if (value == nullptr || value->empty()) return std::nullopt;
        if (place.value.empty()) place.value = *value;
        if (*value != place.value) return std::nullopt;
    }
    for (const Server* server : fleet.servers()) {
        const std::string* value = server->label(label);
        if (server->expected() && value != nullptr && *value == place.value) ++place.there;
    }
    if (place.there >= fleet.expected_servers()) return std::nullopt;
    return place;
}

}  // namespace

std::optional<CommonPlace> common_place(const Fleet& fleet, std::span<const ServerId> lost) {
    if (lost.empty()) return std::nullopt;
    for (const char* label : kPlaceLabels)
        if (auto place = common_by(fleet, lost, label)) return place;
    return std::nullopt;
}

std::string sentence_of(const CommonPlace& place) {
    return std::to_string(place.lost) + " of " + std::to_string(place.there) + " servers " +
           place_words(place.label, place.value);
}

std::string place_words(const std::string& label, const std::string& value) {
    return (label == "region" ? "in " : "at ") + label + " '" + value + "'";
}

}  // namespace understudy
