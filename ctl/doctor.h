// What doctor makes of the controller's answers: one line for each thing that can be well or not,
// with what to do about it. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "ctl/client.h"

namespace understudy::ctl {

enum class Wellness { Ok, Warn, Fail };
const char* word_of(Wellness wellness);

struct Finding {
    Wellness wellness = Wellness::Ok;
    std::string about;  // "clock"
    std::string what;
    std::string remedy = {};  // empty where all is well
};
using Findings = std::vector<Finding>;

// `sent` and `received`: our clock around the request.
Finding look_at_clock(json::Value status, WallTime sent, WallTime received);
Finding look_at_tls(json::Value status, const std::string& url);
void look_at_versions(json::Value status, json::Value servers, Findings& findings);
void look_at_controller(json::Value status, Findings& findings);
void look_at_servers(json::Value servers, Findings& findings);
void look_at_channels(json::Value status, json::Value channels, Findings& findings);
void look_at_domains(json::Value status, json::Value domains, Findings& findings);
Finding look_at_verification(const std::string& provider, json::Value verification);

}  // namespace understudy::ctl
