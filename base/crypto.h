// The little cryptography the program needs, all of it libsodium's: tokens, their hashes, sealed
// credentials, webhook signatures. Stateless; any thread. initialise_crypto() comes first in
// main().
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace understudy {

void initialise_crypto();

std::string random_bytes(std::size_t count);
std::string to_base64(std::string_view bytes);  // standard alphabet, padded
std::optional<std::string> from_base64(std::string_view text);

// HMAC-SHA-256, 32 raw bytes.
std::string hmac_sha256(std::string_view key, std::string_view message);

// A bearer token: a readable prefix that says what it is for ("usa" agent, "usk" API), an
// underscore, 43 characters of 256 random bits. Because it is random a plain hash is enough; no
// password hash needed.
Secret make_token(std::string_view kind);
// What is stored of it: SHA-256 as hex, and the first 8 characters after the underscore to find the
// row by.
std::string token_hash(std::string_view token);
std::optional<std::string> token_lookup_prefix(
    std::string_view token);  // none: not a token's shape
bool token_matches(std::string_view token, std::string_view stored_hash);  // constant time

// Seals credentials at rest (XSalsa20-Poly1305) under a 32-byte key from a file.
class Sealer {
  public:
    // Refuses a file that others can read. A missing one is made (0600), unless something is sealed
    // with it already: a new key would hide that the old one is lost.
    enum class MissingKey { Make, Refuse };
    static Result<Sealer> from_key_file(const std::string& path,
                                        MissingKey missing = MissingKey::Make);
    static Sealer from_key(const Secret& key);

    std::string seal(const Secret& plain) const;  // base64 of nonce and box
    Result<Secret> open(std::string_view sealed) const;

  private:
    explicit Sealer(const Secret& key);
    std::shared_ptr<const unsigned char> key_;
};

}  // namespace understudy
