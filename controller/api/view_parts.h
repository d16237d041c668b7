// What the views of all things are made of. For the files of views only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/dns_record.h"
#include "controller/api/views.h"

namespace understudy::api {

template <typename T>
void write_optional(json::Writer& out, std::string_view name, const std::optional<T>& content) {
    out.key(name);
    if (content) {
        out.value(*content);
    } else {
        out.null();
    }
}

template <typename Address>
void write_address(json::Writer& out, std::string_view name,
                   const std::optional<Address>& address) {
    write_optional(out, name, address ? std::optional{to_string(*address)} : std::nullopt);
}

// Addresses as the log has them; null: a record that held none. "": it is not about a record.
inline void write_content(json::Writer& out, std::string_view name, const std::string& addresses) {
    write_optional(out, name, addresses == kNoAddress ? std::nullopt : std::optional{addresses});
}

// A thing referred to: {"id", "name"}, or null.
inline void write_reference(json::Writer& out, std::string_view field, std::int64_t id,
                            const std::string& name) {
    out.key(field);
    if (id == 0) {
        out.null();
        return;
    }
    out.begin_object().field("id", id).field("name", name).end_object();
}

template <typename Thing>
std::string name_of(const Thing* thing) {
    return thing == nullptr ? std::string{} : thing->name;
}

void write_override_fields(json::Writer& out, const Override& forced);
// null: nobody forced anything.
void write_override(json::Writer& out, std::string_view name,
                    const std::optional<Override>& forced);

}  // namespace understudy::api
