// HMAC (RFC 2104) for protocols that let people choose the hash. Pure; any thread. What the program
// signs of itself takes crypto.h.
#pragma once

#include <string>
#include <string_view>

namespace understudy {

enum class Hash { Sha256, Sha384, Sha512 };

// Raw bytes: 32, 48 or 64.
std::string hmac(Hash hash, std::string_view key, std::string_view message);

// In a time that does not tell where they differ.
bool same_bytes(std::string_view one, std::string_view other);

}  // namespace understudy
