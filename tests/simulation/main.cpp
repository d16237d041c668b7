// simulation [--seeds N] [--seed S]: runs seeded simulations and prints the seed of any that fails.
// Each seed is run twice: a run that differs from itself would make every other result worthless.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>

#include "base/crypto.h"
#include "base/log.h"
#include "tests/simulation/simulation.h"

namespace {

using understudy::simulation::Report;
using understudy::simulation::Simulation;

bool sound(std::uint64_t seed, Report& total) {
    const Report first = Simulation{seed}.run();
    const Report again = Simulation{seed}.run();
    total.steps += first.steps;
    total.switches += first.switches;
    total.crashes += first.crashes;
    total.writes += first.writes;
    if (!first.failure.empty()) {
        std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed),
                    first.failure.c_str());
        return false;
    }
    if (first.fingerprint != again.fingerprint) {
        std::printf("seed %llu: two runs of it differ\n", static_cast<unsigned long long>(seed));
        return false;
    }
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    understudy::initialise_crypto();
    understudy::log::configure(understudy::log::Level::Error, understudy::log::Format::KeyValue);
    std::uint64_t first = std::random_device{}();
    std::uint64_t count = 100;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string_view option{argv[i]};
        if (option == "--seed") {
            first = std::strtoull(argv[i + 1], nullptr, 10);
            count = 1;
        }
        if (option == "--seeds") count = std::strtoull(argv[i + 1], nullptr, 10);
    }
    std::printf("simulation: %llu seeds from %llu\n", static_cast<unsigned long long>(count),
                static_cast<unsigned long long>(first));
    Report total;
    std::uint64_t failed = 0;
    for (std::uint64_t seed = first; seed < first + count; ++seed)
        if (!sound(seed, total)) ++failed;
    std::printf("%zu agent events, %zu switches told, %zu controller crashes, %zu writes\n",
                total.steps, total.switches, total.crashes, total.writes);
    std::printf("%llu passed, %llu failed\n", static_cast<unsigned long long>(count - failed),
                static_cast<unsigned long long>(failed));
    return failed == 0 ? 0 : 1;
}
