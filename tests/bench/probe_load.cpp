// probe_load: what probes cost, for probe_bench.py: the controller's schedule and worker, and then
// a bare curl multi that asks the same, each as fast as they come with so many at a time.
//
//   probe_load http|https PORT COUNT IN_FLIGHT
//
// Prints {"ours_ms", "bare_ms", "served"}: this process's time on a core for each, and how many of
// ours found the service serving.
#include <curl/curl.h>
#include <sys/resource.h>

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>

#include "base/ensure.h"
#include "controller/runtime/outbound/outbound_worker.h"
#include "controller/runtime/probes/probe_schedule.h"

namespace understudy {
namespace {

constexpr const char* kName = "www.example.org";
constexpr int kJobs = 1'000;

struct Load {
    std::string scheme;
    std::uint16_t port = 0;
    int count = 0;
    std::size_t in_flight = 0;
};

double core_ms() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto ms = [](const timeval& time) {
        return 1e3 * static_cast<double>(time.tv_sec) + 1e-3 * static_cast<double>(time.tv_usec);
    };
    return ms(used.ru_utime) + ms(used.ru_stime);
}

class Bell {
  public:
    void ring() {
        const std::scoped_lock lock{mutex_};
        rung_ = true;
        bell_.notify_one();
    }
    void wait() {
        std::unique_lock lock{mutex_};
        bell_.wait(lock, [this] { return rung_; });
        rung_ = false;
    }

  private:
    std::mutex mutex_;
    std::condition_variable bell_;
    bool rung_ = false;
};

ProbeJobs jobs_for(const Load& load) {
    ProbeRules rules;
    rules.service = "bench";
    rules.terms.target = *parse_probe_target(load.scheme + ":" + std::to_string(load.port));
    rules.terms.timeout = Duration{60'000};
    rules.interval = Duration{3'600'000};  // a slow server makes nobody late
    rules.fall = 1;                        // one probe at a time for each
    const ProbeJob job{
        std::make_shared<const ProbeRules>(rules), kName, *parse_ipv4("127.0.0.1"), {}};
    ProbeJobs jobs;
    for (int id = 1; id <= kJobs; ++id)
        jobs.emplace(ProbeKey{ServerId{id}, rules.service}, job);
    return jobs;
}

// Time runs ahead to whatever is due next, so that the schedule never rests and is never late.
std::uint64_t probe(const Load& load) {
    Bell bell;
    Mailbox<TransferDone> answers{[&] { bell.ring(); }};
    OutboundWorker worker{OutboundSettings{}, answers};
    TransferIds ids;
    ProbeSchedule schedule{worker, ids, Random{1}, load.in_flight};
    Instant now = BootClock::now();
    schedule.plan(jobs_for(load), now);
    for (int done = 0; done < load.count;) {
        while (schedule.next_deadline() != kNever) {
            now = std::max(now, schedule.next_deadline());
            schedule.start(now);
        }
        bell.wait();
        for (const auto& each : answers.take_all()) {
            schedule.finished(each, now);
            ++done;
        }
    }
    return schedule.counters().serves;
}

std::size_t ignore(char*, std::size_t, std::size_t size, void*) {
    return size;
}

CURL* bare_probe(const std::string& url, curl_slist* to) {
    CURL* easy = curl_easy_init();
    ensure(easy != nullptr);
    curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy, CURLOPT_CONNECT_TO, to);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    curl_easy_setopt(easy, CURLOPT_CAINFO, static_cast<const char*>(nullptr));
    curl_easy_setopt(easy, CURLOPT_CAPATH, static_cast<const char*>(nullptr));
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &ignore);
    return easy;
}

void ask_bare(const Load& load) {
    const std::string port = std::to_string(load.port);
    const std::string url = load.scheme + "://" + kName + ":" + port + "/";
    const std::string to = std::string{kName} + ":" + port + ":127.0.0.1:" + port;
    curl_slist* const list = curl_slist_append(nullptr, to.c_str());
    CURLM* const multi = curl_multi_init();
    int begun = 0;
    int running = 0;
    for (int done = 0; done < load.count;) {
        while (begun < load.count && begun - done < static_cast<int>(load.in_flight)) {
            curl_multi_add_handle(multi, bare_probe(url, list));
            ++begun;
        }
        curl_multi_perform(multi, &running);
        int left = 0;
        while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
            CURL* const easy = message->easy_handle;
            curl_multi_remove_handle(multi, easy);
            curl_easy_cleanup(easy);
            ++done;
        }
        if (done < load.count) curl_multi_poll(multi, nullptr, 0, 1'000, nullptr);
    }
    curl_multi_cleanup(multi);
    curl_slist_free_all(list);
}

}  // namespace
}  // namespace understudy

int main(int argc, char** argv) {
    using namespace understudy;
    if (argc != 5) return 2;
    const Load load{argv[1], static_cast<std::uint16_t>(std::atoi(argv[2])), std::atoi(argv[3]),
                    static_cast<std::size_t>(std::atoi(argv[4]))};
    const double begun = core_ms();
    const std::uint64_t served = probe(load);
    const double between = core_ms();
    ask_bare(load);
    std::printf("{\"ours_ms\": %.3f, \"bare_ms\": %.3f, \"served\": %llu}\n", between - begun,
                core_ms() - between, static_cast<unsigned long long>(served));
}
