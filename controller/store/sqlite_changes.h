// Applies one Change inside the caller's transaction. Used by SqliteStore::commit().
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "controller/core/change.h"
#include "controller/store/sqlite_rows.h"
#include "controller/store/store.h"

namespace understudy::sqlite {

class ChangeWriter {
  public:
    ChangeWriter(Database& database, WallTime at, const Retention& retention, Committed& committed)
        : database_(database), at_(at), retention_(retention), committed_(committed) {}

    Result<Done> operator()(const SaveServer& change) { return put(change.server); }
    Result<Done> operator()(const SavePool& change) { return put(change.pool); }
    Result<Done> operator()(const SaveDomain& change) { return put(change.domain); }
    Result<Done> operator()(const SaveProvider& change) { return put(change.account); }
    Result<Done> operator()(const SaveChannel& change) { return put(change.channel); }
    Result<Done> operator()(const SaveToken& change) { return put(change.token); }
    Result<Done> operator()(const DeleteToken& change) { return erase("token", change.id); }
    Result<Done> operator()(const SaveIncident& change) { return put(change.incident); }
    Result<Done> operator()(const SaveDrill& change) { return put(change.drill); }
    Result<Done> operator()(const SaveControls& change) { return put(change.controls); }
    Result<Done> operator()(const DeleteServer& change) { return erase("server", change.id); }
    Result<Done> operator()(const DeletePool& change) { return erase("pool", change.id); }
    Result<Done> operator()(const DeleteDomain& change) { return erase("domain", change.id); }
    Result<Done> operator()(const DeleteProvider& change) { return erase("provider", change.id); }
    Result<Done> operator()(const DeleteIncident& change) { return erase("incident", change.id); }
    Result<Done> operator()(const DeleteChannel& change);
    Result<Done> operator()(const AppendLog& change);
    Result<Done> operator()(const AppendSighting& change);
    Result<Done> operator()(const Enqueue& change);
    Result<Done> operator()(const ReleaseHeld& change);
    Result<Done> operator()(const NotificationDelivered& change);
    Result<Done> operator()(const NotificationDeferred& change);
    Result<Done> operator()(const NotificationDead& change);
    Result<Done> operator()(const NotificationRetried& change);
    Result<Done> operator()(const ChannelRetried& change);
    Result<Done> operator()(const NotificationsFolded& change);
    Result<Done> operator()(const PruneHistory& change);

  private:
    template <typename Thing>
    Result<Done> put(const Thing& thing) {
        return Rows<Thing>::save(database_, thing, at_);
    }
    template <typename Tag>
    Result<Done> erase(const std::string& table, Id<Tag> id) {
        return database_.run("DELETE FROM " + table + " WHERE id = ?", id);
    }
    Result<Done> put_back(const std::string& which, std::int64_t id, RetryOutcome& outcome);
    Result<std::optional<RetryOutcome::Ahead>> ahead_of(NotificationId id, ChannelId channel);

    Database& database_;
    WallTime at_;
    const Retention& retention_;
    Committed& committed_;
};

}  // namespace understudy::sqlite
