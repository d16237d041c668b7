#include "base/attention_fields.h"

#include "base/text.h"

namespace understudy {
namespace {

std::vector<std::string> texts_of(const std::vector<QuietHours>& all) {
    std::vector<std::string> texts;
    for (const QuietHours& hours : all)
        texts.push_back(to_string(hours));
    return texts;
}

std::optional<QuietHours> read_one(Fields& fields, const std::string& field,
                                   const std::string& text) {
    auto hours = parse_quiet_hours(text);
    if (!hours) {
        fields.complain(field, quoted(text) + " is not understood",
                        std::string{"give "} + kQuietHoursForms);
    } else if (const auto trouble = resolve_zone(*hours)) {
        fields.complain(field, trouble->message, trouble->remedy);
        hours.reset();
    }
    return hours;
}

}  // namespace

using Codec = FieldCodec<std::vector<QuietHours>>;

std::string Codec::text(const std::vector<QuietHours>& value) {
    return listed(texts_of(value));
}

void Codec::write(json::Writer& out, const std::vector<QuietHours>& value) {
    out.begin_array();
    for (const QuietHours& hours : value)
        out.value(to_string(hours));
    out.end_array();
}

void Codec::read(Fields& fields, std::string_view name, std::vector<QuietHours>& into) {
    if (!fields.has(name)) return;
    const std::string field{name};
    const auto texts = fields.texts(name);
    std::vector<QuietHours> given;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (texts[i].empty()) continue;  // complained about already
        auto hours = read_one(fields, field + "[" + std::to_string(i) + "]", texts[i]);
        if (hours) given.push_back(*std::move(hours));
    }
    // Any moment will do: what ends within a week ends in every week.
    if (!quiet_until(given, WallTime{})) {
        fields.complain(name, "they never end",
                        "leave a time when the rest is told, or give severity critical");
    }
    into = std::move(given);
}

}  // namespace understudy
