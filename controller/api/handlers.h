// The handlers of operations that are neither a plain order (plain_order.h) nor the mere showing of
// a thing (answers.h), by the file they live in. See schema/openapi.json for what each takes and
// answers.
#pragma once

#include "controller/api/call.h"

namespace understudy::api {

// page_files.cpp
void show_page(const Call& call);
void show_page_file(const Call& call);
void show_openapi(const Call& call);
// status.cpp
void get_healthz(const Call& call);
void get_readyz(const Call& call);
void get_status(const Call& call);
void get_controls(const Call& call);
// status_page.cpp
void show_status_page(const Call& call);
// metrics.cpp
void get_metrics(const Call& call);
// session.cpp
void log_in(const Call& call);
void show_session(const Call& call);
void log_out(const Call& call);
// servers.cpp
void list_servers(const Call& call);
void add_server(const Call& call);
void edit_server(const Call& call);
void rotate_token(const Call& call);
// pools.cpp
void list_pools(const Call& call);
void add_pool(const Call& call);
void set_policy(const Call& call);
// domains.cpp
void list_domains(const Call& call);
void adopt_domain(const Call& call);
void enforce_domain(const Call& call);
// domain_add.cpp
void add_domain(const Call& call);
// domain_move.cpp
void move_domains(const Call& call);
// providers.cpp
void list_providers(const Call& call);
void add_provider(const Call& call);
void verify_provider(const Call& call);
void replace_credential(const Call& call);
// channels.cpp
void list_channels(const Call& call);
void add_channel(const Call& call);
// tokens.cpp
void list_tokens(const Call& call);
void add_token(const Call& call);
void revoke_token(const Call& call);
// incidents.cpp
void list_incidents(const Call& call);
// fleet_export.cpp, fleet_apply.cpp
void export_fleet(const Call& call);
void apply_fleet(const Call& call);
// fleet_reading.cpp
void show_fleet_reading(const Call& call);
// explain.cpp
void explain_domain(const Call& call);
// rehearse.cpp
void rehearse(const Call& call);
// what_if.cpp
void what_if(const Call& call);
// replay.cpp
void replay_policy(const Call& call);
// viewers.cpp
void open_stream(const Call& call);
// backup.cpp
void make_backup(const Call& call);
void read_backup(const Call& call);
void remove_backup(const Call& call);
// drills.cpp
void list_drills(const Call& call);
void show_drill(const Call& call);
// events.cpp
void list_events(const Call& call);
// notifications.cpp, notification_retry.cpp
Error no_such_notification(const std::string& key);
void list_notifications(const Call& call);
void show_notification(const Call& call);
void retry_notification(const Call& call);
void retry_channel(const Call& call);

}  // namespace understudy::api
