#include "controller/hub/vhost.h"

#include <sys/socket.h>

namespace understudy {
namespace {

const lws_retry_bo_t kNoTimers{};  // see Loop

}  // namespace

Result<lws_vhost*> make_vhost(const Loop& loop, const VhostOptions& options) {
    lws_context_creation_info info{};
    info.port = CONTEXT_PORT_NO_LISTEN_SERVER;
    info.vhost_name = options.name;
    info.protocols = options.protocols;
    info.user = options.user;
    info.retry_and_idle_policy = &kNoTimers;
    info.alpn = "http/1.1";
    info.gid = -1;
    info.uid = -1;
    if (options.tls != nullptr) {
        info.options =
            LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT | LWS_SERVER_OPTION_CREATE_VHOST_SSL_CTX;
    }
    lws_vhost* vhost = lws_create_vhost(loop.context(), &info);
    if (vhost == nullptr) return invalid("listen", "libwebsockets could not prepare the listener");
    return vhost;
}

lws* adopt(lws_vhost* vhost, int descriptor, bool http, void* opaque) {
    lws_adopt_desc_t info{};
    info.vh = vhost;
    info.type = static_cast<lws_adoption_type>(LWS_ADOPT_SOCKET | LWS_ADOPT_ALLOW_SSL |
                                               (http ? LWS_ADOPT_HTTP : 0));
    info.fd.sockfd = descriptor;
    info.opaque = opaque;
    return lws_adopt_descriptor_vhost_via_info(&info);
}

// Left alone libwebsockets would first say good-bye and wait for the answer, twice timeout_secs.
void drop(lws* socket) {
    shutdown(lws_get_socket_fd(socket), SHUT_RDWR);
    lws_set_timeout(socket, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
}

}  // namespace understudy
