#include "controller/api/sealed.h"

namespace understudy::api {
namespace {

std::string problem_with(const Sealer& sealer, const std::string& sealed,
                         const std::string& remedy) {
    if (sealed.empty() || sealer.open(sealed)) return {};
    return "its credential cannot be opened with the key in key_file: put the key back that it was "
           "sealed with, or " +
           remedy;
}

template <typename Items>
void add_unreadable(std::vector<Unreadable>& out, const char* kind, const Items& items,
                    const Sealer& sealer) {
    for (const auto* item : items) {
        std::string problem = sealed_problem(sealer, *item);
        if (!problem.empty()) out.push_back({kind, item->name, std::move(problem)});
    }
}

}  // namespace

std::string sealed_problem(const Sealer& sealer, const ProviderAccount& account) {
    return problem_with(sealer, account.sealed_credential,
                        "enter it again: understudyctl provider set-credential " + account.name);
}

std::string sealed_problem(const Sealer& sealer, const Channel& channel) {
    return problem_with(
        sealer, channel.sealed_settings,
        "remove the channel and add it again: understudyctl channel remove " + channel.name);
}

std::vector<Unreadable> unreadable(const Fleet& fleet, const Sealer& sealer) {
    std::vector<Unreadable> out;
    add_unreadable(out, "provider", fleet.providers(), sealer);
    add_unreadable(out, "channel", fleet.channels(), sealer);
    return out;
}

}  // namespace understudy::api
