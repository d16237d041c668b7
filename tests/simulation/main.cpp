// simulation [--seeds N] [--first S] [--jobs J]: runs seeded simulations and prints the seed of any
// that fails; its story, as short as it gets, goes to build/logs. --seed S: that one. --story S:
// prints what happens in it. --report: how soon the controller switches, and how often for nothing,
// with --seeds so many fleets for each row, with --failure after that one only; with --years how
// often for nothing in so many years. In a sample each seed is run twice: a run that differs from
// itself would make every other result worthless.
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string_view>

#include "base/crypto.h"
#include "base/log.h"
#include "tests/simulation/campaign.h"

int main(int argc, char** argv) {
    understudy::initialise_crypto();
    understudy::log::configure(understudy::log::Level::Error, understudy::log::Format::KeyValue);
    understudy::simulation::Campaign campaign;
    campaign.first = std::random_device{}();
    campaign.count = 100;
    campaign.report = argc > 1 && std::string_view{argv[1]} == "--report";
    if (campaign.report) campaign.first = 1;
    if (campaign.report) campaign.count = 60;
    for (int i = campaign.report ? 2 : 1; i + 1 < argc; i += 2) {
        const std::string_view option{argv[i]};
        const std::uint64_t value = std::strtoull(argv[i + 1], nullptr, 10);
        if (option == "--seed") {
            campaign.first = value;
            campaign.count = 1;
        } else if (option == "--first") {
            campaign.first = value;
        } else if (option == "--seeds") {
            campaign.count = value;
        } else if (option == "--story") {
            campaign.first = value;
            campaign.count = 1;
            campaign.story = true;
        } else if (option == "--failure") {
            campaign.failure = argv[i + 1];
        } else if (option == "--years") {
            campaign.years = value;
        } else if (option == "--jobs") {
            campaign.jobs = static_cast<int>(value);
        }
    }
    return understudy::simulation::run(campaign);
}
