// Reasons of notices that both who decides and who puts into words must know.
#pragma once

#include <string_view>

namespace understudy {

// Of a server_up: the alarm is over, but because nobody watches the server any more.
inline constexpr std::string_view kRemovedWhile = "Removed while ";

// Of a dns_drift.
inline constexpr std::string_view kRecordChangedByAnother = "Record changed by somebody else";
inline constexpr std::string_view kRecordDeleted = "Record deleted by somebody else";
// Why a record did not follow its pool: it was not refused, and nothing goes on trying.
inline constexpr std::string_view kBlockedByAnother =
    "Somebody else changed the record: it is not written until a person adopts or enforces it";

// How the other kind begins: the provider confirmed the change, but visitors do not see it.
inline constexpr std::string_view kNotServed = "Confirmed, but not served: ";

}  // namespace understudy
