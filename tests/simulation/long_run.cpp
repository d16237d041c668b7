// The long run: enough disturbances to say how rare a false switch is. A disturbance befalls the
// fleet; a fleet of twenty servers sees twenty times as many as a server is said to.
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <vector>

#include "base/ensure.h"
#include "tests/simulation/report.h"
#include "tests/simulation/report_fleet.h"

namespace understudy::simulation {
namespace {

constexpr int kOfOneFleet = 100;
constexpr double kCertainty = 0.95;
constexpr std::size_t kMostKinds = 32;

// What one process has measured, by kind.
struct Tally {
    struct Row {
        std::uint64_t faults = 0, needless = 0, broken = 0;
        void add(const Row& other) {
            faults += other.faults;
            needless += other.needless;
            broken += other.broken;
        }
        double years() const { return static_cast<double>(faults) / kPerServerYear; }
    };
    std::array<Row, kMostKinds> rows{};
};

// Each fleet sees one kind of disturbance; kinds take turns.
Tally run_fleets(std::uint64_t first_seed, std::uint64_t fleets, std::uint64_t job,
                 std::uint64_t jobs) {
    const Rule rule{.name = "two_of"};
    const auto kinds = disturbances();
    ensure(kinds.size() <= kMostKinds);
    Tally tally;
    for (std::uint64_t i = job; i < fleets; i += jobs) {
        const std::size_t at = i % kinds.size();
        const Measured one =
            measure(rule, {kinds[at], kOfOneFleet * kDisturbedEvery, kDisturbedEvery, 1, kOver},
                    first_seed + i);
        Tally::Row& row = tally.rows[at];
        row.faults += one.faults;
        row.needless += one.sum.needless;
        if (one.failure.empty()) continue;
        ++row.broken;
        std::printf("  broken: %s\n", one.failure.c_str());
        std::fflush(stdout);
    }
    return tally;
}

Tally run_side_by_side(std::uint64_t first_seed, std::uint64_t fleets, std::uint64_t jobs) {
    std::vector<int> ends;
    for (std::uint64_t job = 0; job < jobs; ++job) {
        int pair[2];
        ensure(pipe(pair) == 0);
        std::fflush(stdout);
        if (fork() == 0) {
            const Tally tally = run_fleets(first_seed, fleets, job, jobs);
            const bool told = write(pair[1], &tally, sizeof tally) == sizeof tally;
            _exit(told ? 0 : 1);
        }
        close(pair[1]);
        ends.push_back(pair[0]);
    }
    Tally sum;
    for (const int end : ends) {
        Tally tally;
        ensure(read(end, &tally, sizeof tally) == sizeof tally);
        close(end);
        for (std::size_t i = 0; i < kMostKinds; ++i)
            sum.rows[i].add(tally.rows[i]);
    }
    while (wait(nullptr) > 0) {
    }
    return sum;
}

void print_row(const char* what, const Tally::Row& row) {
    const double per_thousand = 1'000 / row.years();
    std::printf("| %s | %llu | %.0f | %llu | %.2f | %.2f to %.2f |\n", what,
                static_cast<unsigned long long>(row.faults), row.years(),
                static_cast<unsigned long long>(row.needless),
                static_cast<double>(row.needless) * per_thousand,
                at_least(row.needless, kCertainty) * per_thousand,
                at_most(row.needless, kCertainty) * per_thousand);
}

}  // namespace

int print_long_run(std::uint64_t first_seed, std::uint64_t years, int jobs) {
    const auto fleets =
        static_cast<std::uint64_t>(static_cast<double>(years) * kPerServerYear / kOfOneFleet) + 1;
    const Tally tally = run_side_by_side(first_seed, fleets, static_cast<std::uint64_t>(jobs));
    std::printf(
        "| disturbance | disturbances | server-years | false switches | per 1,000 "
        "server-years | 95 %% certain |\n|---|---|---|---|---|---|\n");
    Tally::Row sum;
    Tally::Row but_one;
    for (std::size_t i = 0; i < disturbances().size(); ++i) {
        const Tally::Row& row = tally.rows[i];
        if (row.faults > 0) print_row(row_of(disturbances()[i]).what, row);
        sum.add(row);
        if (disturbances()[i] != FaultKind::SiblingsBlind) but_one.add(row);
    }
    print_row("**all of them**", sum);
    print_row("**all but: no sibling reaches one server**", but_one);
    return sum.broken == 0 ? 0 : 1;
}

}  // namespace understudy::simulation
