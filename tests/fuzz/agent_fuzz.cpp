// What the agent reads from others: HTTP status lines, HAProxy's statistics, its configuration and
// URL. The first byte chooses the reader.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "agent/checks/haproxy.h"
#include "agent/checks/http.h"
#include "agent/config.h"
#include "base/ensure.h"

using namespace understudy;

namespace {

void read_status(std::string_view text) {
    const auto status = read_status_line(text);
    ensure(!status || (*status >= 0 && *status <= 999));
}

void read_stats(std::string_view text) {
    for (const HaproxyCheck& check : {HaproxyCheck{"/s", "", ""}, HaproxyCheck{"/s", "www", "a"}}) {
        const Outcome outcome = judge_haproxy(text, check);
        ensure(outcome.ok == outcome.problem.empty());
    }
}

void read_config(std::string_view text) {
    const auto reading = parse_config(text, "/run/credentials");
    for (const Error& problem : reading.problems)
        ensure(!problem.message.empty());
    if (!reading.problems.empty()) return;
    ensure(!reading.config.controller.host.empty() && reading.config.checks.size() <= 32);
    for (const CheckSettings& check : reading.config.checks) {
        ensure(check.timeout <= check.interval && check.rise >= 1 && check.fall >= 1);
    }
}

void read_url(std::string_view text) {
    const auto target = read_controller_url("controller", text);
    ensure(!target || (target->port != 0 && target->path.front() == '/'));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
    switch (data[0]) {
        case 's':
            read_status(text);
            break;
        case 'h':
            read_stats(text);
            break;
        case 'c':
            read_config(text);
            break;
        default:
            read_url(text);
            break;
    }
    return 0;
}
