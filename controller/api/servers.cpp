#include "base/domain_name.h"
#include "controller/api/answers.h"
#include "controller/api/handlers.h"
#include "controller/api/long_list.h"
#include "controller/api/lookup.h"
#include "controller/api/views.h"

namespace understudy::api {
namespace {

constexpr std::size_t kWorkOfServerView = 30;

// {"server": {...}, "token": "usa_..."}: the only time the token is seen.
AfterCommit show_with_token(const Call& call, Secret token) {
    return [token = std::move(token), now = call.now, wall = call.wall](const Context& api,
                                                                        std::int64_t id) {
        return shown(api.fleet().server(ServerId{id}),
                     [&](json::Writer& out, const Server& server) {
                         out.begin_object().key("server");
                         write_server(out, api, server, now, wall);
                         out.field("token", token.reveal()).end_object();
                     });
    };
}

AddServer read_server(const Context& api, Fields& fields) {
    const bool allow_private = api.settings.allow_private_addresses;
    AddServer order;
    const std::string name = fields.required_text("name");
    if (!name.empty()) order.name = fields.take(read_label("name", name)).value_or("");
    const std::string ipv4 = fields.required_text("ipv4");
    if (!ipv4.empty()) {
        order.ipv4 = fields.take(read_ipv4("ipv4", ipv4, allow_private)).value_or(Ipv4{});
    }
    if (const auto ipv6 = fields.text("ipv6")) {
        order.ipv6 = fields.take(read_ipv6("ipv6", *ipv6, allow_private));
    }
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
    if (const auto ipv4 = fields.text("ipv4")) {
        order.ipv4 = fields.take(read_ipv4("ipv4", *ipv4, allow_private));
    }
    if (fields.is_null("ipv6")) order.ipv6.emplace();
    if (const auto ipv6 = fields.text("ipv6")) {
        order.ipv6 = fields.take(read_ipv6("ipv6", *ipv6, allow_private));
    }
    if (fields.has("labels")) order.labels = fields.labels("labels");
    order.dynamic = fields.flag("dynamic");
    return order;
}

}  // namespace

void list_servers(const Call& call) {
    answer_long_list(
        call, call.api.fleet().servers(), kWorkOfServerView,
        [](const Fleet& fleet, ServerId id) { return fleet.server(id); },
        [](json::Writer& out, const Context& api, const Server& server, const Moment& at) {
            write_server(out, api, server, at.now, at.wall);
        });
}

void add_server(const Call& call) {
    AddServer order;
    if (!read_body(call, [&](Fields& fields) { order = read_server(call.api, fields); })) return;
    Secret token = make_token("usa");
    order.token_hash = token_hash(token.reveal());
    order.token_prefix = token_lookup_prefix(token.reveal()).value_or("");
    const std::string location = "/api/v1/servers/" + order.name;
    give_order(call, std::move(order),
               as_created(show_with_token(call, std::move(token)), location));
}

void rotate_token(const Call& call) {
    const auto server = find_server(call.api.fleet(), call.capture());
    if (!server) return call.refuse(server.error());
    if (!read_no_body(call)) return;
    Secret token = make_token("usa");
    RotateToken order{(*server)->id, token_hash(token.reveal()),
                      token_lookup_prefix(token.reveal()).value_or("")};
    give_order(call, std::move(order), show_with_token(call, std::move(token)));
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
