// What the bodies of people's orders have in common: why, until when, by force, and which servers.
// Complaints go to the Fields, with the path of what is wrong. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "controller/api/request.h"
#include "controller/core/fleet.h"
#include "controller/core/input.h"

namespace understudy::api {

inline constexpr std::size_t kWhyLimitCharacters = 200;

// {why?}: at most that many characters, none of them a control character, for it is shown in logs,
// mails and terminals.
Wish read_why(Fields& fields);
// {why?, until? | for?}. Whether `until` is still to come is for the engine to say.
Wish read_wish(Fields& fields);
// False when it is left out.
bool read_flag(Fields& fields, std::string_view name);

// A list of servers by name or id, each at most once. Empty when there is no such list.
std::vector<const Server*> read_servers(const Fleet& fleet, Fields& fields, std::string_view name);
// The same where it must be; the servers' names, in order.
std::vector<std::string> read_members(const Fleet& fleet, Fields& fields, std::string_view name);
// A pool, which must be named.
PoolId read_pool(const Fleet& fleet, Fields& fields, std::string_view name);
// One server, which must be a member of the pool. None when it is left out, or wrong.
ServerId read_member(const Fleet& fleet, Fields& fields, std::string_view name, const Pool& pool);

// Of a name whose AAAA record a person does not want to be ours (Conflict, at "ipv6"): visitors
// with IPv6 would stay on a dead server.
Error aaaa_left_behind(const std::string& name, const AddressSet& held);

}  // namespace understudy::api
