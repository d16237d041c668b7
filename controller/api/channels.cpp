#include "controller/api/handlers.h"
#include "controller/api/page.h"
#include "controller/api/views.h"

namespace understudy::api {

void list_channels(const Call& call) {
    answer_list(call, call.api.fleet().channels(), [&](json::Writer& out, const Channel& channel) {
        write_channel(out, call.api, channel);
    });
}

}  // namespace understudy::api
