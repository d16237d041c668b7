// Values with every field set, so that a column forgotten by a store shows.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "controller/store/store.h"

namespace understudy::test {

inline constexpr WallTime kDay0{Duration{1'790'000'000'000}};

AddressSet addresses(const char* text);

Override sample_override();
Server sample_server(std::int64_t id, const std::string& name);
Drill sample_drill(std::int64_t id, const Pool& pool);
Pool sample_pool(std::int64_t id, const std::string& name, std::vector<ServerId> members);
ProviderAccount sample_provider(std::int64_t id, const std::string& name);
Domain sample_domain(std::int64_t id, const std::string& name, PoolId pool, ProviderId provider);
Channel sample_channel(std::int64_t id, const std::string& name);
LogLine sample_line(std::int64_t id);
Notice sample_notice(NoticeType type);
Enqueue sample_enqueue(std::int64_t id, std::int64_t channel);

// Servers 1 and 2, pool 3, provider 4.
std::vector<Change> small_fleet();

// Commits and stops the test when that fails.
void must_commit(Store& store, const std::vector<Change>& changes, WallTime at = kDay0);
DueWork must_due(Store& store, int limit = 100);
Snapshot must_load(Store& store);
std::vector<std::int64_t> ids_of(const std::vector<HistoryRow>& rows);
std::vector<std::int64_t> ids_of(const std::vector<NotificationRow>& rows);
std::vector<std::int64_t> ids_of(const std::vector<DueNotification>& rows);
std::vector<std::int64_t> history_ids(Archive& archive, const HistoryQuery& query = {});
std::vector<std::int64_t> outbox_ids(Archive& archive, const OutboxQuery& query = {});

using Ids = std::vector<std::int64_t>;

}  // namespace understudy::test
