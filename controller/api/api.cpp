#include "controller/api/api.h"

#include <optional>
#include <variant>

#include "controller/api/auth.h"
#include "controller/api/long_answers.h"
#include "controller/api/record_survey.h"
#include "controller/api/router.h"

namespace understudy {

using namespace api;

struct Api::Impl {
    ApiSettings settings;
    ZoneDirectory zones;
    RecordSurvey survey;
    LongAnswers longer;
    Context context;

    Impl(const Engine& engine, ArchiveDesk& archive, OrderDesk& desk, const Sealer& sealer,
         const ControllerState& state, const ApiSettings& given)
        : settings(given),
          zones(desk),
          survey(engine.fleet(), desk, zones),
          context{engine, archive, desk, sealer, state, settings, zones, survey, longer} {}

    struct Admitted {
        Match match;
        std::string who;
    };
    // What a request may do can be said from its head alone.
    std::variant<Admitted, ApiResponse> admit(const ApiRequest& request) const;
    std::variant<std::string, ApiResponse> authorise(const Route& route,
                                                     const ApiRequest& request) const;
};

namespace {

std::optional<ApiResponse> no_such_operation(const Match& found, const ApiRequest& request) {
    if (found.allowed.empty()) {
        return problem(not_found("there is nothing at " + quoted(request.path),
                                 "the operations are listed in schema/openapi.json"));
    }
    if (found.route != nullptr) return std::nullopt;
    ApiResponse refusal =
        problem(405, "method_not_allowed",
                invalid({}, quoted(request.method) + " does not work on this path",
                        "one of: " + listed(found.allowed)));
    refusal.headers.emplace_back("Allow", listed(found.allowed));
    return refusal;
}

// Nothing here has an entity tag (RFC 9110 8.8.3). To go on all the same would be to do what the
// caller asked not to do.
std::optional<ApiResponse> unmet_precondition(const ApiRequest& request) {
    const bool reads = request.method == "GET";
    const bool named = !request.if_match.empty() && request.if_match != "*";
    if (!named && (reads || request.if_none_match.empty())) return std::nullopt;
    return problem(412, "precondition_failed",
                   invalid(named ? "If-Match" : "If-None-Match",
                           "there are no entity tags here to compare with",
                           "leave the header out; a name that is taken is refused anyway"));
}

}  // namespace

std::variant<std::string, ApiResponse> Api::Impl::authorise(const Route& route,
                                                            const ApiRequest& request) const {
    if (route.access == Access::Open) return std::string{};
    if (route.access == Access::Loopback && is_local(request.peer)) return std::string{};
    const auto who = authenticate(settings.tokens, request.authorization);
    if (who) return *who;
    ApiResponse refusal = problem(401, "unauthorized", who.error());
    refusal.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"understudy\"");
    return refusal;
}

std::variant<Api::Impl::Admitted, ApiResponse> Api::Impl::admit(const ApiRequest& request) const {
    Match found = match(request.method, request.path);
    if (auto refusal = no_such_operation(found, request)) return *std::move(refusal);
    auto who = authorise(*found.route, request);
    if (auto* refusal = std::get_if<ApiResponse>(&who)) return std::move(*refusal);
    if (auto refusal = unmet_precondition(request)) return *std::move(refusal);
    if (!found.route->has_query) {
        Problems problems;
        Query{request, problems}.finish();
        if (!problems.empty()) return problem(problems);
    }
    return Admitted{std::move(found), std::get<std::string>(std::move(who))};
}

Api::Api(const Engine& engine, ArchiveDesk& archive, OrderDesk& desk, const Sealer& sealer,
         const ControllerState& state, const ApiSettings& settings)
    : impl_(std::make_unique<Impl>(engine, archive, desk, sealer, state, settings)) {}
Api::~Api() = default;

std::variant<std::size_t, ApiResponse> Api::body_allowed(const ApiRequest& head) const {
    auto admitted = impl_->admit(head);
    if (auto* refusal = std::get_if<ApiResponse>(&admitted)) return std::move(*refusal);
    const auto& [found, who] = std::get<Impl::Admitted>(admitted);
    return who.empty() ? 0 : found.route->body_limit;
}

void Api::handle(const ApiRequest& request, Instant now, WallTime wall, Respond respond) {
    auto admitted = impl_->admit(request);
    if (auto* refusal = std::get_if<ApiResponse>(&admitted)) return respond(std::move(*refusal));
    auto& [found, who] = std::get<Impl::Admitted>(admitted);
    found.route->handler(Call{impl_->context, request, found.captures, now, wall, std::move(who),
                              std::move(respond)});
}

bool Api::time_passed(Instant now) {
    impl_->survey.time_passed(now);
    return impl_->longer.go_on(now);
}

void Api::give_up(HttpRequestId client) {
    impl_->longer.give_up(client);
}

std::vector<Budget> Api::budgets() const {
    return {impl_->longer.budget()};
}

}  // namespace understudy
