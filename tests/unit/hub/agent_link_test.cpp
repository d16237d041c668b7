#include "controller/hub/agent_link.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace understudy;

namespace {

constexpr Instant kLinked{Duration{1'000'000}};

struct Scene {
    LinkTerms terms;
    ServerBudget budget{kLinked};
    AgentLink link{ServerId{7}, budget, kLinked};
    std::vector<Input> inputs;
    Instant now = kLinked;
    std::string peer_address;

    Scene() { terms.controller = "understudy-controller test"; }

    AgentLink::Outcome say(const wire::AgentMessage& message) { return say_text(encode(message)); }
    AgentLink::Outcome say_text(std::string_view text) {
        return link.receive(text, terms, {3, "usa", "192.0.2.1:9", peer_address}, now, inputs);
    }
    AgentLink::Outcome hello() { return say(wire::Hello{{1}, "agent 1", "host", "boot", {}}); }
};

wire::ControllerMessage reply_of(const AgentLink::Outcome& outcome) {
    const Result<wire::ControllerMessage> reply = wire::decode_controller_message(outcome.reply);
    REQUIRE(reply.ok());
    return *reply;
}

std::string refusal_code(const AgentLink::Outcome& outcome) {
    return std::get<wire::Refusal>(reply_of(outcome)).code;
}

}  // namespace

TEST_CASE("agent link: a hello is welcomed with the terms, and links") {
    Scene scene;
    scene.terms.heartbeat_interval = Duration{4'000};
    const AgentLink::Outcome outcome = scene.hello();
    CHECK(outcome.linked);
    CHECK(outcome.close_code == 0);
    const auto welcome = std::get<wire::Welcome>(reply_of(outcome));
    CHECK(welcome == wire::Welcome{1, "understudy-controller test", "usa", 7, 4'000, 10'000});
    REQUIRE(scene.inputs.size() == 1);
    const auto& linked = std::get<AgentLinked>(scene.inputs[0]);
    CHECK(linked.server == ServerId{7});
    CHECK(linked.link == 3);
    CHECK(linked.peer == "192.0.2.1:9");
    CHECK(linked.ok);
}

TEST_CASE("agent link: an enroll has no place on a link, and its token is not repeated") {
    Scene scene;
    CHECK(scene.say(wire::Enroll{"usa_first"}).close_code == wire::kCloseProtocolError);
    scene.hello();
    const AgentLink::Outcome outcome = scene.say(wire::Enroll{"usa_drawn"});
    CHECK(refusal_code(outcome) == "protocol_error");
    CHECK(outcome.close_code == wire::kCloseProtocolError);
    CHECK(outcome.reply.find("usa_drawn") == std::string::npos);
}

TEST_CASE("agent link: the hello's failing checks come with the link") {
    Scene scene;
    wire::Hello hello{
        {1, 2},
        "a",
        "h",
        "b",
        {false, {{"haproxy", "refused", "2026-01-01T00:00:00Z"}, {"disk", "full", ""}}}};
    CHECK(scene.say(hello).linked);
    const auto& linked = std::get<AgentLinked>(scene.inputs.at(0));
    CHECK_FALSE(linked.ok);
    CHECK(linked.failing == "haproxy: refused since 2026-01-01T00:00:00Z; disk: full");
}

TEST_CASE("agent link: no common version is refused with both sides' versions") {
    Scene scene;
    const AgentLink::Outcome outcome = scene.say(wire::Hello{{2, 3}, "a", "h", "b", {}});
    CHECK(outcome.close_code == wire::kCloseNoCommonVersion);
    CHECK(refusal_code(outcome) == "no_common_version");
    CHECK(outcome.close_reason.find("2, 3") != std::string::npos);
    CHECK(scene.inputs.empty());
}

TEST_CASE("agent link: anything before the hello, and a second hello, break the protocol") {
    Scene early;
    CHECK(early.say(wire::Heartbeat{1}).close_code == wire::kCloseProtocolError);
    CHECK(early.inputs.empty());
    Scene twice;
    CHECK(twice.hello().linked);
    CHECK(twice.hello().close_code == wire::kCloseProtocolError);
}

TEST_CASE("agent link: who said it can probe is known for it, and its answers are handed on") {
    Scene plain;
    plain.hello();
    CHECK_FALSE(plain.link.can_probe(false));

    Scene scene;
    scene.say(wire::Hello{{1}, "agent 1", "host", "boot", {}, {"fly", "probe"}});
    CHECK(scene.link.can_probe(false));
    CHECK_FALSE(scene.link.can_probe(true));
    Scene newer;
    newer.say(wire::Hello{{1}, "agent 2", "host", "boot", {}, {"probe", "proxy_protocol"}});
    CHECK(newer.link.can_probe(true));
    Scene odd;
    odd.say(wire::Hello{{1}, "agent 2", "host", "boot", {}, {"proxy_protocol"}});
    CHECK_FALSE(odd.link.can_probe(true));
    const wire::Probed answer{18, wire::ProbeVerdict::Dead, "https 443: status 503", 35};
    const auto outcome = scene.say(answer);
    CHECK(outcome.close_code == 0);
    CHECK(outcome.reply.empty());
    REQUIRE(outcome.probed);
    CHECK(*outcome.probed == answer);
    CHECK(std::get<AgentSeen>(scene.inputs.at(1)).link == 3);
}

TEST_CASE("agent link: who cannot probe answers no probe") {
    Scene scene;
    scene.hello();
    const auto outcome = scene.say(wire::Probed{1, wire::ProbeVerdict::Serves, "tcp 443", 3});
    CHECK(outcome.close_code == wire::kCloseProtocolError);
    CHECK(refusal_code(outcome) == "protocol_error");
}

TEST_CASE("agent link: a heartbeat is seen and acknowledged with its number") {
    Scene scene;
    scene.hello();
    const AgentLink::Outcome outcome = scene.say(wire::Heartbeat{41});
    CHECK(std::get<wire::HeartbeatAck>(reply_of(outcome)).sequence == 41);
    CHECK(std::get<AgentSeen>(scene.inputs.at(1)).link == 3);
    CHECK_FALSE(std::get<AgentSeen>(scene.inputs.at(1)).load);
}

TEST_CASE("agent link: a heartbeat's load is handed on; nonsense is not, and ends no link") {
    Scene scene;
    scene.hello();
    scene.say(wire::Heartbeat{1, 0.75});
    CHECK(std::get<AgentSeen>(scene.inputs.at(1)).load == 0.75);
    const auto outcome = scene.say_text(R"({"type":"heartbeat","sequence":2,"load":"much"})");
    CHECK(outcome.close_code == 0);
    CHECK(std::get<wire::HeartbeatAck>(reply_of(outcome)).sequence == 2);
    CHECK_FALSE(std::get<AgentSeen>(scene.inputs.at(2)).load);
}

TEST_CASE("agent link: addresses are handed on when they are others than before") {
    Scene scene;
    scene.peer_address = "203.0.113.7";
    scene.hello();
    const auto reported = [&scene](const std::string& ipv4, const std::string& ipv6) {
        scene.inputs.clear();
        scene.say(wire::Heartbeat{1, std::nullopt, ipv4, ipv6});
        if (scene.inputs.size() < 2) return std::string{"nothing"};
        const auto& said = std::get<AddressReported>(scene.inputs.at(1));
        CHECK(said.server == ServerId{7});
        CHECK(said.link == 3);
        CHECK(said.ipv4_of_link == (ipv4 == "link"));
        CHECK(said.ipv6_of_link == (ipv6 == "link"));
        return (said.ipv4 ? to_string(*said.ipv4) : "-") + " " +
               (said.ipv6 ? to_string(*said.ipv6) : "-");
    };
    CHECK(reported("", "") == "nothing");
    CHECK(reported("203.0.113.9", "2001:db8::9") == "203.0.113.9 2001:db8::9");
    CHECK(reported("203.0.113.9", "2001:db8::9") == "nothing");
    // Of the link, as far as it is of that family.
    CHECK(reported("link", "link") == "203.0.113.7 -");
    CHECK(reported("link", "link") == "nothing");
    // The same, but by its own word.
    CHECK(reported("203.0.113.7", "") == "203.0.113.7 -");
    CHECK(reported("", "") == "- -");
}

TEST_CASE("agent link: a status is reported without an answer") {
    Scene scene;
    scene.hello();
    CHECK(scene.say(wire::Status{false, {{"origin", "HTTP 502", ""}}}).reply.empty());
    const auto& reported = std::get<AgentReported>(scene.inputs.at(1));
    CHECK_FALSE(reported.ok);
    CHECK(reported.failing == "origin: HTTP 502");
}

TEST_CASE("agent link: checks that turn too fast are reported slowly, and as they are at last") {
    Scene scene;
    scene.hello();
    int reports = 0;
    bool failing = false;
    const auto count_reports = [&] {
        for (const Input& input : std::exchange(scene.inputs, {})) {
            const auto* reported = std::get_if<AgentReported>(&input);
            // What changes nothing may come as often as messages may.
            if (reported == nullptr || reported->ok == !failing) continue;
            failing = !reported->ok;
            ++reports;
        }
    };
    count_reports();
    wire::Status status{true, {}};
    for (int i = 0; i < 5 * 600 + 1; ++i) {  // ten minutes of what messages may do
        scene.now += Duration{200};
        status.ok = !status.ok;
        status.failing.clear();
        if (!status.ok) status.failing.push_back({"web", "refused", ""});
        REQUIRE(scene.say(status).close_code == 0);
        count_reports();
    }
    CHECK(reports >= 60);
    CHECK(reports <= 75);
    REQUIRE_FALSE(status.ok);
    for (int i = 0; i < 3; ++i) {
        scene.now += Duration{10'000};
        scene.say(wire::Heartbeat{i});
        count_reports();
    }
    CHECK(failing);
}

TEST_CASE("agent link: the budget for turning checks is the server's, not the link's") {
    ServerBudget budget{kLinked};
    std::vector<Input> inputs;
    const LinkTerms terms;
    for (LinkId id = 1; id <= 20; ++id) {
        AgentLink link{ServerId{7}, budget, kLinked};
        const auto say = [&](const wire::AgentMessage& message) {
            return link.receive(encode(message), terms, {id, "usa", "192.0.2.1:9"}, kLinked,
                                inputs);
        };
        say(wire::Hello{{1}, "agent 1", "host", "boot", {}});
        say(wire::Status{false, {{"web", "refused", ""}}});
    }
    CHECK(std::ranges::count_if(inputs, [](const Input& input) {
              return std::holds_alternative<AgentReported>(input);
          }) == 10);
}

TEST_CASE("agent link: a long list of failing checks is a sentence, not a book") {
    Scene scene;
    scene.hello();
    wire::Status status{false, {}};
    for (int i = 0; i < 32; ++i)
        status.failing.push_back({"check-" + std::to_string(i), std::string(250, 'x'), ""});
    scene.say(status);
    const auto& reported = std::get<AgentReported>(scene.inputs.back());
    CHECK(reported.failing.size() < 1'000);
    CHECK(reported.failing.ends_with("more"));
}

TEST_CASE("agent link: what the goodbye said is how it left") {
    Scene scene;
    scene.hello();
    CHECK(scene.link.departure() == Departure::Closed);
    CHECK(scene.say(wire::Goodbye{wire::GoodbyeReason::Restart}).close_code == 0);
    CHECK(scene.link.departure() == Departure::Restart);
    scene.say(wire::Goodbye{wire::GoodbyeReason::Shutdown});
    CHECK(scene.link.departure() == Departure::Shutdown);
}

TEST_CASE("agent link: text that is no message is refused with its problem") {
    for (const char* text : {"", "{", "[]", "null", "\x01", "{\"type\":\"heartbeat\"}"}) {
        CAPTURE(text);
        Scene scene;
        scene.hello();
        const AgentLink::Outcome outcome = scene.say_text(text);
        CHECK(outcome.close_code == wire::kCloseProtocolError);
        CHECK(refusal_code(outcome) == "protocol_error");
        CHECK(scene.inputs.size() == 1);
    }
}

TEST_CASE("agent link: unknown fields are ignored") {
    Scene scene;
    scene.hello();
    const AgentLink::Outcome outcome =
        scene.say_text(R"({"type":"heartbeat","sequence":2,"mood":{"deep":[1]}})");
    CHECK(outcome.close_code == 0);
    CHECK(std::get<wire::HeartbeatAck>(reply_of(outcome)).sequence == 2);
}

TEST_CASE("agent link: a flood is refused, a steady agent never is") {
    Scene flood;
    flood.hello();
    int taken = 0;
    AgentLink::Outcome outcome;
    while (outcome.close_code == 0 && taken < 1'000) {
        outcome = flood.say(wire::Heartbeat{++taken});
    }
    CHECK(taken < 100);
    CHECK(refusal_code(outcome) == "too_many_messages");

    Scene steady;
    steady.terms.heartbeat_interval = Duration{100};
    steady.hello();
    for (int i = 0; i < 10'000; ++i) {
        steady.now += Duration{100};
        REQUIRE(steady.say(wire::Heartbeat{i}).close_code == 0);
    }
}

TEST_CASE("agent link: nothing is said or reported after it left") {
    Scene scene;
    scene.hello();
    scene.link.set_left();
    CHECK(scene.say(wire::Heartbeat{1}).reply.empty());
    CHECK(scene.inputs.size() == 1);
}
