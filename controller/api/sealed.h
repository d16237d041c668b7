// What of the store's sealed credentials cannot be opened with the key in use: another key lies in
// key_file, or a row is damaged. Nothing that needs them works, so every place that shows accounts
// and channels says so. Tried anew each time it is asked. Loop thread only.
#pragma once

#include <string>
#include <vector>

#include "base/crypto.h"
#include "controller/core/fleet.h"

namespace understudy::api {

// Empty: it can be opened, or nothing is sealed.
std::string sealed_problem(const Sealer& sealer, const ProviderAccount& account);
std::string sealed_problem(const Sealer& sealer, const Channel& channel);

struct Unreadable {
    const char* kind;  // "provider", "channel"
    std::string name;
    std::string problem;
};
std::vector<Unreadable> unreadable(const Fleet& fleet, const Sealer& sealer);

}  // namespace understudy::api
