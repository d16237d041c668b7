#include "controller/api/answers.h"

#include <algorithm>

#include "controller/api/page.h"
#include "controller/api/views.h"

namespace understudy::api {

ApiResponse the_server(const Context& api, std::int64_t id, const Moment& at) {
    return shown(api.fleet().server(ServerId{id}), [&](json::Writer& out, const Server& server) {
        write_server(out, api, server, at);
    });
}

ApiResponse the_pool(const Context& api, std::int64_t id, const Moment& at) {
    return shown(api.fleet().pool(PoolId{id}),
                 [&](json::Writer& out, const Pool& pool) { write_pool(out, api, pool, at); });
}

ApiResponse the_domain(const Context& api, std::int64_t id, const Moment&) {
    return shown(api.fleet().domain(DomainId{id}),
                 [&](json::Writer& out, const Domain& domain) { write_domain(out, api, domain); });
}

ApiResponse the_provider(const Context& api, std::int64_t id, const Moment&) {
    const auto write = [&](json::Writer& out, const ProviderAccount& account) {
        const auto domains =
            std::ranges::count(api.fleet().domains(), account.id, &Domain::provider);
        write_provider(out, api, account, static_cast<std::size_t>(domains));
    };
    return shown(api.fleet().provider(ProviderId{id}), write);
}

ApiResponse the_channel(const Context& api, std::int64_t id, const Moment&) {
    return shown(api.fleet().channel(ChannelId{id}),
                 [&](auto& out, const Channel& channel) { write_channel(out, api, channel); });
}

ApiResponse the_token(const Context& api, std::int64_t id, const Moment& at) {
    return shown(api.fleet().token(TokenId{id}), [&](json::Writer& out, const Token& token) {
        write_token(out, api.fleet(), token, at.wall);
    });
}

ApiResponse the_controls(const Context& api, std::int64_t, const Moment&) {
    json::Writer out;
    write_controls(out, api.fleet().controls());
    return json_response(out.take());
}

ApiResponse nothing(const Context&, std::int64_t, const Moment&) {
    return ApiResponse{204, "", {}, ""};
}

ApiResponse the_test_sent(const Context&, std::int64_t id, const Moment&) {
    json::Writer out;
    out.begin_object().field("notification", id).end_object();
    ApiResponse response = json_response(out.take());
    response.status = 202;
    response.headers.emplace_back("Location", "/api/v1/notifications/" + std::to_string(id));
    return response;
}

AfterCommit showing(const Call& call, Show show) {
    return [show, at = Moment{call.now, call.wall}](const Context& api, std::int64_t id) {
        return show(api, id, at);
    };
}

}  // namespace understudy::api
