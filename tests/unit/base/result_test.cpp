#include "base/result.h"

#include <doctest/doctest.h>

#include <memory>

using namespace understudy;

TEST_CASE("result: a value") {
    Result<std::string> result{std::string{"abc"}};
    CHECK(result.ok());
    CHECK(static_cast<bool>(result));
    CHECK(*result == "abc");
    CHECK(result->size() == 3);
    result.value() += "d";
    const Result<std::string>& constant = result;
    CHECK(constant.value() == "abcd");
    CHECK(constant->size() == 4);
}

TEST_CASE("result: an error") {
    const Result<int> result{not_found("no pool 'web'", "see understudyctl pool list")};
    CHECK_FALSE(result.ok());
    CHECK(result.error().code == Errc::NotFound);
    CHECK(result.error().text() == "no pool 'web' (see understudyctl pool list)");
}

TEST_CASE("result: values that can only be moved") {
    Result<std::unique_ptr<int>> result{std::make_unique<int>(3)};
    const std::unique_ptr<int> taken = std::move(result).value();
    CHECK(*taken == 3);
}

TEST_CASE("result: success without a value") {
    CHECK(Result<Done>{Done{}}.ok());
    CHECK_FALSE(Result<Done>{transient("no answer")}.ok());
}

TEST_CASE("result: errors as people read them") {
    CHECK(invalid("ttl", "'x' is not a number", "give seconds").text() ==
          "ttl: 'x' is not a number (give seconds)");
    CHECK(transient("no answer").text() == "no answer");
    CHECK(conflict("taken").code == Errc::Conflict);
    CHECK(rejected("token refused").code == Errc::Rejected);
}

TEST_CASE("result: every code has a name of its own") {
    CHECK(std::string{to_string(Errc::Invalid)} == "invalid");
    CHECK(std::string{to_string(Errc::NotFound)} == "not_found");
    CHECK(std::string{to_string(Errc::Conflict)} == "conflict");
    CHECK(std::string{to_string(Errc::Rejected)} == "rejected");
    CHECK(std::string{to_string(Errc::Transient)} == "transient");
    CHECK(std::string{to_string(Errc::Throttled)} == "throttled");
    CHECK(std::string{to_string(Errc::Corrupt)} == "corrupt");
}
