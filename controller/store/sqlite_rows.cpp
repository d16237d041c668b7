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
template <typename Thing>
struct Table;

struct UsualTable {
    static constexpr std::string_view added = "created", changed{};
};
template <>
struct Table<Server> : UsualTable {
    static constexpr std::string_view name = "server";
};
template <>
struct Table<Pool> : UsualTable {
    static constexpr std::string_view name = "pool";
};
template <>
struct Table<ProviderAccount> : UsualTable {
    static constexpr std::string_view name = "provider";
};
template <>
struct Table<Channel> : UsualTable {
    static constexpr std::string_view name = "channel";
};
template <>
struct Table<Domain> {
    static constexpr std::string_view name = "domain", added = "created, desired_since";
    // It is kept while the generation is the same.
    static constexpr std::string_view changed =
        "desired_since = iif(generation = excluded.generation, desired_since, "
        "excluded.desired_since)";
};
template <>
struct Table<Controls> {
    static constexpr std::string_view name = "controls";
};

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
    if (!Table<Thing>::changed.empty()) add_item(changes, Table<Thing>::changed);
    for (std::size_t i = 0; i < split_names(Table<Thing>::added).size(); ++i)
        add_item(values, "?" + std::to_string(names.size() + 1));
    return "INSERT INTO " + std::string{Table<Thing>::name} + " (" + listed(names) + ", " +
           std::string{Table<Thing>::added} + ") VALUES (" + values +
           ") ON CONFLICT (id) DO UPDATE SET " + changes;
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

template <typename Thing>
Result<Done> save_thing(Database& database, const Thing& thing, WallTime at) {
    static const std::string sql = save_statement<Thing>();
    auto statement = database.prepare(sql);
    if (!statement) return statement.error();
    bind_thing(**statement, thing);
    (*statement)->bind(at);
    return database.run(**statement);
}

Result<Done> save_members(Database& database, const Pool& pool) {
    auto clear = database.prepare(kDeleteMembers);
    if (!clear) return clear.error();
    if (auto done = database.run((*clear)->bind(pool.id)); !done) return done.error();
    std::int64_t position = 0;
    for (const ServerId member : pool.members) {
        auto add = database.prepare(kSaveMember);
        if (!add) return add.error();
        auto done = database.run((*add)->bind(pool.id).bind(position++).bind(member));
        if (!done) return done.error();
    }
    return Done{};
}

}  // namespace

template <typename Thing>
const std::string& select_all() {
    static const std::string sql = "SELECT " + listed(column_names<Thing>()) + " FROM " +
                                   std::string{Table<Thing>::name} +
                                   (std::is_same_v<Thing, Controls> ? "" : " ORDER BY id");
    return sql;
}

template <typename Thing>
Thing read_thing(Row& row) {
    Thing thing;
    each_column<Thing>(thing, [&](const auto&, auto& value) {
        ColumnCodec<std::remove_cvref_t<decltype(value)>>::read(row, value);
    });
    return thing;
}

template const std::string& select_all<Server>();
template const std::string& select_all<Pool>();
template const std::string& select_all<Domain>();
template const std::string& select_all<ProviderAccount>();
template const std::string& select_all<Channel>();
template const std::string& select_all<Controls>();
template Server read_thing(Row& row);
template Pool read_thing(Row& row);
template Domain read_thing(Row& row);
template ProviderAccount read_thing(Row& row);
template Channel read_thing(Row& row);
template Controls read_thing(Row& row);

Result<Done> save(Database& database, const Server& server, WallTime at) {
    return save_thing(database, server, at);
}

Result<Done> save(Database& database, const Pool& pool, WallTime at) {
    if (auto done = save_thing(database, pool, at); !done) return done.error();
    return save_members(database, pool);
}

Result<Done> save(Database& database, const Domain& domain, WallTime at) {
    return save_thing(database, domain, at);
}

Result<Done> save(Database& database, const ProviderAccount& account, WallTime at) {
    return save_thing(database, account, at);
}

Result<Done> save(Database& database, const Channel& channel, WallTime at) {
    return save_thing(database, channel, at);
}

Result<Done> save(Database& database, const Controls& controls) {
    static const std::string sql = save_statement<Controls>();
    auto statement = database.prepare(sql);
    if (!statement) return statement.error();
    bind_thing(**statement, controls);
    return database.run(**statement);
}

}  // namespace understudy::sqlite
