// What the views of all things are made of. For the files of views only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/dns_record.h"
#include "controller/api/views.h"

namespace understudy::api {

template <typename Address>
void write_address(json::Writer& out, std::string_view name,
                   const std::optional<Address>& address) {
    out.field(name, address ? std::optional{to_string(*address)} : std::nullopt);
}

// The epoch: never.
inline std::optional<WallTime> unless_epoch(WallTime when) {
    return when == WallTime{} ? std::nullopt : std::optional{when};
}

// Addresses as the log has them; null: a record that held none. "": it is not about a record.
inline void write_content(json::Writer& out, std::string_view name, const std::string& addresses) {
    out.field(name, addresses == kNoAddress ? std::nullopt : std::optional{addresses});
}

// A thing referred to: {"id", "name"}, or null.
template <typename IdType>
void write_reference(json::Writer& out, std::string_view field, IdType id,
                     const std::string& name) {
    out.object_or_null(field, id ? &id : nullptr,
                       [&](IdType known) { out.field("id", known.value).field("name", name); });
}

template <typename Thing>
std::string name_of(const Thing* thing) {
    return thing == nullptr ? std::string{} : thing->name;
}

// In their order.
std::vector<std::string> server_names(const Fleet& fleet, const std::vector<ServerId>& servers);

void write_moved(json::Writer& out, const std::vector<MovedDomain>& domains);
void write_override_fields(json::Writer& out, const Override& forced);
// null: nobody forced anything.
void write_override(json::Writer& out, std::string_view name,
                    const std::optional<Override>& forced);

}  // namespace understudy::api
