#include "tests/simulation/shrink.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/simulation/simulation.h"

namespace understudy::simulation {
namespace {

// However long the story: so many tries are a minute at most.
constexpr int kTries = 300;

std::string invariant_of(const std::string& failure) {
    return failure.substr(0, failure.find(':'));
}

// What comes of the run; its story goes to `file`, if one is named.
std::string outcome(std::uint64_t seed, const std::vector<Fault>& faults, const std::string& file) {
    int ends[2];
    if (pipe(ends) != 0) return {};
    std::fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        std::ofstream story;
        if (file.empty()) (void)std::freopen("/dev/null", "w", stderr);
        Simulation simulation{seed, draw_fleet(seed), faults};
        if (!file.empty()) {
            story.open(file);
            simulation.tell_story(
                [&story](const std::string& line) { story << line << std::endl; });
        }
        const std::string failure = simulation.run().failure;
        const bool told = write(ends[1], failure.data(), failure.size()) >= 0;
        _exit(told ? 0 : 1);
    }
    close(ends[1]);
    char text[512];
    const ssize_t size = read(ends[0], text, sizeof text);
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    if (!WIFEXITED(status)) return kEndedItself;
    return size > 0 ? std::string(text, static_cast<std::size_t>(size)) : std::string{};
}

std::vector<Fault> without(const std::vector<Fault>& faults, std::size_t from, std::size_t count) {
    std::vector<Fault> fewer = faults;
    const auto first = fewer.begin() + static_cast<std::ptrdiff_t>(from);
    const auto left = static_cast<std::size_t>(fewer.end() - first);
    fewer.erase(first, first + static_cast<std::ptrdiff_t>(std::min(count, left)));
    return fewer;
}

// Leaves out ever smaller groups while the same invariant is broken.
std::vector<Fault> fewest(std::uint64_t seed, std::vector<Fault> faults,
                          const std::string& invariant) {
    int tries = 0;
    for (std::size_t group = (faults.size() + 1) / 2; group > 0; group /= 2) {
        for (std::size_t from = 0; from < faults.size() && tries < kTries; ++tries) {
            auto fewer = without(faults, from, group);
            if (invariant_of(outcome(seed, fewer, "")) == invariant) {
                faults = std::move(fewer);
            } else {
                from += group;
            }
        }
    }
    return faults;
}

}  // namespace

void shrink(std::uint64_t seed, const std::string& failure) {
    const FleetPlan plan = draw_fleet(seed);
    const auto all = draw_faults(seed, plan.troubled, plan.faults_per_hour);
    const auto faults = fewest(seed, all, invariant_of(failure));
    std::error_code ignored;
    std::filesystem::create_directories("build/logs", ignored);
    const std::string file = "build/logs/simulation-" + std::to_string(seed) + ".txt";
    const std::string again = outcome(seed, faults, file);
    std::printf("  %zu of its %zu faults are enough: %s\n  the story: %s\n", faults.size(),
                all.size(), again.c_str(), file.c_str());
    std::fflush(stdout);
}

}  // namespace understudy::simulation
