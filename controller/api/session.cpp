// POST, GET and DELETE /api/v1/session: who has logged in on the page, or else shows who he is.
#include "controller/api/auth.h"
#include "controller/api/browser.h"
#include "controller/api/handlers.h"
#include "controller/api/identity.h"
#include "controller/api/router.h"
#include "controller/api/views.h"

namespace understudy::api {
namespace {

constexpr std::size_t kTokenBytes = 512;

// Asked of who refuses, so that a page offers what is carried out and nothing else.
void write_what_he_may(json::Writer& out, const Caller& caller) {
    out.key("may").begin_array();
    for (const Route& route : routes())
        if (route.access >= Access::Guest && !refusal_of(route, caller))
            out.value(std::string{route.method} + " " + std::string{route.pattern});
    out.end_array();
}

ApiResponse the_caller(const Call& call, const Caller& caller, std::optional<Instant> until) {
    json::Writer out;
    out.begin_object().field("name", caller.name).field("role", to_text(caller.role));
    write_scope(out, call.api.fleet(), caller.scope);
    std::optional<WallTime> ends;
    if (until) ends = call.wall + (*until - call.now);
    // By which a caller whose answer was lost knows whether its order may be sent again.
    out.field("until", ends).field("started", call.api.state.started);
    write_what_he_may(out, caller);
    out.end_object();
    return json_response(out.take());
}

}  // namespace

void log_in(const Call& call) {
    Secret token;
    const auto read = [&token](Fields& fields) {
        token = Secret{fields.required_text("token", kTokenBytes)};
    };
    if (!read_body(call, read)) return;
    auto begun = call.api.identity.log_in(call.request, token);
    if (auto* refusal = std::get_if<ApiResponse>(&begun)) return call.respond(std::move(*refusal));
    call.api.viewers.look_again();  // an older one may have given way
    const auto& session = std::get<Identity::Begun>(begun);
    ApiResponse answer = the_caller(call, session.caller, session.until);
    answer.headers.emplace_back("Set-Cookie", session.cookie);
    call.respond(std::move(answer));
}

void show_session(const Call& call) {
    call.respond(the_caller(call, call.caller, call.api.identity.until(call.request)));
}

void log_out(const Call& call) {
    if (!read_no_body(call)) return;
    call.api.identity.log_out(call.request);
    call.api.viewers.look_again();
    ApiResponse answer{204, "", {}, {}};
    answer.headers.emplace_back("Set-Cookie",
                                session_cookie_to_forget(call.request, call.api.settings.web.tls));
    call.respond(std::move(answer));
}

}  // namespace understudy::api
