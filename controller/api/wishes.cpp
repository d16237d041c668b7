#include "controller/api/wishes.h"

#include <algorithm>

#include "base/text.h"
#include "base/utf8.h"
#include "controller/api/lookup.h"

namespace understudy::api {
namespace {

void check_why(Fields& fields, std::string_view why) {
    std::size_t characters = 0;
    for (std::string_view rest = why; !rest.empty(); ++characters)
        take_code_point(rest);
    if (!is_plain(why)) {
        fields.complain("why", quoted(why) + " has characters that cannot be printed",
                        "give one line of plain text");
    }
    if (characters > kWhyLimitCharacters) {
        fields.complain("why", "the text has " + std::to_string(characters) + " characters",
                        "give at most " + std::to_string(kWhyLimitCharacters));
    }
}

}  // namespace

Wish read_why(Fields& fields) {
    Wish wish;
    wish.why = fields.text("why").value_or("");
    check_why(fields, wish.why);
    return wish;
}

Wish read_wish(Fields& fields) {
    Wish wish = read_why(fields);
    wish.until = fields.time("until");
    wish.length = fields.span("for");
    if (wish.length && wish.until) {
        fields.complain("for", "given together with 'until'", "choose one");
    }
    return wish;
}

bool read_flag(Fields& fields, std::string_view name) {
    return fields.flag(name).value_or(false);
}

std::vector<const Server*> read_servers(const Fleet& fleet, Fields& fields, std::string_view name) {
    std::vector<const Server*> servers;
    const auto keys = fields.texts(name);
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const std::string entry = std::string{name} + "[" + std::to_string(i) + "]";
        if (keys[i].empty()) continue;  // reported already
        const auto server =
            fields.take(as_field(find_server(fleet, keys[i]), fields.path_of(entry)));
        if (!server) continue;
        if (std::ranges::find(servers, *server) != servers.end()) {
            fields.complain(entry, "server " + quoted((*server)->name) + " is named twice",
                            "name it once");
        }
        servers.push_back(*server);
    }
    return servers;
}

std::vector<std::string> read_members(const Fleet& fleet, Fields& fields, std::string_view name) {
    const json::Value given = fields.member(name);
    if (!given.exists() || (given.is_array() && given.size() == 0)) {
        fields.complain(name, given.exists() ? "the list is empty" : "this is missing",
                        "name the primary first, then the secondaries");
    }
    std::vector<std::string> names;
    for (const Server* server : read_servers(fleet, fields, name))
        names.push_back(server->name);
    return names;
}

PoolId read_pool(const Fleet& fleet, Fields& fields, std::string_view name) {
    const std::string key = fields.required_text(name);
    if (key.empty()) return {};
    const auto pool = fields.take(as_field(find_pool(fleet, key), fields.path_of(name)));
    return pool ? (*pool)->id : PoolId{};
}

ServerId read_member(const Fleet& fleet, Fields& fields, std::string_view name, const Pool& pool) {
    const auto key = fields.text(name);
    if (!key) return {};
    const auto found = fields.take(as_field(find_server(fleet, *key), fields.path_of(name)));
    if (!found) return {};
    const ServerId id = (*found)->id;
    if (std::ranges::find(pool.members, id) != pool.members.end()) return id;
    fields.complain(
        name, "server " + quoted((*found)->name) + " is no member of pool " + quoted(pool.name),
        "one of: " + fleet.names_of(pool.members));
    return {};
}

Error aaaa_left_behind(const std::string& name, const AddressSet& held) {
    return conflict("'" + name + "' has an AAAA record (" + to_string(held.ipv6.front()) +
                        "): visitors with IPv6 would stay on the dead server after a failover",
                    "leave ipv6 out so that both records move together, or delete the AAAA record",
                    "ipv6");
}

}  // namespace understudy::api
