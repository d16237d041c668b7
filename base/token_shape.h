// What tokens and one-time codes look like: a word that says what one is for, an underscore, 43
// characters that carry 256 random bits (base64url). crypto.h makes and hashes them. Pure.
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>

namespace understudy {

inline constexpr std::string_view kAgentToken = "usa_";
inline constexpr std::string_view kEnrolmentCode = "use_";

inline constexpr std::string_view kTokenAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
inline constexpr std::size_t kTokenCharacters = 43;

// Those after the first underscore; none: the text is not of that shape.
inline std::optional<std::string_view> token_characters(std::string_view text) {
    const auto word = std::min(text.find('_'), text.size());
    const auto rest = text.substr(std::min(word + 1, text.size()));
    const bool sound = word > 0 && rest.size() == kTokenCharacters &&
                       rest.find_first_not_of(kTokenAlphabet) == std::string_view::npos;
    return sound ? std::optional{rest} : std::nullopt;
}

inline bool is_token(std::string_view text, std::string_view kind) {
    return text.starts_with(kind) && token_characters(text).has_value();
}

}  // namespace understudy
