#include "tests/simulation/campaign.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <map>
#include <new>
#include <string>

#include "base/ensure.h"
#include "tests/simulation/report.h"
#include "tests/simulation/shrink.h"
#include "tests/simulation/simulation.h"

namespace understudy::simulation {
namespace {

// The first so many seeds, and then one of so many, are run a second time and compared.
constexpr std::uint64_t kSampleFirst = 20;
constexpr std::uint64_t kSampleEvery = 20;

struct Sums {
    std::uint64_t seeds = 0, failed = 0, events = 0, faults = 0, moves = 0, crashes = 0;
    std::uint64_t writes = 0, orders = 0, refusals = 0, hours = 0;

    void add(const Sums& other) {
        seeds += other.seeds;
        failed += other.failed;
        events += other.events;
        faults += other.faults;
        moves += other.moves;
        crashes += other.crashes;
        writes += other.writes;
        orders += other.orders;
        refusals += other.refusals;
        hours += other.hours;
    }
};

// What one process does, where the others see it.
struct Share {
    Sums sums;
    std::uint64_t next = 0;
};

void count(const Report& report, Sums& sums) {
    sums.events += report.events;
    sums.faults += report.faults;
    sums.moves += report.moves;
    sums.crashes += report.crashes;
    sums.writes += report.writes;
    sums.orders += report.orders;
    sums.refusals += report.refusals;
    sums.hours += static_cast<std::uint64_t>(report.virtual_time / std::chrono::hours{1});
}

void run_seed(std::uint64_t seed, bool twice, Sums& sums) {
    ++sums.seeds;
    const Report report = Simulation{seed}.run();
    count(report, sums);
    std::string failure = report.failure;
    if (failure.empty() && twice) {
        const Report again = Simulation{seed}.run();
        count(again, sums);
        if (again.fingerprint != report.fingerprint) failure = "two runs of it differ";
    }
    if (failure.empty()) return;
    ++sums.failed;
    std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), failure.c_str());
    std::fflush(stdout);
    shrink(seed, report.failure);
    std::fflush(stdout);
}

// Every jobs-th seed, from where the share stands.
void run_share(const Campaign& campaign, Share& share) {
    const auto jobs = static_cast<std::uint64_t>(campaign.jobs);
    for (; share.next < campaign.count; share.next += jobs) {
        const std::uint64_t i = share.next;
        run_seed(campaign.first + i, i < kSampleFirst || i % kSampleEvery == 0, share.sums);
    }
}

pid_t start(const Campaign& campaign, Share& share) {
    std::fflush(stdout);
    const pid_t child = fork();
    if (child != 0) return child;
    run_share(campaign, share);
    std::fflush(stdout);
    _exit(0);
}

// A seed whose process died has failed: a broken invariant of the program's own ends it. The share
// goes on with the next one.
Sums run_forked(const Campaign& campaign) {
    const auto jobs = static_cast<std::size_t>(campaign.jobs);
    void* memory = mmap(nullptr, sizeof(Share) * jobs, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ensure(memory != MAP_FAILED);
    auto* shares = new (memory) Share[jobs];
    std::map<pid_t, std::size_t> running;
    for (std::size_t job = 0; job < jobs; ++job) {
        shares[job].next = job;
        running[start(campaign, shares[job])] = job;
    }
    while (!running.empty()) {
        int status = 0;
        const pid_t child = wait(&status);
        const std::size_t job = running[child];
        running.erase(child);
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0) continue;
        ++shares[job].sums.failed;
        std::printf("seed %llu: the process ended itself\n",
                    static_cast<unsigned long long>(campaign.first + shares[job].next));
        shrink(campaign.first + shares[job].next, kEndedItself);
        shares[job].next += jobs;
        running[start(campaign, shares[job])] = job;
    }
    Sums total;
    for (std::size_t job = 0; job < jobs; ++job)
        total.add(shares[job].sums);
    munmap(memory, sizeof(Share) * jobs);
    return total;
}

int print_story(std::uint64_t seed) {
    Simulation simulation{seed};
    simulation.tell_story([](const std::string& line) {
        std::printf("%s\n", line.c_str());
        std::fflush(stdout);
    });
    return simulation.run().failure.empty() ? 0 : 1;
}

unsigned long long shown(std::uint64_t value) {
    return value;
}

}  // namespace

int run(const Campaign& campaign) {
    if (campaign.report && campaign.years > 0)
        return print_long_run(campaign.first, campaign.years, campaign.jobs);
    if (campaign.report)
        return print_report(campaign.first, static_cast<int>(campaign.count), campaign.failure);
    std::printf("simulation: %llu seeds from %llu\n", shown(campaign.count), shown(campaign.first));
    if (campaign.story) return print_story(campaign.first);
    const Instant begun = BootClock::now();
    const Sums sums = run_forked(campaign);
    const std::chrono::duration<double> took = BootClock::now() - begun;
    std::printf("%llu virtual hours, %llu events, %llu faults, %llu orders (%llu refused)\n",
                shown(sums.hours), shown(sums.events), shown(sums.faults), shown(sums.orders),
                shown(sums.refusals));
    std::printf("%llu moves, %llu controller crashes, %llu writes\n", shown(sums.moves),
                shown(sums.crashes), shown(sums.writes));
    std::printf("%.1f s, %.0f events per second\n", took.count(),
                static_cast<double>(sums.events) / took.count());
    const std::uint64_t passed = sums.seeds < sums.failed ? 0 : sums.seeds - sums.failed;
    std::printf("%llu passed, %llu failed\n", shown(passed), shown(sums.failed));
    return sums.failed == 0 && sums.seeds == campaign.count ? 0 : 1;
}

}  // namespace understudy::simulation
