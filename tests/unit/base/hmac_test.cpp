#include "base/hmac.h"

#include <doctest/doctest.h>

#include "base/ascii.h"

namespace understudy::test {
namespace {

TEST_CASE("HMAC with each hash is that of RFC 4231, case 2") {
    const std::string text = "what do ya want for nothing?";
    CHECK(to_hex(hmac(Hash::Sha256, "Jefe", text)) ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(to_hex(hmac(Hash::Sha384, "Jefe", text)) ==
          "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
          "8e2240ca5e69e2c78b3239ecfab21649");
    CHECK(to_hex(hmac(Hash::Sha512, "Jefe", text)) ==
          "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
          "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
    CHECK(hmac(Hash::Sha256, {}, {}) == hmac(Hash::Sha256, "", ""));
}

TEST_CASE("bytes are the same or not") {
    CHECK(same_bytes("abc", "abc"));
    CHECK(same_bytes("", {}));
    CHECK_FALSE(same_bytes("abc", "abd"));
    CHECK_FALSE(same_bytes("abc", "ab"));
}

}  // namespace
}  // namespace understudy::test
