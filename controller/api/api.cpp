#include "controller/api/api.h"

#include "controller/api/auth.h"
#include "controller/api/record_survey.h"
#include "controller/api/router.h"

namespace understudy {

using namespace api;

struct Api::Impl {
    ApiSettings settings;
    ZoneDirectory zones;
    RecordSurvey survey;
    Context context;

    Impl(const Engine& engine, Store& store, OrderDesk& desk, const Sealer& sealer,
         const ControllerState& state, const ApiSettings& given)
        : settings(given),
          zones(desk),
          survey(engine.fleet(), desk, zones),
          context{engine, store, desk, sealer, state, settings, zones, survey} {}

    // The name of who asks, or the refusal.
    std::variant<std::string, ApiResponse> admit(const Route& route, const ApiRequest& request);
};

std::variant<std::string, ApiResponse> Api::Impl::admit(const Route& route,
                                                        const ApiRequest& request) {
    if (route.access == Access::Open) return std::string{};
    if (route.access == Access::Loopback && is_loopback(request.peer)) return std::string{};
    const auto who = authenticate(context.store, request.authorization);
    if (who) return *who;
    if (who.error().code != Errc::Rejected) return problem(who.error());
    ApiResponse refusal = problem(401, "unauthorized", who.error());
    refusal.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"understudy\"");
    return refusal;
}

Api::Api(const Engine& engine, Store& store, OrderDesk& desk, const Sealer& sealer,
         const ControllerState& state, const ApiSettings& settings)
    : impl_(std::make_unique<Impl>(engine, store, desk, sealer, state, settings)) {}
Api::~Api() = default;

void Api::handle(const ApiRequest& request, Instant now, WallTime wall, Respond respond) {
    const Match found = match(request.method, request.path);
    if (found.allowed.empty()) {
        return respond(problem(not_found("there is nothing at " + quoted(request.path),
                                         "the operations are listed in schema/openapi.json")));
    }
    if (found.route == nullptr) {
        ApiResponse refusal =
            problem(405, "method_not_allowed",
                    invalid({}, quoted(request.method) + " does not work on this path",
                            "one of: " + listed(found.allowed)));
        refusal.headers.emplace_back("Allow", listed(found.allowed));
        return respond(refusal);
    }
    auto admitted = impl_->admit(*found.route, request);
    if (auto* refusal = std::get_if<ApiResponse>(&admitted)) return respond(std::move(*refusal));
    found.route->handler(Call{impl_->context, request, found.captures, now, wall,
                              std::get<std::string>(admitted), std::move(respond)});
}

void Api::time_passed(Instant now) {
    impl_->survey.time_passed(now);
}

}  // namespace understudy
