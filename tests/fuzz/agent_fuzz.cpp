// What the agent reads from others: HTTP status lines, HAProxy's statistics, what the programs of
// checks print, other servers' answers, the controller's messages, its configuration and URL. The
// first byte chooses the reader.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "agent/checks/child_process.h"
#include "agent/checks/haproxy.h"
#include "agent/checks/http.h"
#include "agent/config.h"
#include "agent/session.h"
#include "agent/siblings/attempt.h"
#include "agent/siblings/willing.h"
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

void read_output(std::string_view text) {
    const std::string line = first_line(std::string{text});
    ensure(line.find('\n') == std::string::npos && line.size() <= text.size());
}

// Nothing of the answer is told but its status, and what has ended is decided.
void read_answer(std::string_view text) {
    for (const std::string& wanted : {std::string{}, std::string{"well"}}) {
        wire::Probe probe;
        probe.kind = wire::ProbeKind::Http;
        probe.text = wanted;
        ensure(judge_answer(text, true, probe).has_value());
        const auto found = judge_answer(text, false, probe);
        ensure(!found || found->found.size() <= 32);
    }
}

// What it is willing to do, whatever is asked, stays among public addresses.
void ask(const wire::Probe& probe) {
    const std::string why = unwilling(probe, {});
    if (!why.empty()) return;
    ensure(probe.port == 80 || probe.port == 443);
    ensure(probe.fall <= wire::kMostAttempts && !unwilling(probe, {.enabled = false}).empty());
}

// One message a line, on a link that is up. Whatever it says the session goes on or gives the link
// up, and wants to be called again.
void hear(std::string_view text) {
    Session session{{"understudy-agent", "host", "boot"}, Random{1}};
    Instant now{};
    static_cast<void>(session.step(now, session::Started{}));
    now = session.next_deadline();
    static_cast<void>(session.step(now, session::TimePassed{}));
    static_cast<void>(session.step(now, session::LinkOpened{}));
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        now += Duration{10};
        const auto actions = session.step(now, session::MessageReceived{std::string{line}});
        ensure(actions.size() <= 8);
        for (const session::Action& action : actions)
            if (const auto* look = std::get_if<session::LookAt>(&action)) ask(look->probe);
        ensure(session.state() != Session::State::Finished);
        ensure(session.next_deadline() != kNever);
    }
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
        case 'o':
            read_output(text);
            break;
        case 'l':
            hear(text);
            break;
        case 'a':
            read_answer(text);
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
