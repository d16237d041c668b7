// What people force on everything at once.
#include "controller/api/handlers.h"
#include "controller/api/views.h"
#include "controller/api/wishes.h"

namespace understudy::api {
namespace {

ApiResponse show_controls(const Context& api, std::int64_t) {
    json::Writer out;
    write_controls(out, api.fleet().controls());
    return json_response(out.take());
}

template <typename Forcing>
void force(const Call& call, Wish (*read)(Fields&)) {
    Forcing order;
    if (!read_body(call, [&](Fields& fields) { order.wish = read(fields); })) return;
    give_order(call, std::move(order), show_controls);
}

template <typename Ending>
void end(const Call& call) {
    if (!read_no_body(call)) return;
    give_order(call, Ending{}, [](const Context&, std::int64_t) { return no_content(); });
}

}  // namespace

void get_controls(const Call& call) {
    call.respond(show_controls(call.api, 0));
}

void pause_all(const Call& call) {
    force<PauseAll>(call, read_wish);
}

void resume_all(const Call& call) {
    end<ResumeAll>(call);
}

void observe_all(const Call& call) {
    force<ObserveAll>(call, read_wish);
}

void unobserve_all(const Call& call) {
    end<UnobserveAll>(call);
}

void accept_losses(const Call& call) {
    force<AcceptLosses>(call, read_why);
}

}  // namespace understudy::api
