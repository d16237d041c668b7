// Drivers follow their rows: a replaced credential counts for the next conversation and breaks none
// that is under way.
#include "controller/runtime/dispatch/sealed_drivers.h"

#include <doctest/doctest.h>

using namespace understudy;

namespace {

struct Workshop {
    Sealer sealer = Sealer::from_key(Secret{std::string(32, 'k')});
    SealedDrivers drivers{sealer, std::nullopt, false};
    ProviderAccount account{ProviderId{1}, "main", "cloudflare", "{}", ""};

    void seal(const std::string& credential) {
        account.sealed_credential = sealer.seal(Secret{credential});
    }
    std::shared_ptr<const Provider> provider() {
        auto made = drivers.provider(account);
        REQUIRE_MESSAGE(made.ok(), (made ? "" : made.error().text()));
        return *made;
    }
};

std::string authorization_of(AnyOperation& operation) {
    const Step step = operation.start(WallTime{});
    const auto* request = std::get_if<HttpRequest>(&step);
    REQUIRE(request != nullptr);
    for (const Header& header : request->headers) {
        if (header.name == "Authorization") return header.value;
    }
    return {};
}

const std::string kOld(40, 'x');
const std::string kNew(40, 'y');

}  // namespace

TEST_CASE("a driver is kept while its row is the same") {
    Workshop shop;
    shop.seal(kOld);
    CHECK(shop.provider() == shop.provider());
}

TEST_CASE("a replaced credential counts from the next conversation on") {
    Workshop shop;
    shop.seal(kOld);
    const auto before = shop.provider();
    const auto under_way = before->verify();
    shop.seal(kNew);
    const auto after = shop.provider();
    CHECK(after != before);
    CHECK(authorization_of(*after->verify()) == "Bearer " + kNew);
    CHECK(authorization_of(*under_way) == "Bearer " + kOld);
}

TEST_CASE("drivers of what is gone or replaced are dropped, and their credentials with them") {
    Workshop shop;
    UndoLog log;
    Fleet fleet{log};
    shop.seal(kOld);
    fleet.put(shop.account);
    Channel hook;
    hook.id = ChannelId{2};
    hook.name = "hook";
    hook.kind = "webhook";
    hook.settings = R"({"url":"https://hook.example.org"})";
    hook.sealed_settings = shop.sealer.seal(Secret{
        R"({"url":"https://hook.example.org/x","secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"})"});
    fleet.put(hook);
    const std::weak_ptr<const Provider> provider = shop.provider();
    const auto made = shop.drivers.channel(hook);
    REQUIRE_MESSAGE(made.ok(), (made ? "" : made.error().text()));
    const std::weak_ptr<const ChannelDriver> channel = *made;
    constexpr long kHeldHere = 1;
    shop.drivers.forget_removed(fleet);
    CHECK_FALSE(provider.expired());
    CHECK(channel.use_count() == kHeldHere + 1);

    shop.seal(kNew);
    fleet.put(shop.account);
    fleet.erase(hook.id);
    shop.drivers.forget_removed(fleet);
    CHECK(provider.expired());
    CHECK(channel.use_count() == kHeldHere);
    const std::weak_ptr<const Provider> renewed = shop.provider();
    fleet.erase(shop.account.id);
    shop.drivers.forget_removed(fleet);
    CHECK(renewed.expired());
}

TEST_CASE("a credential that cannot be opened is an error until it is replaced") {
    Workshop shop;
    const Sealer other = Sealer::from_key(Secret{std::string(32, 'o')});
    shop.account.sealed_credential = other.seal(Secret{kOld});
    const auto broken = shop.drivers.provider(shop.account);
    REQUIRE_FALSE(broken.ok());
    CHECK(broken.error().code == Errc::Corrupt);
    shop.seal(kNew);
    CHECK(authorization_of(*shop.provider()->verify()) == "Bearer " + kNew);
}
