#include "controller/runtime/outbound/program_worker.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <deque>
#include <thread>

#include "base/descriptor.h"
#include "base/ensure.h"
#include "base/spawn.h"

namespace understudy {
namespace {

constexpr std::size_t kProgramsAtOnce = 8;
constexpr std::size_t kOutputKept = 4'096;
constexpr Duration kLongestSleep{1'000};

// A file in memory that holds the text: nobody has to wait until a program has read it.
Descriptor file_of(const std::string& text) {
    Descriptor file{::memfd_create("notification", MFD_CLOEXEC)};
    if (file && !write_all(file.get(), text)) return Descriptor{};
    if (file) ::lseek(file.get(), 0, SEEK_SET);
    return file;
}

struct Run {
    TransferId id = 0;
    Instant deadline{};
    bool killed = false;
    Child child;
};

void read_output(Child& child) {
    if (child.output && !child.read_output(kOutputKept)) child.output = Descriptor{};
}

// Empty: it runs.
std::string begin(Child& child, const ProgramRequest& request) {
    const Descriptor input = file_of(request.input);
    if (!input) return std::string{"cannot keep what it is to read: "} + std::strerror(errno);
    std::string trouble = child.start(request.program.command, input.get());
    if (!trouble.empty() && child.pid >= 0) child.kill_group();
    return trouble;
}

}  // namespace

// Everything below `thread` belongs to the worker's thread.
struct ProgramWorker::Impl {
    struct Submitted {
        TransferId id = 0;
        ProgramRequest request;
    };

    explicit Impl(Mailbox<TransferDone>& a) : answers(a), inbox([this] { wake(); }) {
        ensure(wake_up);
    }
    void wake() const { ::eventfd_write(wake_up.get(), 1); }
    void run();
    bool admit();
    void start(const Submitted& submitted);
    void wait(bool stopping_now);
    void look();
    bool ended(Run& each);

    Mailbox<TransferDone>& answers;
    const Descriptor wake_up{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
    Mailbox<Submitted> inbox;
    std::atomic<bool> stopping{false};
    std::atomic<Instant::rep> stop_at{0};
    std::atomic<bool> dropped{false};
    std::thread thread;

    std::deque<Submitted> waiting;
    std::vector<Run> running;
    ChildReaper left_behind;
};

// `stopping` is read before the inbox, so that what was submitted before stop() is seen.
void ProgramWorker::Impl::run() {
    for (;;) {
        const bool was_stopping = stopping;
        const bool idle = admit();
        const bool over = BootClock::now().time_since_epoch().count() >= stop_at;
        if (was_stopping && (idle || over)) break;
        wait(was_stopping);
        look();
        left_behind.collect();
    }
    dropped = !running.empty() || !waiting.empty();
    for (const Run& each : running) {
        each.child.kill_group();
        left_behind.adopt(each.child.pid);  // init has the rest
    }
}

// True when there is nothing left to do.
bool ProgramWorker::Impl::admit() {
    for (Submitted& each : inbox.take_all())
        waiting.push_back(std::move(each));
    while (!waiting.empty() && running.size() < kProgramsAtOnce) {
        start(waiting.front());
        waiting.pop_front();
    }
    return running.empty() && waiting.empty();
}

void ProgramWorker::Impl::start(const Submitted& submitted) {
    Run run;
    run.id = submitted.id;
    ProgramAnswer answer;
    answer.trouble = begin(run.child, submitted.request);
    if (answer.trouble.empty()) {
        run.deadline = BootClock::now() + submitted.request.program.timeout;
        running.push_back(std::move(run));
        return;
    }
    if (run.child.pid >= 0) left_behind.adopt(run.child.pid);
    answers.post(TransferDone{submitted.id, std::move(answer)});
}

void ProgramWorker::Impl::wait(bool stopping_now) {
    std::vector<pollfd> watched{{wake_up.get(), POLLIN, 0}};
    Instant until = BootClock::now() + (stopping_now ? Duration{20} : kLongestSleep);
    for (const Run& each : running) {
        watched.push_back({each.child.process.get(), POLLIN, 0});
        if (each.child.output) watched.push_back({each.child.output.get(), POLLIN, 0});
        if (!each.killed) until = std::min(until, each.deadline);
    }
    const Duration left = std::max(Duration{0}, until - BootClock::now());
    ::poll(watched.data(), watched.size(), static_cast<int>(left.count()));
    eventfd_t woken = 0;
    ::eventfd_read(wake_up.get(), &woken);
}

void ProgramWorker::Impl::look() {
    const Instant now = BootClock::now();
    for (Run& each : running) {
        read_output(each.child);
        if (each.killed || now < each.deadline) continue;
        each.child.kill_group();
        each.killed = true;
    }
    std::erase_if(running, [&](Run& each) { return ended(each); });
}

// One that was killed is answered at once: a program that hangs in the kernel ends when it may.
bool ProgramWorker::Impl::ended(Run& each) {
    const auto end = each.child.ended();
    if (!end && !each.killed) return false;
    each.child.kill_group();  // what it left behind ends with it
    left_behind.adopt(each.child.pid);
    read_output(each.child);  // what it wrote last
    ProgramAnswer answer;
    // One that ended by itself did so in time, however late this thread came to look.
    answer.timed_out = each.killed && !(end && end->by_itself);
    if (end) answer.code = end->code;
    answer.output = std::move(each.child.text);
    answers.post(TransferDone{each.id, std::move(answer)});
    return true;
}

ProgramWorker::ProgramWorker(Mailbox<TransferDone>& answers)
    : impl_(std::make_unique<Impl>(answers)) {
    impl_->thread = std::thread{[this] { impl_->run(); }};
}

ProgramWorker::~ProgramWorker() {
    stop(Duration{0});
}

void ProgramWorker::submit(TransferId id, Transfer transfer) {
    auto* request = std::get_if<ProgramRequest>(&transfer);
    ensure(request != nullptr);
    if (impl_->stopping) return;
    impl_->inbox.post(Impl::Submitted{id, std::move(*request)});
}

bool ProgramWorker::stop(Duration patience) {
    if (impl_->thread.joinable()) {
        impl_->stop_at = (BootClock::now() + patience).time_since_epoch().count();
        impl_->stopping = true;
        impl_->wake();
        impl_->thread.join();
    }
    return !impl_->dropped;
}

}  // namespace understudy
