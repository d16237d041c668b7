// The description of Attention, and how its quiet hours are given. For .cpp files that write or
// read formats. Pure, but that a time zone's rule is read from the system's database.
#pragma once

#include <string>
#include <vector>

#include "base/attention.h"
#include "base/describe.h"
#include "base/field_codec.h"

namespace understudy {

template <>
struct Describe<Attention> {
    static constexpr std::tuple fields{
        Field{&Attention::severity, "severity",
              "Nothing less severe: info (default), warning, error or critical"},
        Field{&Attention::remind_every_s, "remind_every_s", Limits{0, 7 * 86'400},
              "Tell again so often what stays broken; looked at with every maintenance loop "
              "(default 0: never)"},
        Field{&Attention::quiet_hours, "quiet_hours",
              "When only outages, failovers and holds are told and the rest waits, as "
              "'mon-fri 22:00-07:00 Europe/Berlin'"},
        Field{&Attention::after_min, "after_min", Limits{0, 7 * 1'440},
              "Nothing but what is broken and nobody has acknowledged for so many minutes "
              "(default 0: all, at once)"},
    };
};

// A list of texts.
template <>
struct FieldCodec<std::vector<QuietHours>> {
    static std::string text(const std::vector<QuietHours>& value);
    static void write(json::Writer& out, const std::vector<QuietHours>& value);
    static void read(Fields& fields, std::string_view name, std::vector<QuietHours>& into);
    static void read(Fields& fields, const auto& field, bool, std::vector<QuietHours>& into) {
        read(fields, field.name, into);
    }
};

}  // namespace understudy
