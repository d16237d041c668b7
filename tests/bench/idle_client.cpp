// The floor for understudy-agent: a TLS WebSocket client of libwebsockets that stays connected and
// does nothing else, with the same lean settings. agent_footprint.py runs both against one
// controller and compares.
//     idle_client HOST PORT CA_FILE TOKEN
#include <libwebsockets.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

std::string authorization;

int on_event(lws* wsi, lws_callback_reasons reason, void*, void* in, std::size_t size) {
    if (reason == LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER) {
        auto** at = static_cast<unsigned char**>(in);
        return lws_add_http_header_by_token(
            wsi, WSI_TOKEN_HTTP_AUTHORIZATION,
            reinterpret_cast<const unsigned char*>(authorization.data()),
            static_cast<int>(authorization.size()), at, *at + size);
    }
    if (reason == LWS_CALLBACK_CLIENT_ESTABLISHED) lws_callback_on_writable(wsi);
    if (reason == LWS_CALLBACK_CLIENT_WRITEABLE) {
        std::string frame(LWS_PRE, '\0');
        const std::string hello =
            R"({"type":"hello","versions":[1],"agent":"idle","status":{"ok":true,"failing":[]}})";
        frame += hello;
        lws_write(wsi, reinterpret_cast<unsigned char*>(frame.data()) + LWS_PRE, hello.size(),
                  LWS_WRITE_TEXT);
    }
    const bool over =
        reason == LWS_CALLBACK_CLIENT_CONNECTION_ERROR || reason == LWS_CALLBACK_CLIENT_CLOSED;
    if (over) std::exit(1);
    return 0;
}

constexpr char kSubprotocol[] = "understudy.agent.v1";
const std::array<lws_protocols, 2> kProtocols{{
    {kSubprotocol, on_event, 0, 512, 0, nullptr, 0},
    {nullptr, nullptr, 0, 0, 0, nullptr, 0},
}};
const lws_retry_bo_t kNoPolicy{};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 5) return 2;
    authorization = std::string{"Bearer "} + argv[4];
    lws_set_log_level(0, nullptr);
    lws_context_creation_info info{};
    info.port = CONTEXT_PORT_NO_LISTEN;
    info.protocols = kProtocols.data();
    info.retry_and_idle_policy = &kNoPolicy;
    info.fd_limit_per_thread = 16;
    info.max_http_header_pool = 2;
    info.max_http_header_data = 2048;
    info.pt_serv_buf_size = 2048;
    info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT | LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS;
    info.client_ssl_ca_filepath = argv[3];
    lws_context* context = lws_create_context(&info);
    if (context == nullptr) return 1;

    lws_client_connect_info connection{};
    connection.context = context;
    connection.address = argv[1];
    connection.host = argv[1];
    connection.port = std::atoi(argv[2]);
    connection.path = "/agent";
    connection.protocol = kSubprotocol;
    connection.ssl_connection = LCCSCF_USE_SSL;
    connection.retry_and_idle_policy = &kNoPolicy;
    if (lws_client_connect_via_info(&connection) == nullptr) return 1;
    while (lws_service(context, 0) >= 0) {
    }
    return 0;
}
