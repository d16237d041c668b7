#include "controller/api/plain_order.h"

#include "controller/api/wishes.h"

namespace understudy::api {

Result<Done> read_path(const Call& call, std::string_view name, PoolId& into) {
    const Fleet& fleet = call.api.fleet();
    if (const std::string* key = call.captured(name)) return find_id(fleet, *key, into);
    const std::string* key = call.captured("domain");
    if (key == nullptr) return Done{};
    const auto domain = find_domain(fleet, *key);
    if (!domain) return domain.error();
    into = (*domain)->pool;
    return Done{};
}

void read_said(const Said& said, std::string_view name, bool& into) {
    into = read_flag(said.fields, name);
}

// What is out of its limits is refused by who carries it out.
void read_said(const Said& said, std::string_view name, std::chrono::seconds& into) {
    constexpr std::int64_t kMost = 1'000'000;
    into = std::chrono::seconds{said.fields.integer(name, 0, kMost).value_or(into.count())};
}

void read_said(const Said& said, std::string_view name, Wish& into) {
    into = name.empty() ? read_wish(said.fields) : read_why(said.fields);
}

void read_said(const Said& said, std::string_view name, std::vector<std::string>& into) {
    into = read_members(said.fleet, said.fields, name);
}

void read_said(const Said& said, std::string_view name, ServerId& into) {
    ensure(said.pool != nullptr);
    into = read_member(said.fleet, said.fields, name, *said.pool);
}

void read_said(const Said& said, std::string_view name, PoolId& into) {
    into = read_pool(said.fleet, said.fields, name);
}

void to_given(Fields& fields) {
    if (fields.has("to")) return;
    fields.complain("to", "this is missing", "name the member that shall serve");
}

}  // namespace understudy::api
