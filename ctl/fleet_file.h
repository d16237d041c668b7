// A fleet file on its way to the controller: read, its comments dropped, and what its references
// stand for ({"file": "..."}, {"env": "..."}) looked up on this machine.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/secret.h"

namespace understudy::ctl {

inline constexpr std::size_t kFleetFileLimitBytes = 16u << 20;

struct FleetFile {
    std::string fleet;  // JSON
    Secret secrets;     // JSON: {"file hook.url": "https://..."}
};

struct FleetFileReading {
    FleetFile file;
    std::vector<Error> errors;  // not empty: `file` is not whole
};

// `path`: "-" for stdin. Files that it refers to are relative to its own folder.
FleetFileReading read_fleet_file(const std::string& path);
// The same for what was read already.
FleetFileReading read_fleet_text(std::string_view text, const std::string& folder);

}  // namespace understudy::ctl
