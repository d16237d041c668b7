#include "controller/runtime/served/name_worker.h"

#include <ares.h>
#include <arpa/nameser.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <list>
#include <map>
#include <mutex>
#include <thread>
#include <tuple>
#include <unordered_map>

#include "base/ensure.h"
#include "base/ip_address.h"
#include "controller/runtime/served/name_answer.h"

namespace understudy {
namespace {

constexpr int kFirstWaitMs = 1'000;  // the second is twice that
constexpr int kTries = 2;
constexpr int kTcpWaitMs = 3'000;  // c-ares asks over a connection once
constexpr Duration kLongestPoll{1'000};
constexpr std::size_t kChannelsKept = 256;
constexpr Duration kKeptIdle{10'000};  // resolv.conf is read again for the next question

int type_of(NameQuestion::Type type) {
    switch (type) {
        case NameQuestion::Type::A:
            return ns_t_a;
        case NameQuestion::Type::Aaaa:
            return ns_t_aaaa;
        case NameQuestion::Type::Ns:
            return ns_t_ns;
    }
    return ns_t_a;
}

// "[2001:db8::53]:53"
std::string server_entry(const std::string& address, std::uint16_t port) {
    const std::string host = parse_ipv6(address) ? "[" + address + "]" : address;
    return host + ":" + std::to_string(port);
}

// What one c-ares channel is for: it has one list of servers, and one way to ask them.
struct Line {
    std::string server;
    std::uint16_t port = 53;
    bool recurse = false;
    bool tcp = false;
    friend auto operator<=>(const Line&, const Line&) = default;
};

}  // namespace

// Everything below `thread` belongs to the worker's thread.
struct NameWorker::Impl {
    struct Submitted {
        TransferId id = 0;
        NameQuestion question;
    };
    struct Channel {
        Impl* worker = nullptr;
        ares_channel ares = nullptr;
        int under_way = 0;
        Instant used{};
        Channel() = default;
        Channel(const Channel&) = delete;
        Channel& operator=(const Channel&) = delete;
        ~Channel() {
            if (ares != nullptr) ares_destroy(ares);
        }
    };
    struct Asked {
        Channel* channel = nullptr;
        Submitted what;
        std::list<Asked>::iterator place = {};
    };
    struct Watched {
        Channel* channel = nullptr;
        short events = 0;
    };

    explicit Impl(Mailbox<TransferDone>& a) : answers(a), inbox([this] { wake(); }) {
        static std::once_flag once;
        std::call_once(once, [] { ensure(ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS); });
        ensure(wake_up >= 0);
    }
    ~Impl() { ::close(wake_up); }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    void wake() const { ::eventfd_write(wake_up, 1); }
    void run();
    void ask(Submitted submitted);
    Channel* line_to(const NameQuestion& question);
    bool open(Channel& channel, const NameQuestion& question);
    void wait();
    int wait_ms();
    void close_idle();
    static void answered(void* asked, int status, int timeouts, unsigned char* message, int size);
    static void watch(void* channel, ares_socket_t socket, int readable, int writable);

    Mailbox<TransferDone>& answers;
    const int wake_up = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    Mailbox<Submitted> inbox;
    std::atomic<bool> stopping{false};
    std::thread thread;

    std::unordered_map<int, Watched> sockets;  // outlives the channels, which close them
    std::list<Asked> under_way;
    std::map<Line, Channel> channels;
};

void NameWorker::Impl::run() {
    while (!stopping) {
        for (auto& submitted : inbox.take_all())
            ask(std::move(submitted));
        wait();
        close_idle();
    }
    channels.clear();
}

void NameWorker::Impl::ask(Submitted submitted) {
    Channel* channel = line_to(submitted.question);
    if (channel == nullptr) {
        NameAnswer nothing;
        nothing.problem = "cannot be asked from here";
        answers.post(TransferDone{submitted.id, std::move(nothing)});
        return;
    }
    channel->used = BootClock::now();
    ++channel->under_way;
    under_way.push_back({channel, std::move(submitted)});
    under_way.back().place = std::prev(under_way.end());
    const NameQuestion& question = under_way.back().what.question;
    ares_query(channel->ares, question.name.c_str(), ns_c_in, type_of(question.type), &answered,
               &under_way.back());
}

// None: it could not be opened.
NameWorker::Impl::Channel* NameWorker::Impl::line_to(const NameQuestion& question) {
    const Line line{question.server, question.port, question.recurse, question.tcp};
    Channel& channel = channels[line];
    if (channel.ares != nullptr || open(channel, question)) return &channel;
    channels.erase(line);
    return nullptr;
}

bool NameWorker::Impl::open(Channel& channel, const NameQuestion& question) {
    channel.worker = this;
    ares_options options{};
    options.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_NOCHECKRESP |
                    (question.recurse ? 0 : ARES_FLAG_NORECURSE) |
                    (question.tcp ? ARES_FLAG_USEVC : 0);
    options.timeout = question.tcp ? kTcpWaitMs : kFirstWaitMs;
    options.tries = kTries;
    options.sock_state_cb = &watch;
    options.sock_state_cb_data = &channel;
    const int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB;
    if (ares_init_options(&channel.ares, &options, mask) != ARES_SUCCESS) {
        channel.ares = nullptr;
        return false;
    }
    if (question.server.empty()) return true;  // whom resolv.conf names
    const std::string server = server_entry(question.server, question.port);
    return ares_set_servers_ports_csv(channel.ares, server.c_str()) == ARES_SUCCESS;
}

void NameWorker::Impl::answered(void* asked, int status, int, unsigned char* message, int size) {
    auto& entry = *static_cast<Asked*>(asked);
    Impl& self = *entry.channel->worker;
    --entry.channel->under_way;
    const std::string_view text = message == nullptr || size <= 0
                                      ? std::string_view{}
                                      : std::string_view{reinterpret_cast<const char*>(message),
                                                         static_cast<std::size_t>(size)};
    if (status != ARES_EDESTRUCTION) {
        self.answers.post(
            TransferDone{entry.what.id, read_name_answer(entry.what.question, status, text)});
    }
    self.under_way.erase(entry.place);
}

void NameWorker::Impl::watch(void* channel, ares_socket_t socket, int readable, int writable) {
    auto& its = *static_cast<Channel*>(channel);
    const auto events =
        static_cast<short>((readable != 0 ? POLLIN : 0) | (writable != 0 ? POLLOUT : 0));
    if (events == 0) {
        its.worker->sockets.erase(socket);
    } else {
        its.worker->sockets[socket] = {&its, events};
    }
}

int NameWorker::Impl::wait_ms() {
    if (channels.empty()) return -1;
    Duration most = kLongestPoll;
    for (const auto& [line, channel] : channels) {
        timeval left{};
        timeval limit{1, 0};
        if (channel.under_way == 0) continue;
        const timeval* until = ares_timeout(channel.ares, &limit, &left);
        if (until == nullptr) continue;
        // Rounded up: a look too early finds nothing.
        most = std::min(most, Duration{until->tv_sec * 1'000 + until->tv_usec / 1'000 + 1});
    }
    return static_cast<int>(most.count());
}

void NameWorker::Impl::wait() {
    std::vector<pollfd> polled{{wake_up, POLLIN, 0}};
    for (const auto& [socket, watched] : sockets)
        polled.push_back({socket, watched.events, 0});
    ::poll(polled.data(), polled.size(), wait_ms());
    eventfd_t posted = 0;
    ::eventfd_read(wake_up, &posted);
    for (std::size_t i = 1; i < polled.size(); ++i) {
        const auto watched = sockets.find(polled[i].fd);
        if (polled[i].revents == 0 || watched == sockets.end()) continue;
        const bool read = (polled[i].revents & (POLLIN | POLLERR | POLLHUP)) != 0;
        const bool write = (polled[i].revents & (POLLOUT | POLLERR | POLLHUP)) != 0;
        ares_process_fd(watched->second.channel->ares, read ? polled[i].fd : ARES_SOCKET_BAD,
                        write ? polled[i].fd : ARES_SOCKET_BAD);
    }
    for (auto& [line, channel] : channels)
        if (channel.under_way > 0) ares_process_fd(channel.ares, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

void NameWorker::Impl::close_idle() {
    const Duration kept = channels.size() > kChannelsKept ? Duration{0} : kKeptIdle;
    const Instant before = BootClock::now() - kept;
    std::erase_if(channels, [&](const auto& each) {
        return each.second.under_way == 0 && each.second.used <= before;
    });
}

NameWorker::NameWorker(Mailbox<TransferDone>& answers) : impl_(std::make_unique<Impl>(answers)) {
    impl_->thread = std::thread{[this] { impl_->run(); }};
}

NameWorker::~NameWorker() {
    stop();
}

void NameWorker::submit(TransferId id, Transfer transfer) {
    impl_->inbox.post({id, std::move(std::get<NameQuestion>(transfer))});
}

void NameWorker::stop() {
    if (!impl_->thread.joinable()) return;
    impl_->stopping = true;
    impl_->wake();
    impl_->thread.join();
}

}  // namespace understudy
