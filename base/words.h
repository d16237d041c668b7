// Tables between an enum and its words, for to_text() and the way back. Used in .cpp files only.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "base/ensure.h"

namespace understudy {

template <typename Enum, std::size_t N>
using Words = std::array<std::pair<Enum, const char*>, N>;

template <typename Enum, std::size_t N>
const char* word(const Words<Enum, N>& words, Enum value) {
    for (const auto& [known, text] : words) {
        if (known == value) return text;
    }
    ensure(false);
}

template <typename Enum, std::size_t N>
std::optional<Enum> value(const Words<Enum, N>& words, std::string_view text) {
    for (const auto& [known, name] : words) {
        if (text == name) return known;
    }
    return std::nullopt;
}

}  // namespace understudy
