// base/channel_kinds.h and notify/registry.cpp know the same kinds.
#include <doctest/doctest.h>

#include <map>

#include "base/channel_kinds.h"
#include "notify/channel.h"

using namespace understudy;

namespace {

Error refusal(const std::string& kind) {
    const auto driver = make_channel_driver(kind, "{}", Secret{"{}"}, std::nullopt, false);
    REQUIRE_FALSE(driver.ok());
    return driver.error();
}

}  // namespace

TEST_CASE("every kind of channel that is described has a driver, and no other has") {
    for (const ChannelKind& kind : channel_kinds()) {
        CAPTURE(kind.name);
        CHECK(refusal(std::string{kind.name}).message.find("no kind") == std::string::npos);
    }
    CHECK(refusal("pigeon").text() ==
          "kind: 'pigeon' is no kind of channel (use " + channel_kind_words(" or ") + ")");
}

TEST_CASE("a channel's secret can be checked, and what is made of it is sound") {
    for (const ChannelKind& kind : channel_kinds()) {
        for (const ChannelSetting& setting : kind.settings) {
            CAPTURE(setting.name);
            CHECK(setting.secret == (setting.sound != nullptr));
            CHECK_FALSE(setting.help.empty());
            if (setting.make != nullptr) CHECK(setting.sound(setting.make().reveal()));
        }
    }
}

TEST_CASE("a setting that several kinds have is one option, and means the same") {
    std::map<std::string_view, const ChannelSetting*> known;
    for (const ChannelKind& kind : channel_kinds()) {
        for (const ChannelSetting& setting : kind.settings) {
            CAPTURE(setting.name);
            const ChannelSetting& first = *known.try_emplace(setting.name, &setting).first->second;
            CHECK(setting.help == first.help);
            CHECK(setting.secret == first.secret);
            CHECK(setting.single == first.single);
            CHECK_FALSE((setting.secret && setting.single));
        }
    }
}

TEST_CASE("of a webhook's URL its origin is shown, without path, query and credentials") {
    const ChannelSetting& url = find_channel_kind("webhook")->settings.front();
    CHECK(url.shown("https://u:p@hooks.example.org:8443/T0/x?k=1") ==
          "https://hooks.example.org:8443");
    CHECK(url.shown("https://hooks.example.org?k=1") == "https://hooks.example.org");
    for (const char* none : {"", "hooks.example.org/x", "ftp://hooks.example.org/x"})
        CHECK_FALSE(url.sound(none));
}
