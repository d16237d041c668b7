// Drivers follow their rows: a replaced credential counts for the next conversation and breaks none
// that is under way.
#include "controller/runtime/sealed_drivers.h"

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
