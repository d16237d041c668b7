#include "base/hmac.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "base/ensure.h"

namespace understudy {
namespace {

const EVP_MD* digest_of(Hash hash) {
    switch (hash) {
        case Hash::Sha256:
            return EVP_sha256();
        case Hash::Sha384:
            return EVP_sha384();
        case Hash::Sha512:
            return EVP_sha512();
    }
    return nullptr;
}

const unsigned char* octets(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string hmac(Hash hash, std::string_view key, std::string_view message) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
    unsigned int size = 0;
    // A null key would mean the one of the call before.
    const std::string_view given = key.data() == nullptr ? std::string_view{""} : key;
    ensure(HMAC(digest_of(hash), given.data(), static_cast<int>(given.size()), octets(message),
                message.size(), out.data(), &size) != nullptr);
    return {out.begin(), out.begin() + size};
}

bool same_bytes(std::string_view one, std::string_view other) {
    return one.size() == other.size() && CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

}  // namespace understudy
