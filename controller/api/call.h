// One request on its way through the API: what handlers get, and how they answer. Loop thread only.
//
// A handler answers once, through the Call's shared answer, now or from a callback in a later turn.
// Callbacks keep copies of what they need and look things up again by id: the fleet may have
// changed meanwhile.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "controller/api/api.h"
#include "controller/api/problem.h"
#include "controller/api/request.h"
#include "controller/api/seen_fleet.h"

namespace understudy::api {

class Identity;
class LongAnswers;
class RecordSurvey;
class ZoneDirectory;

struct Moment {
    Instant now{};
    WallTime wall{};
};

// Everything handlers may use, for callers of one scope. Outlives all callbacks: it belongs to the
// Api.
struct Context {
    const SeenFleet& engine;  // as far as the caller sees it
    ArchiveDesk& archive;
    OrderDesk& desk;
    const Sealer& sealer;
    const ControllerState& state;
    const ApiSettings& settings;
    ZoneDirectory& zones;
    RecordSurvey& survey;
    LongAnswers& longer;
    Viewers& viewers;
    Identity& identity;

    const Fleet& fleet() const { return engine.fleet(); }
    // The same with others in their places.
    Context with(const SeenFleet& seen, ArchiveDesk& reads, OrderDesk& orders) const {
        return {seen,  reads,  orders, sealer,  state,   settings,
                zones, survey, longer, viewers, identity};
    }
};

// What a {placeholder} of the route's pattern matched.
struct Capture {
    std::string_view name;
    std::string value;
};

struct Call {
    const Context& api;
    const ApiRequest& request;  // gone when the handler has returned
    std::vector<Capture> captures;
    Instant now{};
    WallTime wall{};
    Caller caller;
    Api::Respond respond;
    OrderDesk::Unmet unmet = {};  // of a conditional request; else none

    const std::string& capture() const { return captures.front().value; }
    // null: the pattern has no such placeholder.
    const std::string* captured(std::string_view name) const;
    void refuse(const Error& error) const { respond(problem(error)); }
};

using Handler = void (*)(const Call& call);

ApiResponse json_response(std::string body);

// What to answer once an order is committed. The fleet then holds the new state.
using AfterCommit = std::function<ApiResponse(const Context&, std::int64_t id)>;
// The same answer as 201 with a Location, when it is a good one.
AfterCommit as_created(AfterCommit then, std::string location);
// To the desk, under the request's condition.
void give_to_desk(const Call& call, OrderAction action, OrderDesk::Answered answered);
// Gives the order and answers with its error or with `then`.
void give_order(const Call& call, OrderAction action, AfterCommit then);

// Gives the JSON of what was found in the archive. It runs on another thread and touches only what
// it holds: the call is gone.
using ReadArchive = std::function<Result<std::string>(Archive& archive)>;
// Answers with it. For read_archive() alone, which asks for room first.
void begin_reading(const Call& call, ArchiveDesk::Length length, ReadArchive read);
// Answers with what `read` finds by means of what `prepare` gave; or that too many read already,
// and then nothing is prepared.
template <typename Prepare, typename Read>
void read_archive(const Call& call, ArchiveDesk::Length length, Prepare prepare, Read read) {
    if (const auto full = call.api.archive.full(length)) return call.refuse(*full);
    begin_reading(call, length, [prepared = prepare(), read](Archive& archive) {
        return read(archive, prepared);
    });
}
// The same for a look.
template <typename Prepare, typename Read>
void look_up(const Call& call, Prepare prepare, Read read) {
    read_archive(call, ArchiveDesk::Length::Look, std::move(prepare), std::move(read));
}

// Reads the body as an object through `read`, which gets its fields; then reports what is unknown.
// True when nothing is wrong; otherwise the call has been answered.
bool read_body(const Call& call, const std::function<void(Fields&)>& read);
// The same for the query.
bool read_query(const Call& call, const std::function<void(Query&)>& read);
// For operations that take no body.
bool read_no_body(const Call& call);

}  // namespace understudy::api
