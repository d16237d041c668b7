#include "controller/api/handlers.h"
#include "controller/api/lookup.h"
#include "controller/api/page.h"
#include "controller/api/views.h"

namespace understudy::api {
namespace {

ApiResponse channel_answer(const Context& api, const Channel* channel) {
    return shown(channel,
                 [&](json::Writer& out, const Channel& found) { write_channel(out, api, found); });
}

}  // namespace

void list_channels(const Call& call) {
    answer_list(call, call.api.fleet().channels(), [&](json::Writer& out, const Channel& channel) {
        write_channel(out, call.api, channel);
    });
}

void show_channel(const Call& call) {
    const auto channel = find_channel(call.api.fleet(), call.capture());
    if (!channel) return call.refuse(channel.error());
    call.respond(channel_answer(call.api, *channel));
}

void remove_channel(const Call& call) {
    const auto channel = find_channel(call.api.fleet(), call.capture());
    if (!channel) return call.refuse(channel.error());
    if (!read_no_body(call)) return;
    give_order(call, RemoveChannel{(*channel)->id},
               [](const Context&, std::int64_t) { return no_content(); });
}

void enable_channel(const Call& call) {
    const auto channel = find_channel(call.api.fleet(), call.capture());
    if (!channel) return call.refuse(channel.error());
    if (!read_no_body(call)) return;
    give_order(call, EnableChannel{(*channel)->id}, [](const Context& api, std::int64_t id) {
        return channel_answer(api, api.fleet().channel(ChannelId{id}));
    });
}

// 202: the notification is in the outbox; how it went is seen at /api/v1/notifications/{id}.
void test_channel(const Call& call) {
    const auto channel = find_channel(call.api.fleet(), call.capture());
    if (!channel) return call.refuse(channel.error());
    if (!read_no_body(call)) return;
    if ((*channel)->disabled) {
        return call.refuse(conflict("channel '" + (*channel)->name + "' is disabled",
                                    "enable it again when its receiver is there"));
    }
    give_order(call, TestChannel{(*channel)->id}, [](const Context&, std::int64_t id) {
        json::Writer out;
        out.begin_object().field("notification", id).end_object();
        ApiResponse response = json_response(out.take());
        response.status = 202;
        response.headers.emplace_back("Location", "/api/v1/notifications/" + std::to_string(id));
        return response;
    });
}

}  // namespace understudy::api
