#include "controller/api/call.h"

#include <memory>

namespace understudy::api {

ApiResponse json_response(std::string body) {
    return ApiResponse{200, "application/json", {{"Cache-Control", "no-store"}}, std::move(body)};
}

AfterCommit as_created(AfterCommit then, std::string location) {
    return [then = std::move(then), location = std::move(location)](const Context& api,
                                                                    std::int64_t id) {
        ApiResponse response = then(api, id);
        if (response.status != 200) return response;
        response.status = 201;
        response.headers.emplace_back("Location", location);
        return response;
    };
}

const std::string* Call::captured(std::string_view name) const {
    for (const Capture& capture : captures) {
        if (capture.name == name) return &capture.value;
    }
    return nullptr;
}

void give_to_desk(const Call& call, OrderAction action, OrderDesk::Answered answered) {
    call.api.desk.give(call.caller, std::move(action), call.unmet, std::move(answered));
}

void give_order(const Call& call, OrderAction action, AfterCommit then) {
    const Context* api = &call.api;
    give_to_desk(
        call, std::move(action),
        [api, respond = call.respond, then = std::move(then)](const Result<OrderDone>& done) {
            respond(done ? then(*api, done->id) : problem(done.error()));
        });
}

void begin_reading(const Call& call, ArchiveDesk::Length length, ReadArchive read) {
    call.api.archive.read(
        call.request.id, length,
        [respond = call.respond, read = std::move(read)](Archive& archive) -> ArchiveDesk::Answer {
            auto found = std::make_shared<Result<std::string>>(read(archive));
            return [respond, found] {
                respond(*found ? json_response(std::move(**found)) : problem(found->error()));
            };
        });
}

bool read_body(const Call& call, const std::function<void(Fields&)>& read) {
    const auto body = Body::read(call.request);
    if (const auto* refusal = std::get_if<ApiResponse>(&body)) {
        call.respond(*refusal);
        return false;
    }
    Problems problems;
    Fields fields{std::get<Body>(body).root(), "", problems};
    read(fields);
    fields.finish();
    if (problems.empty()) return true;
    call.respond(problem(problems));
    return false;
}

bool read_query(const Call& call, const std::function<void(Query&)>& read) {
    Problems problems;
    Query query{call.request, problems};
    read(query);
    query.finish();
    if (problems.empty()) return true;
    call.respond(problem(problems));
    return false;
}

bool read_no_body(const Call& call) {
    return read_body(call, [](Fields&) {});
}

}  // namespace understudy::api
