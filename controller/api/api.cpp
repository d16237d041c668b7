#include "controller/api/api.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "controller/api/auth.h"
#include "controller/api/browser.h"
#include "controller/api/entity_tags.h"
#include "controller/api/identity.h"
#include "controller/api/long_answers.h"
#include "controller/api/record_survey.h"
#include "controller/api/repeats.h"
#include "controller/api/router.h"
#include "controller/api/trusted_proxy.h"
#include "controller/core/within.h"

namespace understudy {

using namespace api;

namespace {

// A session stands for its token, as long as that counts.
TokenBook tokens_of(const Fleet& fleet, const WallTime& wall) {
    return {
        [&fleet, &wall](const ApiRequest& request) { return authenticate(fleet, request, wall); },
        [&fleet, &wall](TokenId id, const ApiRequest& request) -> Result<Caller> {
            const Token* token = fleet.token(id);
            if (token == nullptr) return rejected("the token has been revoked");
            return caller_with(*token, "token", request, wall);
        },
        [&fleet, &wall](TokenId id) {
            const Token* token = fleet.token(id);
            if (token == nullptr) return Duration{0};
            return token->expires == WallTime{} ? TokenBook::kForEver : token->expires - wall;
        }};
}

// What somebody with that scope uses, for as long as the Api lives: answers under way refer to it.
struct Seen {
    Seen(const Context& whole, const Scope& scope)
        : fleet(whole.engine.whole(), scope),
          context(whole.with(fleet, whole.archive, whole.desk)) {}
    SeenFleet fleet;
    Context context;
};

}  // namespace

std::vector<std::string> headers_read_by_api(const WebAccess& web) {
    std::vector<std::string> headers = browser_headers();
    if (!web.proxy) return headers;
    headers.push_back(web.proxy->user_header);
    if (!web.proxy->groups_header.empty()) headers.push_back(web.proxy->groups_header);
    return headers;
}

struct Api::Impl {
    ApiSettings settings;
    ZoneDirectory zones;
    RecordSurvey survey;
    LongAnswers longer;
    Moment last;  // of the last request or turn
    Identity identity;
    Viewers viewers;
    Revisions revisions;
    EntityTags tags;
    std::shared_ptr<Repeats> repeats = std::make_shared<Repeats>();
    SeenFleet whole;
    Context context;
    std::vector<std::unique_ptr<Seen>> narrower;  // one for each scope that anybody came with

    Impl(const Engine& engine, ArchiveDesk& archive, OrderDesk& desk, const Sealer& sealer,
         const ControllerState& state, const ApiSettings& given)
        : settings(given),
          zones(desk),
          survey(engine.fleet(), desk, zones),
          identity(tokens_of(engine.fleet(), last.wall), engine.fleet(), settings.web),
          viewers(engine.fleet()),
          tags(revisions, state),
          whole(engine, Scope{}),
          context{whole, archive, desk,   sealer,  state,   settings,
                  zones, survey,  longer, viewers, identity} {}

    struct Admitted {
        Match match;
        Caller caller;  // nobody where the route is open to all
    };
    // What a request may do can be said from its head alone.
    std::variant<Admitted, ApiResponse> admit(const ApiRequest& request) const;
    std::variant<Caller, ApiResponse> authorise(const Route& route,
                                                const ApiRequest& request) const;
    const Context& context_for(const Scope& scope);
    void note_use(const Caller& caller, WallTime now);
    std::optional<Error> meaningless_precondition(const Match& found,
                                                  const ApiRequest& request) const;
    OrderDesk::Unmet condition_of(const Match& found, const ApiRequest& request,
                                  const Fleet& seen) const;
    Respond with_tag(const Match& found, const ApiRequest& request, const Fleet& seen,
                     Respond respond) const;
    std::optional<Respond> as_first(const Route& route, const Caller& caller,
                                    const ApiRequest& request, Instant now, const Respond& respond);
};

namespace {

std::string words_of(const Scope& scope) {
    std::string words;
    for (const PoolId pool : scope.pools.value_or(std::vector<PoolId>{}))
        words += " " + to_string(pool);
    if (scope.pools) words += " pools";
    for (const auto& [key, label] : scope.labels)
        words += "\n" + key + "=" + label;
    return words;
}

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

}  // namespace

std::variant<Caller, ApiResponse> Api::Impl::authorise(const Route& route,
                                                       const ApiRequest& request) const {
    if (route.access == Access::Open || route.access == Access::LogIn) return Caller{};
    const bool here = request.local || is_local(request.peer);
    // What a proxy on this machine sends on is somebody's elsewhere.
    const auto& proxy = settings.web.proxy;
    const bool sent_on = proxy && !request.local && comes_from(*proxy, request);
    if (route.access == Access::Loopback && here && !sent_on) {
        // Anybody on this machine, whatever he shows; the holder of a token that counts as such.
        auto holder = authenticate(context.fleet(), request, last.wall);
        return holder ? std::move(holder).value() : Caller{};
    }
    auto caller = identity.of(request);
    if (const auto* known = std::get_if<Caller>(&caller)) {
        if (auto refusal = refusal_of(route, *known)) return *std::move(refusal);
    }
    return caller;
}

std::variant<Api::Impl::Admitted, ApiResponse> Api::Impl::admit(const ApiRequest& request) const {
    Match found = match(request.method, request.path);
    if (auto refusal = no_such_operation(found, request)) return *std::move(refusal);
    auto caller = authorise(*found.route, request);
    if (auto* refusal = std::get_if<ApiResponse>(&caller)) return std::move(*refusal);
    if (auto meaningless = meaningless_precondition(found, request)) return problem(*meaningless);
    if (!found.route->has_query) {
        Problems problems;
        Query{request, problems}.finish();
        if (!problems.empty()) return problem(problems);
    }
    return Admitted{std::move(found), std::get<Caller>(std::move(caller))};
}

std::optional<Error> Api::Impl::meaningless_precondition(const Match& found,
                                                         const ApiRequest& request) const {
    const bool named = !request.if_match.empty() && request.if_match != "*";
    if (request.method != "GET" && !request.if_none_match.empty()) return no_tag_here(kIfNoneMatch);
    return named && !may_be_tagged(*found.route) ? std::optional{no_tag_here(kIfMatch)}
                                                 : std::nullopt;
}

// Why it does not hold, at any time from now on; null: there is none.
OrderDesk::Unmet Api::Impl::condition_of(const Match& found, const ApiRequest& request,
                                         const Fleet& seen) const {
    if (request.if_match.empty() || request.if_match == "*") return {};
    return [this, tagged = tagged_thing(seen, found), if_match = request.if_match] {
        return tagged ? tags.unmet(*tagged, if_match) : std::nullopt;
    };
}

Api::Respond Api::Impl::with_tag(const Match& found, const ApiRequest& request, const Fleet& seen,
                                 Respond respond) const {
    if (!found.route->pattern.starts_with("/api/v1/")) return respond;
    return [this, tagged = tagged_thing(seen, found), reads = request.method == "GET",
            if_none_match = request.if_none_match,
            respond = std::move(respond)](ApiResponse response) {
        respond(tags.tagged(std::move(response), tagged, if_none_match, reads));
    };
}

// None: it is a repeat, or a wrong one, and has been answered.
std::optional<Api::Respond> Api::Impl::as_first(const Route& route, const Caller& caller,
                                                const ApiRequest& request, Instant now,
                                                const Respond& respond) {
    const bool keyed = changes_something(route) && !request.idempotency_key.empty();
    if (!keyed || caller.who.empty()) return respond;
    // An answer is as its scope sees things; a proxy may give the same person another one.
    const std::string scope = words_of(caller.scope);
    auto begun = repeats->begin(
        lasting_name(caller, request) + " " + to_string(caller.accessor) + scope, request, now);
    if (auto* answer = std::get_if<ApiResponse>(&begun)) {
        respond(std::move(*answer));
        return std::nullopt;
    }
    return [work = std::get<std::shared_ptr<Repeats::Work>>(std::move(begun)),
            respond](ApiResponse response) {
        work->answered(response);
        respond(std::move(response));
    };
}

Api::Api(const Engine& engine, ArchiveDesk& archive, OrderDesk& desk, const Sealer& sealer,
         const ControllerState& state, const ApiSettings& settings)
    : impl_(std::make_unique<Impl>(engine, archive, desk, sealer, state, settings)) {}
Api::~Api() = default;

std::variant<std::size_t, ApiResponse> Api::body_allowed(const ApiRequest& head) const {
    auto admitted = impl_->admit(head);
    if (auto* refusal = std::get_if<ApiResponse>(&admitted)) return std::move(*refusal);
    const auto& [found, caller] = std::get<Impl::Admitted>(admitted);
    const bool may_send = !caller.who.empty() || found.route->access == Access::LogIn;
    return may_send ? found.route->body_limit : 0;
}

const Context& Api::Impl::context_for(const Scope& scope) {
    if (scope.everything()) return context;
    const auto known = std::ranges::find_if(
        narrower, [&](const auto& each) { return each->fleet.scope() == scope; });
    if (known != narrower.end()) return (*known)->context;
    return narrower.emplace_back(std::make_unique<Seen>(context, scope))->context;
}

void Api::Impl::note_use(const Caller& caller, WallTime now) {
    const Token* token = context.fleet().token(caller.accessor);
    if (token != nullptr && token->use_is_news(caller.source, now))
        context.desk.note_use(token->id, caller.source);
}

namespace {

// What he has said himself.
std::string words_in(const ApiRequest& request) {
    std::string words = request.path;
    for (const auto& [name, value] : request.query)
        words += "\n" + value;
    return words + "\n" + request.body;
}

// The last door: no answer names what the one who asked does not see. A refusal repeats what he
// asked for, be it there or not.
Api::Respond seen_only(const SeenFleet& seen, const ApiRequest& request, Api::Respond respond) {
    if (seen.everything()) return respond;
    return [&seen, said = words_in(request), respond = std::move(respond)](ApiResponse response) {
        const bool refused = response.status >= 400;
        const auto names = within::names_in(refused ? std::string_view{said} : std::string_view{});
        if (response.content_type.ends_with("json"))
            response.body = seen.unnamed(response.body, names);
        respond(std::move(response));
    };
}

}  // namespace

void Api::handle(const ApiRequest& request, Instant now, WallTime wall, Respond respond) {
    impl_->last = {now, wall};
    impl_->identity.set_time(now);
    auto admitted = impl_->admit(request);
    if (auto* refusal = std::get_if<ApiResponse>(&admitted)) return respond(std::move(*refusal));
    auto& [found, caller] = std::get<Impl::Admitted>(admitted);
    impl_->identity.used(request);
    impl_->note_use(caller, wall);
    const Context& context = impl_->context_for(caller.scope);
    // A repeat first: what it did is why its condition does not hold any more.
    auto first = impl_->as_first(*found.route, caller, request, now, respond);
    if (!first) return;
    respond = impl_->with_tag(found, request, context.fleet(), *std::move(first));
    auto unmet = impl_->condition_of(found, request, context.fleet());
    if (const auto why = unmet ? unmet() : std::nullopt) return respond(problem(*why));
    // Asked again when an order's turn comes: others may have come before it.
    found.route->handler(Call{context, request, found.captures, now, wall, std::move(caller),
                              seen_only(context.engine, request, std::move(respond)),
                              std::move(unmet)});
}

bool Api::time_passed(Instant now) {
    impl_->last = {now, impl_->last.wall + (now - impl_->last.now)};
    impl_->identity.time_passed(now);
    impl_->survey.time_passed(now);
    impl_->repeats->time_passed(now);
    for (const auto& each : impl_->narrower)
        if (!each->fleet.resting() && !impl_->viewers.watches(each->fleet)) each->fleet.rest(now);
    return impl_->longer.go_on(now);
}

void Api::give_up(HttpRequestId client) {
    impl_->longer.give_up(client);
    impl_->viewers.give_up(client);
}

std::vector<Budget> Api::budgets() const {
    return {impl_->longer.budget(), impl_->viewers.budget(), impl_->repeats->budget()};
}

void Api::set_outlet(Viewers::Send send, Viewers::End end) {
    impl_->viewers.set_outlet(std::move(send), std::move(end));
}

void Api::heard(const Input& input) {
    impl_->viewers.note(input);
}

void Api::decided(const Change& change) {
    impl_->revisions.note(change);
}

void Api::committed(const Change& change) {
    impl_->viewers.note(change);
}

void Api::turn_ends(Instant now) {
    impl_->viewers.tell(now);
}

Instant Api::next_deadline() const {
    return impl_->viewers.next_deadline();
}

}  // namespace understudy
