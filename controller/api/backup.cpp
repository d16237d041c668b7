// Copies of the store while it is in use, made and read on the archive's threads.
#include "base/log.h"
#include "controller/api/handlers.h"

namespace understudy::api {
namespace {

struct Piece {
    std::string id;
    std::int64_t offset = 0;
};

Result<std::string> made(Archive& archive, const std::string& who) {
    const auto backup = archive.make_backup();
    if (!backup) return backup.error();
    log::info("api", "a backup of the store was made",
              {{"who", who}, {"bytes", static_cast<long long>(backup->bytes)}});
    json::Writer out;
    out.begin_object().field("id", backup->id).field("bytes", backup->bytes).end_object();
    return out.take();
}

Result<std::string> piece(Archive& archive, const Piece& at) {
    const auto read = archive.read_backup(at.id, at.offset);
    if (!read) return read.error();
    json::Writer out;
    out.begin_object().field("offset", at.offset);
    out.field("data", to_base64(read->bytes)).end_object();
    return out.take();
}

Result<std::string> removed(Archive& archive, const std::string& id) {
    const auto done = archive.remove_backup(id);
    if (!done) return done.error();
    return std::string{"{}"};
}

}  // namespace

void make_backup(const Call& call) {
    if (!read_no_body(call)) return;
    read_archive(
        call, ArchiveDesk::Length::Play, [&] { return call.caller.who; }, made);
}

void read_backup(const Call& call) {
    Piece at{call.capture()};
    const auto read = [&](Query& query) {
        at.offset = query.integer("offset", 0, INT64_MAX).value_or(0);
    };
    if (!read_query(call, read)) return;
    look_up(
        call, [&] { return at; }, piece);
}

void remove_backup(const Call& call) {
    if (!read_no_body(call)) return;
    look_up(
        call, [&] { return call.capture(); }, removed);
}

}  // namespace understudy::api
