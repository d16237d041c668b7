#include "base/secret.h"

#include <doctest/doctest.h>

#include <array>
#include <new>
#include <ostream>
#include <type_traits>
#include <utility>

using namespace understudy;

namespace {

template <typename T>
concept Printable = requires(std::ostream& out, const T& value) {
    out << value;
};

}  // namespace

static_assert(!Printable<Secret>);
static_assert(!std::is_convertible_v<std::string, Secret>);
static_assert(!std::is_convertible_v<Secret, std::string>);

TEST_CASE("secret: it is read only through reveal()") {
    const Secret secret{"token"};
    CHECK(secret.reveal() == "token");
    CHECK_FALSE(secret.empty());
    CHECK(Secret{}.empty());
}

TEST_CASE("secret: copies are independent") {
    Secret first{"one"};
    Secret second = first;
    first = Secret{"two"};
    CHECK(second.reveal() == "one");
    second = first;
    CHECK(second.reveal() == "two");
    const Secret& same = second;
    second = same;
    CHECK(second.reveal() == "two");
}

TEST_CASE("secret: what was moved from is empty and wiped") {
    Secret first{"short"};
    const char* const place = first.reveal().data();
    const Secret second = std::move(first);
    CHECK(second.reveal() == "short");
    CHECK(std::string(place, 5) == std::string(5, '\0'));

    Secret third{std::string(100, 'x')};
    Secret fourth{"old"};
    fourth = std::move(third);
    CHECK(fourth.reveal() == std::string(100, 'x'));
}

TEST_CASE("secret: it is wiped when it goes") {
    alignas(Secret) std::array<char, sizeof(Secret)> storage{};
    auto* const secret = new (storage.data()) Secret{"short"};  // kept inside the object
    REQUIRE(std::string_view(storage.data(), storage.size()).find("short") !=
            std::string_view::npos);
    secret->~Secret();
    CHECK(std::string_view(storage.data(), storage.size()).find("short") == std::string_view::npos);
}
