// Applies one Change inside the caller's transaction. Used by SqliteStore::commit().
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "controller/core/change.h"
#include "controller/store/sqlite_database.h"
#include "controller/store/store.h"

namespace understudy::sqlite {

class ChangeWriter {
  public:
    ChangeWriter(Database& database, WallTime at, const Retention& retention, Committed& committed)
        : database_(database), at_(at), retention_(retention), committed_(committed) {}

    Result<Done> operator()(const SaveServer& change);
    Result<Done> operator()(const DeleteServer& change);
    Result<Done> operator()(const SavePool& change);
    Result<Done> operator()(const DeletePool& change);
    Result<Done> operator()(const SaveDomain& change);
    Result<Done> operator()(const DeleteDomain& change);
    Result<Done> operator()(const SaveProvider& change);
    Result<Done> operator()(const DeleteProvider& change);
    Result<Done> operator()(const SaveChannel& change);
    Result<Done> operator()(const DeleteChannel& change);
    Result<Done> operator()(const AppendLog& change);
    Result<Done> operator()(const AppendSighting& change);
    Result<Done> operator()(const SaveControls& change);
    Result<Done> operator()(const Enqueue& change);
    Result<Done> operator()(const NotificationDelivered& change);
    Result<Done> operator()(const NotificationDeferred& change);
    Result<Done> operator()(const NotificationDead& change);
    Result<Done> operator()(const NotificationRetried& change);
    Result<Done> operator()(const ChannelRetried& change);
    Result<Done> operator()(const NotificationsFolded& change);
    Result<Done> operator()(const PruneHistory& change);

  private:
    template <typename... Values>
    Result<Done> run(std::string_view sql, const Values&... values) {
        auto statement = database_.prepare(sql);
        if (!statement) return statement.error();
        ((*statement)->bind(values), ...);
        return database_.run(**statement);
    }
    Result<Done> put_back(const std::string& which, std::int64_t id, RetryOutcome& outcome);
    Result<std::optional<RetryOutcome::Ahead>> ahead_of(NotificationId id, ChannelId channel);

    Database& database_;
    WallTime at_;
    const Retention& retention_;
    Committed& committed_;
};

}  // namespace understudy::sqlite
