// What an agent is asked about a job, in the protocol's words.
#include "controller/runtime/probes/sibling_question.h"

#include <doctest/doctest.h>

using namespace understudy;

TEST_CASE("sibling question: what an agent would refuse is not asked for") {
    ProbeRules rules;
    rules.terms.target = *parse_probe_target("tcp:8443");
    rules.terms.timeout = Duration{60'000};
    rules.fast_interval = Duration{3'600'000};
    rules.fall = 100;
    CHECK(longest_answer(rules) == Duration{60'000});
    rules.fast_interval = Duration{1'000};
    CHECK(longest_answer(rules) == Duration{69'000});
    const ProbeJob job{
        std::make_shared<const ProbeRules>(rules), "h", *parse_ipv4("192.0.2.1"), {}};
    const auto probe = question_about(job, first_target(rules), 3);
    CHECK(probe.fall == 10);
    CHECK(probe.kind == wire::ProbeKind::Tcp);
    CHECK(probe.port == 8443);
    CHECK_FALSE(probe.proxy_protocol);
    CHECK(wire::decode_controller_message(wire::encode(wire::ControllerMessage{probe})).ok());
}
