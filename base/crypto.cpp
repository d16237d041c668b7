#include "base/crypto.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/ascii.h"
#include "base/descriptor.h"
#include "base/token_shape.h"

namespace understudy {
namespace {

constexpr std::size_t kKeyBytes = crypto_secretbox_KEYBYTES;
constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kLookupCharacters = 8;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

std::string base64(std::string_view bytes, int variant) {
    std::string out(sodium_base64_encoded_len(bytes.size(), variant), '\0');
    sodium_bin2base64(out.data(), out.size(), bytes_of(bytes), bytes.size(), variant);
    out.pop_back();  // libsodium's terminating NUL
    return out;
}

Error key_trouble(const std::string& path, const std::string& trouble, std::string remedy) {
    return invalid("key_file", "'" + path + "' " + trouble, std::move(remedy));
}

Error system_trouble(const std::string& path, const std::string& what, int error) {
    return key_trouble(path, what + ": " + std::strerror(error),
                       "check that the directory exists and belongs to this user");
}

// Writes a draft, syncs it, then links it into place: the key file is whole or not there, and of
// two processes that start at once one key wins.
Result<Done> create_key_file(const std::string& path) {
    const std::string draft = path + ".new-" + to_hex(random_bytes(8));
    const Secret key{random_bytes(kKeyBytes)};
    const Secret line{to_base64(key.reveal()) + "\n"};
    const bool linked = write_new_file(draft, line.reveal()) &&
                        (::link(draft.c_str(), path.c_str()) == 0 || errno == EEXIST);
    const int error = errno;
    ::unlink(draft.c_str());
    if (!linked) return system_trouble(path, "cannot be created", error);
    if (!sync_folder_of(path)) return system_trouble(path, "cannot be made durable", errno);
    return Done{};
}

// Group read is let through because systemd hands credentials to a service by an ACL, whose mask
// shows up as the group's bits.
bool others_have_access(const struct stat& status) {
    return (status.st_mode & (S_IRWXO | S_IWGRP)) != 0;
}

Result<Secret> read_key_file(const std::string& path, const Descriptor& file) {
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) return system_trouble(path, "cannot be read", errno);
    if (!S_ISREG(status.st_mode)) return key_trouble(path, "is not a file", "name the key file");
    if (others_have_access(status)) {
        return key_trouble(path, "is open to other users", "run chmod 600 " + path);
    }
    std::string text(128, '\0');
    const ssize_t got = ::read(file.get(), text.data(), text.size());
    if (got < 0) return system_trouble(path, "cannot be read", errno);
    text.resize(static_cast<std::size_t>(got));
    while (text.ends_with('\n'))
        text.pop_back();
    const Secret encoded{std::move(text)};
    auto key = from_base64(encoded.reveal());
    if (!key || key->size() != kKeyBytes) {
        return key_trouble(path, "does not hold a key of 32 bytes in base64",
                           "restore it from a backup: without it stored credentials are lost");
    }
    return Secret{std::move(*key)};
}

}  // namespace

void initialise_crypto() {
    ensure(sodium_init() >= 0);
}

std::string random_bytes(std::size_t count) {
    std::string out(count, '\0');
    randombytes_buf(out.data(), out.size());
    return out;
}

std::string to_base64(std::string_view bytes) {
    return base64(bytes, sodium_base64_VARIANT_ORIGINAL);
}

std::optional<std::string> from_base64(std::string_view text) {
    // libsodium 1.0.18 takes bytes above 0x7f for characters of the alphabet where char is signed.
    if (!std::ranges::all_of(text, [](char c) { return c > 0; })) return std::nullopt;
    std::string out(text.size() / 4 * 3 + 3, '\0');
    std::size_t length = 0;
    const char* end = nullptr;
    const int failed = sodium_base642bin(bytes_of(out), out.size(), text.data(), text.size(),
                                         nullptr, &length, &end, sodium_base64_VARIANT_ORIGINAL);
    if (failed != 0 || end != text.data() + text.size()) return std::nullopt;
    out.resize(length);
    return out;
}

std::string hmac_sha256(std::string_view key, std::string_view message) {
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, bytes_of(key), key.size());
    crypto_auth_hmacsha256_update(&state, bytes_of(message), message.size());
    std::string out(crypto_auth_hmacsha256_BYTES, '\0');
    crypto_auth_hmacsha256_final(&state, bytes_of(out));
    sodium_memzero(&state, sizeof state);
    return out;
}

Secret make_token(std::string_view kind) {
    const Secret random{random_bytes(kTokenBytes)};
    const Secret characters{base64(random.reveal(), sodium_base64_VARIANT_URLSAFE_NO_PADDING)};
    return Secret{std::string{kind} + "_" + characters.reveal()};
}

std::string token_hash(std::string_view token) {
    std::string hash(crypto_hash_sha256_BYTES, '\0');
    crypto_hash_sha256(bytes_of(hash), bytes_of(token), token.size());
    return to_hex(hash);
}

std::optional<std::string> token_lookup_prefix(std::string_view token) {
    const auto part = token_characters(token);
    if (!part) return std::nullopt;
    return std::string{part->substr(0, kLookupCharacters)};
}

bool token_matches(std::string_view token, std::string_view stored_hash) {
    const std::string hash = token_hash(token);
    return hash.size() == stored_hash.size() &&
           sodium_memcmp(hash.data(), stored_hash.data(), hash.size()) == 0;
}

Result<Sealer> Sealer::from_key_file(const std::string& path, MissingKey missing) {
    for (int attempt = 0;; ++attempt) {
        const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
        if (file) {
            auto key = read_key_file(path, file);
            if (!key) return key.error();
            return Sealer{*key};
        }
        if (errno != ENOENT || attempt > 0) return system_trouble(path, "cannot be read", errno);
        if (missing == MissingKey::Refuse) {
            return key_trouble(path, "is missing, and credentials in the store are sealed with it",
                               "restore its copy; if it is lost for good, make a new one with "
                               "'head -c 32 /dev/urandom | base64', then replace every "
                               "provider's credential and add webhook channels again");
        }
        const auto created = create_key_file(path);
        if (!created) return created.error();
    }
}

Sealer Sealer::from_key(const Secret& key) {
    ensure(key.reveal().size() == kKeyBytes);
    return Sealer{key};
}

// libsodium's own allocation: locked into memory as far as the limit on that allows, left out of
// core dumps, between pages that nothing may touch, and wiped at its end.
Sealer::Sealer(const Secret& key) {
    initialise_crypto();  // its allocation needs it
    void* place = sodium_malloc(kKeyBytes);
    ensure(place != nullptr);
    std::memcpy(place, key.reveal().data(), kKeyBytes);
    sodium_mprotect_readonly(place);
    key_ = {static_cast<const unsigned char*>(place),
            [place](const unsigned char*) { sodium_free(place); }};
}

std::string Sealer::seal(const Secret& plain) const {
    const std::string& text = plain.reveal();
    const std::string nonce = random_bytes(crypto_secretbox_NONCEBYTES);
    std::string box(text.size() + crypto_secretbox_MACBYTES, '\0');
    crypto_secretbox_easy(bytes_of(box), bytes_of(text), text.size(), bytes_of(nonce), key_.get());
    return to_base64(nonce + box);
}

Result<Secret> Sealer::open(std::string_view sealed) const {
    constexpr std::size_t kOverhead = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
    const auto raw = from_base64(sealed);
    const Error failed{Errc::Corrupt,
                       "a stored credential cannot be opened with this key",
                       {},
                       "use the key file it was sealed with, or enter the credential again",
                       {}};
    if (!raw || raw->size() < kOverhead) return failed;
    const std::string_view nonce = std::string_view{*raw}.substr(0, crypto_secretbox_NONCEBYTES);
    const std::string_view box = std::string_view{*raw}.substr(crypto_secretbox_NONCEBYTES);
    std::string plain(box.size() - crypto_secretbox_MACBYTES, '\0');
    if (crypto_secretbox_open_easy(bytes_of(plain), bytes_of(box), box.size(), bytes_of(nonce),
                                   key_.get()) != 0) {
        return failed;
    }
    return Secret{std::move(plain)};
}

}  // namespace understudy
