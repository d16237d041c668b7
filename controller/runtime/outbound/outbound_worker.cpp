#include "controller/runtime/outbound/outbound_worker.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <future>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "controller/runtime/outbound/open_sockets.h"
#include "controller/runtime/outbound/outbound_dns.h"
#include "controller/runtime/outbound/outbound_transfer.h"

namespace understudy {
namespace {

constexpr int kPollMs = 1'000;
// What the thread needs to notice that the patience for stopping is over.
constexpr Duration kStopGrace{200};
// Late by less, nobody is told.
constexpr Duration kStandstill{100};

void initialise_curl_once() {
    static std::once_flag once;
    std::call_once(once, [] { ensure(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK); });
}

struct CloseMulti {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};

}  // namespace

// Everything below `thread` belongs to the worker's thread; what is above is made for both.
struct OutboundWorker::Impl {
    struct Submitted {
        TransferId id = 0;
        Transfer transfer;
    };

    Impl(const OutboundSettings& s, Mailbox<TransferDone>& a)
        : settings(s), answers(a), multi(make_multi()), inbox([this] { wake(); }) {}

    static CURLM* make_multi() {
        initialise_curl_once();
        CURLM* made = curl_multi_init();
        ensure(made != nullptr);
        return made;
    }

    void wake() const { curl_multi_wakeup(multi.get()); }
    void run();
    bool admit();
    bool may_start(const CurlTransfer& transfer) const;
    void start(std::unique_ptr<CurlTransfer> transfer);
    void collect();
    void finish(CURL* handle, CURLcode code);
    void wait(int most_ms);
    void poll(std::vector<curl_waitfd>& waited, Duration most);
    void expect(Instant by);
    bool patience_is_over() const;

    const OutboundSettings settings;
    Mailbox<TransferDone>& answers;
    OpenSockets sockets;  // outlives curl, which closes them there
    const std::unique_ptr<CURLM, CloseMulti> multi;
    Mailbox<Submitted> inbox;
    std::promise<void> ended;
    std::atomic<bool> stopping{false};
    std::atomic<Instant::rep> stop_at{0};
    std::atomic<bool> dropped{false};
    std::thread thread;

    Instant expected_by = kNever;
    std::deque<std::unique_ptr<CurlTransfer>> waiting;
    std::unordered_map<CURL*, std::unique_ptr<CurlTransfer>> running;
    std::unordered_map<std::string, int> running_at;
    DnsExchanges dns{[this](TransferId id, DnsAnswer answer) {
        answers.post(TransferDone{id, std::move(answer)});
    }};
};

// The order matters for stopping: `stopping` is read before the inbox, so that what was submitted
// before stop() is seen before "nothing is left" is.
void OutboundWorker::Impl::run() {
    for (;;) {
        const bool was_stopping = stopping;
        const bool idle = admit();
        if (was_stopping && (idle || patience_is_over())) break;
        int still_running = 0;
        curl_multi_perform(multi.get(), &still_running);
        expect(BootClock::now());
        collect();
        // Answers may have made room for those that wait.
        if (!waiting.empty() && running.size() < static_cast<std::size_t>(settings.running_total)) {
            admit();
            curl_multi_perform(multi.get(), &still_running);
            expect(BootClock::now());
            collect();
        }
        dns.work(BootClock::now());
        wait(was_stopping ? 20 : kPollMs);
    }
    dropped = !running.empty() || !waiting.empty() || !dns.idle();
    for (const auto& [handle, transfer] : running)
        curl_multi_remove_handle(multi.get(), handle);
    running.clear();
    waiting.clear();
    ended.set_value();
}

// True when there is nothing left to do.
bool OutboundWorker::Impl::admit() {
    for (auto& submitted : inbox.take_all()) {
        if (auto* exchange = std::get_if<DnsExchange>(&submitted.transfer)) {
            dns.add(submitted.id, std::move(*exchange));
        } else {
            waiting.push_back(make_curl_transfer(submitted.id, std::move(submitted.transfer)));
        }
    }
    std::deque<std::unique_ptr<CurlTransfer>> still_waiting;
    for (auto& transfer : waiting) {
        if (may_start(*transfer)) {
            start(std::move(transfer));
        } else {
            still_waiting.push_back(std::move(transfer));
        }
    }
    waiting = std::move(still_waiting);
    return running.empty() && waiting.empty() && dns.idle();
}

bool OutboundWorker::Impl::may_start(const CurlTransfer& transfer) const {
    if (!transfer.waits_in_line()) return true;
    if (running.size() >= static_cast<std::size_t>(settings.running_total)) return false;
    const auto at_host = running_at.find(transfer.host());
    return at_host == running_at.end() || at_host->second < settings.running_per_host;
}

void OutboundWorker::Impl::start(std::unique_ptr<CurlTransfer> transfer) {
    transfer->prepare(settings, sockets);
    CURL* const handle = transfer->handle();
    ++running_at[transfer->host()];
    running.emplace(handle, std::move(transfer));
    if (curl_multi_add_handle(multi.get(), handle) != CURLM_OK) finish(handle, CURLE_FAILED_INIT);
}

void OutboundWorker::Impl::collect() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi.get(), &left)) {
        if (message->msg == CURLMSG_DONE) finish(message->easy_handle, message->data.result);
    }
}

void OutboundWorker::Impl::finish(CURL* handle, CURLcode code) {
    const auto entry = running.find(handle);
    ensure(entry != running.end());
    const auto transfer = std::move(entry->second);
    running.erase(entry);
    const auto at_host = running_at.find(transfer->host());
    if (--at_host->second == 0) running_at.erase(at_host);
    // Read the answer first: the certificate goes with the connection.
    auto answer = transfer->finish(code);
    curl_multi_remove_handle(multi.get(), handle);
    answers.post(TransferDone{transfer->id(), std::move(answer)});
}

// For curl's sockets, those of DNS, and a wake-up.
void OutboundWorker::Impl::wait(int most_ms) {
    std::vector<curl_waitfd> waited;
    for (const auto& each : dns.sockets()) {
        curl_waitfd entry{};
        entry.fd = each.descriptor;
        entry.events = each.to_write ? CURL_WAIT_POLLOUT : CURL_WAIT_POLLIN;
        waited.push_back(entry);
    }
    const Instant deadline = dns.next_deadline();
    const Duration left = deadline == kNever ? Duration{most_ms} : deadline - BootClock::now();
    poll(waited, std::clamp(left, Duration{0}, Duration{most_ms}));
}

void OutboundWorker::Impl::poll(std::vector<curl_waitfd>& waited, Duration most) {
    long until_ms = -1;  // curl's own next look
    curl_multi_timeout(multi.get(), &until_ms);
    if (until_ms >= 0) most = std::min(most, Duration{until_ms});
    expect(BootClock::now() + most);
    curl_multi_poll(multi.get(), waited.data(), static_cast<unsigned>(waited.size()),
                    static_cast<int>(most.count()), nullptr);
    expect(BootClock::now());
}

// Whoever was not here when it said it would be has not seen what arrived in time.
void OutboundWorker::Impl::expect(Instant by) {
    const Instant now = BootClock::now();
    if (now - kStandstill > expected_by) {
        for (const auto& [handle, transfer] : running)
            transfer->stood_still(now - expected_by);
    }
    expected_by = by;
}

bool OutboundWorker::Impl::patience_is_over() const {
    return BootClock::now().time_since_epoch().count() >= stop_at;
}

OutboundWorker::OutboundWorker(const OutboundSettings& settings, Mailbox<TransferDone>& answers)
    : impl_(std::make_unique<Impl>(settings, answers)) {
    curl_multi_setopt(impl_->multi.get(), CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_NOTHING));
    curl_multi_setopt(impl_->multi.get(), CURLMOPT_MAXCONNECTS,
                      static_cast<long>(settings.running_total));
    impl_->thread = std::thread{[this] { impl_->run(); }};
}

OutboundWorker::~OutboundWorker() {
    stop(Duration{0});
}

void OutboundWorker::submit(TransferId id, Transfer transfer) {
    if (impl_->stopping) return;
    impl_->inbox.post(Impl::Submitted{id, std::move(transfer)});
}

bool OutboundWorker::stop(Duration patience) {
    if (impl_->thread.joinable()) {
        impl_->stop_at = (BootClock::now() + patience).time_since_epoch().count();
        impl_->stopping = true;
        impl_->wake();
        auto ended = impl_->ended.get_future();
        if (ended.wait_for(patience + kStopGrace) != std::future_status::ready) {
            impl_->sockets.shut_down();
        }
        impl_->thread.join();
    }
    return !impl_->dropped;
}

}  // namespace understudy
