// Account: the provider under test and a driver for it, as the environment names them. See
// tests/integration/test_provider_contract.py, which sets the scene of scene.json and runs this
// program.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "providers/provider.h"
#include "tests/support/http_driver.h"

namespace understudy::test {

inline std::string environment(const char* name) {
    const char* value = std::getenv(name);
    REQUIRE_MESSAGE(value != nullptr, name,
                    " must be set; run tests/integration/test_provider_contract.py");
    return value;
}

class Account {
  public:
    explicit Account(const char* credential = "UNDERSTUDY_CONTRACT_CREDENTIAL",
                     Duration clock_ahead = {})
        : driver_(clock_ahead) {
        auto made = make_provider(environment("UNDERSTUDY_CONTRACT_KIND"),
                                  environment("UNDERSTUDY_CONTRACT_SETTINGS"),
                                  Secret{environment(credential)});
        REQUIRE_MESSAGE(made.ok(), (made.ok() ? "" : made.error().text()));
        provider_ = *std::move(made);
    }

    const Provider& provider() const { return *provider_; }
    // The service shows neither several names nor several zones in one answer.
    static bool asks_one_by_one() {
        return std::getenv("UNDERSTUDY_CONTRACT_ONE_BY_ONE") != nullptr;
    }
    int calls() const { return driver_.calls(); }
    int writes() const { return driver_.writes(); }
    // What becomes of a TTL that is asked for.
    Ttl ttl(std::uint32_t wanted_s) const {
        return Ttl{std::max(wanted_s, provider_->capabilities().minimum_ttl_s)};
    }

    template <typename T>
    Result<T> run(std::unique_ptr<Operation<T>> operation) {
        return driver_.run(*operation);
    }

    template <typename T>
    T value(std::unique_ptr<Operation<T>> operation) {
        auto result = run(std::move(operation));
        REQUIRE_MESSAGE(result.ok(), (result.ok() ? "" : result.error().text()));
        return *std::move(result);
    }

    Location locate(const std::string& name) { return value<Location>(provider_->locate(name)); }

    RecordReading read(const ZoneRef& zone, const std::string& name) {
        auto readings = value<std::vector<RecordReading>>(provider_->read(zone, {name}));
        REQUIRE(readings.size() == 1);
        return readings.front();
    }

    std::vector<ReplaceOutcome> replace(const ZoneRef& zone,
                                        std::vector<RecordReplacement> replacements) {
        return value<std::vector<ReplaceOutcome>>(
            provider_->replace(zone, std::move(replacements)));
    }

  private:
    std::unique_ptr<Provider> provider_;
    HttpDriver driver_;
};

inline AddressSet addresses(const std::string& text) {
    const auto set = parse_address_set(text);
    REQUIRE(set.has_value());
    return *set;
}

}  // namespace understudy::test
