#include "controller/api/admittance.h"
#include "controller/api/answers.h"
#include "controller/api/handlers.h"
#include "controller/api/long_list.h"
#include "controller/api/lookup.h"
#include "controller/api/views.h"

namespace understudy::api {
namespace {

constexpr std::size_t kWorkOfServerView = 30;

// {"server": {...}, "token": "usa_...", "enrolment": {...}}
AfterCommit show_admitted(const Call& call, Admittance made) {
    return [made = std::move(made), at = Moment{call.now, call.wall}](const Context& api,
                                                                      std::int64_t id) {
        return shown(api.fleet().server(ServerId{id}),
                     [&](json::Writer& out, const Server& server) {
                         out.begin_object().key("server");
                         write_server(out, api, server, at);
                         made.write(out, api, server);
                         out.end_object();
                     });
    };
}

AddServer read_server(const Context& api, Fields& fields) {
    const bool allow_private = api.settings.allow_private_addresses;
    AddServer order;
    order.name = fields.label("name");
    if (!fields.required_text("ipv4").empty())
        order.ipv4 = fields.ipv4("ipv4", allow_private).value_or(Ipv4{});
    order.ipv6 = fields.ipv6("ipv6", allow_private);
    order.labels = fields.labels("labels");
    order.dynamic = fields.flag("dynamic").value_or(false);
    return order;
}

// The fields that are left out stay as they are when it is carried out; an IPv6 address of null is
// taken away.
EditServer read_changes(const Context& api, Fields& fields, ServerId server) {
    const bool allow_private = api.settings.allow_private_addresses;
    EditServer order;
    order.server = server;
    if (fields.empty()) {
        fields.complain("", "nothing to change is given", "give ipv4, ipv6, labels or dynamic");
    }
    order.ipv4 = fields.ipv4("ipv4", allow_private);
    if (fields.is_null("ipv6")) order.ipv6.emplace();
    if (fields.has("ipv6")) order.ipv6 = fields.ipv6("ipv6", allow_private);
    if (fields.has("labels")) order.labels = fields.labels("labels");
    order.dynamic = fields.flag("dynamic");
    return order;
}

}  // namespace

void list_servers(const Call& call) {
    answer_long_list(
        call, call.api.fleet().servers(), kWorkOfServerView,
        [](const Fleet& fleet, ServerId id) { return fleet.server(id); }, write_server);
}

void add_server(const Call& call) {
    AddServer order;
    if (!read_body(call, [&](Fields& fields) { order = read_server(call.api, fields); })) return;
    Admittance made;
    made.put_into(order);
    const std::string location = "/api/v1/servers/" + order.name;
    give_order(call, std::move(order), as_created(show_admitted(call, std::move(made)), location));
}

void rotate_token(const Call& call) {
    const auto server = find_server(call.api.fleet(), call.capture());
    if (!server) return call.refuse(server.error());
    RotateToken order;
    order.server = (*server)->id;
    const auto read = [&](Fields& fields) {
        order.at_once = fields.flag("at_once").value_or(false);
    };
    if (!read_body(call, read)) return;
    Admittance made;
    made.put_into(order);
    give_order(call, std::move(order), show_admitted(call, std::move(made)));
}

void edit_server(const Call& call) {
    const auto server = find_server(call.api.fleet(), call.capture());
    if (!server) return call.refuse(server.error());
    EditServer order;
    const auto read = [&](Fields& fields) {
        order = read_changes(call.api, fields, (*server)->id);
    };
    if (!read_body(call, read)) return;
    give_order(call, std::move(order), showing(call, the_server));
}

}  // namespace understudy::api
