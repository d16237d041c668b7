#include "notify/program_channel.h"

#include <doctest/doctest.h>

#include "base/json.h"
#include "schema/notice.h"

using namespace understudy;

namespace {

const Programs kPrograms{{"sms", {{"/usr/local/bin/send-sms", "--to", "+49123"}, Duration{7'000}}},
                         {"siren", {{"/usr/local/bin/siren"}}}};

std::unique_ptr<ChannelDriver> sms() {
    auto made = ProgramChannel::make(R"({"program":"sms"})", kPrograms);
    REQUIRE(made.ok());
    return std::move(*made);
}

std::string said_of(const Delivery& delivery) {
    if (const auto* later = std::get_if<TryLater>(&delivery)) return later->error;
    return std::get<GiveUp>(delivery).error;
}

}  // namespace

TEST_CASE("exec: the configuration says what is run, the notification is what it reads") {
    Notice notice;
    notice.type = NoticeType::OutageStarted;
    notice.pool.value = 7;
    notice.pool_name = "shop; rm -rf /";
    notice.at = *parse_rfc3339("2026-11-21T02:10:00Z");
    Message message;
    message.id = "msg_c0ffee_77";
    message.incident = "inc_c0ffee_41";
    message.attempt = 3;
    message.payload = encode_notice(notice);
    const auto dispatch = sms()->compose(message, WallTime{});
    REQUIRE(dispatch.ok());
    const auto& request = std::get<ProgramRequest>(*dispatch);
    CHECK(request.program == kPrograms.at("sms"));
    CHECK(request.input.ends_with("}\n"));
    const auto read = json::Document::parse(request.input);
    REQUIRE(read.ok());
    CHECK(read->root()["id"].string() == "msg_c0ffee_77");
    CHECK(read->root()["incident"].string() == "inc_c0ffee_41");
    CHECK(read->root()["attempt"].integer() == 3);
    CHECK(read->root()["severity"].string() == "critical");
    CHECK(read->root()["subject"].string() == "[OUTAGE] pool shop; rm -rf / has no healthy server");
    CHECK(read->root()["notification"].text() == message.payload);
}

TEST_CASE("exec: a program that the configuration does not have is refused, and those are named") {
    const auto refused = ProgramChannel::make(R"({"program":"/bin/sh"})", kPrograms);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().field == "program");
    CHECK(refused.error().text() ==
          "program: '/bin/sh' is not in programs of the configuration (use siren, sms, or add it "
          "there and restart)");
    CHECK(ProgramChannel::make(R"({"program":"sms"})", {}).error().remedy ==
          "add it there first, and restart the controller");
    CHECK(ProgramChannel::make("{}", kPrograms).error().field == "program");
}

TEST_CASE("exec: what became of a program") {
    const auto driver = sms();
    CHECK(std::holds_alternative<Delivered>(driver->read_program({})));
    CHECK(said_of(driver->read_program({{}, 1, false, "no \x1b signal\n"})) ==
          "program 'sms' ended with 1: no   signal ");
    CHECK(said_of(driver->read_program({{}, 137, true, "half"})) ==
          "program 'sms' had not ended after 7 s and was killed");
    const Delivery never = driver->read_program({{}, 65, false, ""});
    CHECK(std::holds_alternative<GiveUp>(never));
    CHECK_FALSE(std::get<GiveUp>(never).disable_channel);
    CHECK(said_of(driver->read_program({"cannot start it: No such file", 0, false, {}})) ==
          "program 'sms': cannot start it: No such file");
}
