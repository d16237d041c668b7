// Tables between an enum and its words, for to_text() and the way back. An enum whose table stands
// beside it (kWordsOf) has both without another line, and so has whatever walks a description.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

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

// Specialised beside an enum, as Words.
template <typename Enum>
inline constexpr std::nullptr_t kWordsOf = nullptr;

template <typename Enum>
concept Worded =
    std::is_enum_v<Enum> && !std::is_null_pointer_v<std::remove_cv_t<decltype(kWordsOf<Enum>)>>;

template <Worded Enum>
const char* to_text(Enum value) {
    return word(kWordsOf<Enum>, value);
}

template <Worded Enum>
std::optional<Enum> from_text(std::string_view text) {
    return value(kWordsOf<Enum>, text);
}

template <Worded Enum>
std::vector<std::string> all_words() {
    std::vector<std::string> words;
    for (const auto& [value, text] : kWordsOf<Enum>)
        words.emplace_back(text);
    return words;
}

}  // namespace understudy
