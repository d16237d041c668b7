#include "controller/hub/loop.h"

#include <libwebsockets.h>
#include <sys/resource.h>
#include <uv.h>

#include <algorithm>
#include <csignal>
#include <string>

#include "base/ensure.h"
#include "base/log.h"

namespace understudy {
namespace {

constexpr rlim_t kDescriptorsWanted = 65'536;  // libwebsockets keeps 16 bytes for each
constexpr int kClosingTurns = 10'000;

// All zero: no timer per connection. They would all live in one sorted list that is searched from
// the front.
const lws_retry_bo_t kNoRetryPolicy{};

void raise_descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    const rlim_t wanted = std::min(limit.rlim_max, kDescriptorsWanted);
    if (limit.rlim_cur >= wanted) return;
    limit.rlim_cur = wanted;
    setrlimit(RLIMIT_NOFILE, &limit);
}

// What libwebsockets calls an error is mostly a peer that sent nonsense: details for whoever asks
// for them.
void log_detail(int level, const char* line) {
    std::string_view text{line};
    while (!text.empty() && text.back() == '\n')
        text.remove_suffix(1);
    log::debug("lws", text, {{"level", level}});
}

void log_error(int, const char* line) {
    std::string_view text{line};
    while (!text.empty() && text.back() == '\n')
        text.remove_suffix(1);
    log::error("lws", text);
}

}  // namespace

struct Loop::Handles {
    uv_loop_t loop{};
    uv_timer_t timer{};
    uv_async_t wake{};
    uv_signal_t signals[3]{};
    int signal_count = 0;
};

Loop::Loop() : handles_(std::make_unique<Handles>()) {}

Loop::~Loop() {
    close();
}

uv_loop_s* Loop::uv() const {
    return &handles_->loop;
}

Result<std::unique_ptr<Loop>> Loop::make(const LoopOptions& options) {
    raise_descriptor_limit();
    std::signal(SIGPIPE, SIG_IGN);
    std::unique_ptr<Loop> loop{new Loop};
    Result<Done> opened = loop->open(options);
    if (!opened) return opened.error();
    return loop;
}

void Loop::open_handles(bool catch_signals) {
    ensure(uv_loop_init(&handles_->loop) == 0);
    ensure(uv_timer_init(&handles_->loop, &handles_->timer) == 0);
    ensure(uv_async_init(&handles_->loop, &handles_->wake, [](uv_async_t*) {}) == 0);
    if (!catch_signals) return;
    for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
        uv_signal_t& handle = handles_->signals[handles_->signal_count++];
        ensure(uv_signal_init(&handles_->loop, &handle) == 0);
        handle.data = &signals_;
        const auto note = [](uv_signal_t* caught, int caught_number) {
            auto* signals = static_cast<LoopSignals*>(caught->data);
            (caught_number == SIGHUP ? signals->reload : signals->stop) = true;
        };
        ensure(uv_signal_start(&handle, note, number) == 0);
    }
}

Result<Done> Loop::open(const LoopOptions& options) {
    open_handles(options.catch_signals);

    lws_context_creation_info info{};
    void* loops[1] = {&handles_->loop};
    info.foreign_loops = loops;
    info.options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
                   LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS | LWS_SERVER_OPTION_VALIDATE_UTF8 |
                   LWS_SERVER_OPTION_UV_NO_SIGSEGV_SIGFPE_SPIN;
    if (options.tls) info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
    info.gid = -1;
    info.uid = -1;
    info.pcontext = &context_;
    info.retry_and_idle_policy = &kNoRetryPolicy;
    // Only connections that are upgrading hold a header buffer.
    info.max_http_header_pool2 = static_cast<unsigned>(options.logins_limit) + 16;
    info.max_http_header_data2 = 4096;
    info.timeout_secs = static_cast<unsigned>((options.step_deadline.count() + 999) / 1000);

    lws_set_log_level(LLL_ERR, log_error);
    lws_context* made = lws_create_context(&info);
    lws_set_log_level(LLL_ERR | LLL_WARN, log_detail);
    if (made == nullptr) {
        return Error{Errc::Invalid,
                     "libwebsockets could not start on a libuv loop",
                     "",
                     "install the package libwebsockets-evlib-uv",
                     {}};
    }
    context_ = made;
    return Done{};
}

void Loop::run_once(Instant until) {
    ensure(context_ != nullptr);
    uv_update_time(&handles_->loop);
    if (until != kNever) {
        const Duration wait = std::max(until - BootClock::now(), Duration{0});
        // A timer that is due already fires before uv_run() looks at the sockets; without uv_stop()
        // it would then wait for them, however long that takes.
        uv_timer_start(
            &handles_->timer, [](uv_timer_t* due) { uv_stop(due->loop); },
            static_cast<std::uint64_t>(wait.count()), 0);
    }
    uv_run(&handles_->loop, UV_RUN_ONCE);
    uv_timer_stop(&handles_->timer);
}

void Loop::wake() {
    uv_async_send(&handles_->wake);
}

LoopSignals Loop::take_signals() {
    return std::exchange(signals_, LoopSignals{});
}

// With a loop of our own libwebsockets needs two calls: the first starts closing the sockets, whose
// handles libuv closes in its own time; the second frees what is left. `context_` becomes null when
// it has.
void Loop::close() {
    if (!handles_) return;
    uv_loop_t* loop = &handles_->loop;
    if (context_ != nullptr) lws_context_destroy(context_);
    for (int i = 0; i < 100 && uv_run(loop, UV_RUN_NOWAIT) != 0; ++i) {
    }
    if (context_ != nullptr) lws_context_destroy(context_);
    for (int i = 0; i < handles_->signal_count; ++i) {
        uv_close(reinterpret_cast<uv_handle_t*>(&handles_->signals[i]), nullptr);
    }
    uv_close(reinterpret_cast<uv_handle_t*>(&handles_->timer), nullptr);
    uv_close(reinterpret_cast<uv_handle_t*>(&handles_->wake), nullptr);
    for (int i = 0; i < kClosingTurns && uv_run(loop, UV_RUN_NOWAIT) != 0; ++i) {
    }
    if (uv_loop_close(loop) != 0) log::warning("hub", "the event loop did not close cleanly");
    handles_.reset();
}

}  // namespace understudy
