#include "controller/store/sqlite_rows.h"

#include <vector>

#include "base/text.h"
#include "controller/core/model_fields.h"
#include "controller/store/column_codec.h"

namespace understudy::sqlite {
namespace {

constexpr std::string_view kDeleteMembers = "DELETE FROM pool_member WHERE pool = ?";
constexpr std::string_view kSaveMember =
    "INSERT INTO pool_member (pool, position, server) VALUES (?, ?, ?)";

// A table's name, what a new row has besides the thing (all of it the time of the commit), and what
// follows the columns of a changed one.
struct Table {
    std::string_view name, added = "created", changed = {};
};
template <typename Thing>
constexpr Table kTable{};
template <>
constexpr Table kTable<Server>{"server"};
template <>
constexpr Table kTable<Pool>{"pool"};
template <>
constexpr Table kTable<ProviderAccount>{"provider"};
template <>
constexpr Table kTable<Channel>{"channel"};
template <>
constexpr Table kTable<Incident>{"incident"};
template <>
constexpr Table kTable<Controls>{"controls"};
// It is kept while the generation is the same.
template <>
constexpr Table kTable<Domain>{
    "domain", "created, desired_since",
    "desired_since = iif(generation = excluded.generation, desired_since, excluded.desired_since)"};
// These say themselves when they were made.
template <>
constexpr Table kTable<Token>{"token", ""};
template <>
constexpr Table kTable<Drill>{"drill", ""};

std::vector<std::string> split_names(std::string_view names) {
    std::vector<std::string> out;
    while (!names.empty()) {
        const std::size_t comma = names.find(", ");
        out.emplace_back(names.substr(0, comma));
        names.remove_prefix(comma == std::string_view::npos ? names.size() : comma + 2);
    }
    return out;
}

template <typename Thing>
std::vector<std::string> column_names() {
    std::vector<std::string> names;
    Thing thing;
    each_column<Thing>(thing, [&](const auto& field, const auto&) {
        for (std::string& name : split_names(field.name))
            names.push_back(std::move(name));
    });
    return names;
}

// INSERT ... ON CONFLICT (id) DO UPDATE ...; the last parameter is the time.
template <typename Thing>
std::string save_statement() {
    const auto names = column_names<Thing>();
    std::string values, changes;
    for (std::size_t i = 0; i < names.size(); ++i) {
        add_item(values, "?" + std::to_string(i + 1));
        if (names[i] != "id") add_item(changes, names[i] + " = excluded." + names[i]);
    }
    if (!kTable<Thing>.changed.empty()) add_item(changes, kTable<Thing>.changed);
    std::string columns = listed(names);
    for (const std::string& name : split_names(kTable<Thing>.added)) {
        add_item(columns, name);
        add_item(values, "?" + std::to_string(names.size() + 1));
    }
    return "INSERT INTO " + std::string{kTable<Thing>.name} + " (" + columns + ") VALUES (" +
           values + ") ON CONFLICT (id) DO UPDATE SET " + changes;
}

// The table has one row.
template <>
std::string save_statement<Controls>() {
    std::string changes;
    for (const std::string& name : column_names<Controls>())
        add_item(changes, name + " = ?");
    return "UPDATE controls SET " + changes;
}

template <typename Thing>
void bind_thing(Statement& statement, const Thing& thing) {
    each_column<Thing>(thing, [&](const auto&, const auto& value) {
        ColumnCodec<std::remove_cvref_t<decltype(value)>>::bind(statement, value);
    });
}

Result<Done> save_members(Database& database, const Pool& pool) {
    if (auto done = database.run(kDeleteMembers, pool.id); !done) return done;
    std::int64_t position = 0;
    for (const ServerId member : pool.members) {
        if (auto done = database.run(kSaveMember, pool.id, position++, member); !done) return done;
    }
    return Done{};
}

}  // namespace

template <typename Thing>
const std::string& Rows<Thing>::select_from() {
    static const std::string sql =
        "SELECT " + listed(column_names<Thing>()) + " FROM " + std::string{kTable<Thing>.name};
    return sql;
}

template <typename Thing>
const std::string& Rows<Thing>::select_all() {
    static const std::string sql =
        select_from() + (std::is_same_v<Thing, Controls> ? "" : " ORDER BY id");
    return sql;
}

template <typename Thing>
Thing Rows<Thing>::read(Row& row) {
    Thing thing;
    each_column<Thing>(thing, [&](const auto&, auto& value) {
        ColumnCodec<std::remove_cvref_t<decltype(value)>>::read(row, value);
    });
    return thing;
}

template <typename Thing>
Result<Done> Rows<Thing>::save(Database& database, const Thing& thing, WallTime at) {
    static const std::string sql = save_statement<Thing>();
    auto statement = database.prepare(sql);
    if (!statement) return statement.error();
    bind_thing(**statement, thing);
    if constexpr (!std::is_same_v<Thing, Controls>) {
        if (!kTable<Thing>.added.empty()) (*statement)->bind(at);
    }
    auto done = database.run(**statement);
    if constexpr (std::is_same_v<Thing, Pool>) {
        if (done) done = save_members(database, thing);
        if (done && thing.drill) return Rows<Drill>::save(database, *thing.drill, at);
    }
    return done;
}

template struct Rows<Drill>;
template struct Rows<Server>;
template struct Rows<Pool>;
template struct Rows<Domain>;
template struct Rows<ProviderAccount>;
template struct Rows<Channel>;
template struct Rows<Token>;
template struct Rows<Controls>;

}  // namespace understudy::sqlite
