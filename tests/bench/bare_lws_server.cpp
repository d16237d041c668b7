// The floor for the hub: a bare WebSocket server of libwebsockets on the libuv loop, with TLS and
// the same lean buffers, that knows nobody and answers every text with a short one.
//     bare_lws_server PORT CERTIFICATE KEY
#include <libwebsockets.h>
#include <sys/resource.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

int on_event(lws* wsi, lws_callback_reasons reason, void*, void*, std::size_t) {
    if (reason != LWS_CALLBACK_RECEIVE || lws_is_final_fragment(wsi) == 0) return 0;
    constexpr char kAnswer[] = R"({"type":"heartbeat_ack","sequence":1})";
    std::string frame(LWS_PRE, '\0');
    frame += kAnswer;
    const int written = lws_write(wsi, reinterpret_cast<unsigned char*>(frame.data()) + LWS_PRE,
                                  sizeof kAnswer - 1, LWS_WRITE_TEXT);
    return written < 0 ? -1 : 0;
}

const std::array<lws_protocols, 2> kProtocols{{
    {"understudy.agent.v1", on_event, 0, 512, 0, nullptr, 0},
    {nullptr, nullptr, 0, 0, 0, nullptr, 0},
}};
const lws_retry_bo_t kNoPolicy{};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) return 2;
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max < 65'536 ? limit.rlim_max : 65'536;
    setrlimit(RLIMIT_NOFILE, &limit);
    lws_set_log_level(0, nullptr);
    lws_context_creation_info info{};
    info.port = std::atoi(argv[1]);
    info.iface = "127.0.0.1";
    info.protocols = kProtocols.data();
    info.retry_and_idle_policy = &kNoPolicy;
    info.max_http_header_pool = 256;
    info.max_http_header_data = 2048;
    info.options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT |
                   LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS;
    info.ssl_cert_filepath = argv[2];
    info.ssl_private_key_filepath = argv[3];
    lws_context* context = lws_create_context(&info);
    if (context == nullptr) return 1;
    std::puts("listening");
    std::fflush(stdout);
    while (lws_service(context, 0) >= 0) {
    }
    return 0;
}
