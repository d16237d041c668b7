#include "base/field_codec.h"

#include <algorithm>

namespace understudy {

std::string preset_words(std::span<const Preset> presets) {
    std::string words;
    for (const Preset& preset : presets)
        add_item(words, preset.word);
    return words;
}

std::optional<std::int64_t> read_number(Fields& fields, std::string_view name, Limits limits,
                                        std::span<const Preset> presets) {
    const auto word = presets.empty() ? std::nullopt : fields.member(name).string();
    if (!word) return fields.integer(name, limits.low, limits.high);
    const auto known = std::ranges::find(presets, *word, &Preset::word);
    if (known != presets.end()) return known->number;
    fields.complain(name, quoted(*word) + " is no preset",
                    "give seconds, or one of: " + preset_words(presets));
    return std::nullopt;
}

}  // namespace understudy
