// One libwebsockets vhost per kind of listener: its callback, its TLS. Connections are adopted into
// it, it does not listen itself. For agent_listener.cpp and http_listener.cpp.
#pragma once

#include <libwebsockets.h>

#include "base/result.h"
#include "controller/hub/loop.h"
#include "controller/hub/peer.h"
#include "controller/hub/tls.h"

namespace understudy {

struct VhostOptions {
    const char* name = "";
    const lws_protocols* protocols = nullptr;
    void* user = nullptr;  // lws_vhost_user() of every connection
    Tls* tls = nullptr;    // null: plain text. Told by the callback's answer to
                           // LOAD_EXTRA_SERVER_VERIFY_CERTS
};

Result<lws_vhost*> make_vhost(const Loop& loop, const VhostOptions& options);

// Hands a descriptor to libwebsockets, which closes it in any case. `opaque` is the connection's
// lws_get_opaque_user_data(). Null: it failed.
lws* adopt(lws_vhost* vhost, int descriptor, bool http, void* opaque);

// Ends a connection without a word, soon: not from within this call.
void drop(lws* socket);

}  // namespace understudy
