// How each thing looks in an answer; one function per thing. Pure. Nothing here shows a secret.
#pragma once

#include "base/json.h"
#include "controller/api/call.h"
#include "controller/core/restraint.h"

namespace understudy::api {

void write_server(json::Writer& out, const Context& api, const Server& server, const Moment& at);
void write_restraint(json::Writer& out, const Context& api, const Restraint& restraint);
// Which address its agent reports, and what becomes of it.
void write_reported_fields(json::Writer& out, const ReportedAddress& reported);
void write_pool(json::Writer& out, const Context& api, const Pool& pool, const Moment& at);
void write_controls(json::Writer& out, const Controls& controls);
void write_domain(json::Writer& out, const Context& api, const Domain& domain);
void write_provider(json::Writer& out, const Context& api, const ProviderAccount& account,
                    std::size_t domains);
// The pools that a channel is narrowed to, by name; none: it is not. One that is gone is named as
// such: left out, the channel would seem to hear of all.
std::vector<std::string> subscribed_pools(const Fleet& fleet, const Channel& channel);
void write_channel(json::Writer& out, const Context& api, const Channel& channel);
void write_labels(json::Writer& out, const std::map<std::string, std::string>& labels);
void write_types(json::Writer& out, const std::set<NoticeType>& types);
void write_event_fields(json::Writer& out, const HistoryRow& row);
// `channel`: its name.
void write_notification(json::Writer& out, const std::string& channel, const NotificationRow& row);

void write_drill(json::Writer& out, const Drill& drill);

// null: of everything.
void write_scope(json::Writer& out, const Fleet& fleet, const Scope& scope);
void write_token(json::Writer& out, const Fleet& fleet, const Token& token, WallTime now);

void write_addresses(json::Writer& out, std::string_view name, const AddressSet& addresses);

}  // namespace understudy::api
