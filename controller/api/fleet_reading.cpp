// GET /api/v1/fleet/reading, and the 202 of POST /api/v1/fleet.
#include "controller/api/fleet_reading.h"

#include "controller/api/handlers.h"

namespace understudy::api {
namespace {

constexpr const char* kAskAgain_s = "2";

std::string to_json(const SurveyProgress& progress) {
    std::optional<std::int64_t> seconds;
    if (progress.left) seconds = std::chrono::ceil<std::chrono::seconds>(*progress.left).count();
    json::Writer out;
    out.begin_object().field("wanted", progress.wanted).field("read", progress.read);
    return out.field("estimate_s", seconds).end_object().take();
}

}  // namespace

ApiResponse still_reading(const SurveyProgress& progress) {
    ApiResponse response = json_response(to_json(progress));
    response.status = 202;
    response.headers.emplace_back("Retry-After", kAskAgain_s);
    return response;
}

void show_fleet_reading(const Call& call) {
    if (!read_query(call, [](Query&) {})) return;
    call.respond(json_response(to_json(call.api.survey.progress(call.now))));
}

}  // namespace understudy::api
