#include "base/crypto.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "base/ascii.h"

using namespace understudy;

namespace {

class TemporaryFolder {
  public:
    TemporaryFolder() {
        initialise_crypto();
        std::string pattern =
            (std::filesystem::temp_directory_path() / "understudy-crypto-XXXXXX").string();
        REQUIRE(mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    std::string file(const char* name) const { return (path_ / name).string(); }
    std::size_t file_count() const {
        return static_cast<std::size_t>(
            std::distance(std::filesystem::directory_iterator{path_}, {}));
    }

  private:
    std::filesystem::path path_;
};

void write_file(const std::string& path, const std::string& text, mode_t mode) {
    std::ofstream{path} << text;
    REQUIRE(chmod(path.c_str(), mode) == 0);
}

const std::string kKey(32, 'k');

}  // namespace

TEST_CASE("crypto: base64 of RFC 4648 section 10") {
    CHECK(to_base64("").empty());
    CHECK(to_base64("f") == "Zg==");
    CHECK(to_base64("fo") == "Zm8=");
    CHECK(to_base64("foobar") == "Zm9vYmFy");
    CHECK(from_base64("Zm8=") == "fo");
    CHECK(from_base64("").has_value());
    const std::string all = random_bytes(257);
    CHECK(from_base64(to_base64(all)) == all);
}

TEST_CASE("crypto: what is not base64 is refused") {
    for (const char* text :
         {"Zg", "Zg=", "Z===", "Zm9v!", "Zm 9v", "Zm9v\n", "Zm9_", "Zg==Zg==", "ZM9v\xff\xffY="}) {
        CAPTURE(text);
        CHECK_FALSE(from_base64(text).has_value());
    }
}

TEST_CASE("crypto: HMAC-SHA-256 of RFC 4231") {
    CHECK(to_hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")) ==
          "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    CHECK(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(to_hex(hmac_sha256(std::string(131, '\xaa'),
                             "Test Using Larger Than Block-Size Key - Hash Key First")) ==
          "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST_CASE("crypto: random bytes differ") {
    initialise_crypto();
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i)
        seen.insert(random_bytes(16));
    CHECK(seen.size() == 100);
    CHECK(random_bytes(0).empty());
}

TEST_CASE("crypto: a token is recognised by its hash and found by its prefix") {
    initialise_crypto();
    const Secret token = make_token("usk");
    const std::string& text = token.reveal();
    CHECK(text.size() == 4 + 43);
    CHECK(text.starts_with("usk_"));
    CHECK(token_hash(text).size() == 64);
    CHECK(token_lookup_prefix(text) == text.substr(4, 8));
    CHECK(token_matches(text, token_hash(text)));
    CHECK_FALSE(token_matches(make_token("usk").reveal(), token_hash(text)));
    CHECK_FALSE(token_matches(text, ""));
    CHECK_FALSE(token_matches(text, token_hash(text) + "0"));
    CHECK(token_hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("crypto: what has no token's shape has no prefix") {
    const std::string part(43, 'a');
    CHECK(token_lookup_prefix("usa_" + part) == "aaaaaaaa");
    CHECK(token_lookup_prefix("usa_" + std::string(42, '_') + "-") == "________");
    for (const std::string& text :
         {std::string{}, std::string{"usa"}, "_" + part, "usa_" + part + "a",
          "usa_" + part.substr(1), "usa_" + part.substr(1) + "="}) {
        CAPTURE(text);
        CHECK_FALSE(token_lookup_prefix(text).has_value());
    }
}

TEST_CASE("crypto: what is sealed opens again, and only with its key") {
    initialise_crypto();
    const Sealer sealer = Sealer::from_key(Secret{kKey});
    const std::string sealed = sealer.seal(Secret{"token-123"});
    CHECK(sealed.find("token") == std::string::npos);
    CHECK(sealer.seal(Secret{"token-123"}) != sealed);
    CHECK(sealer.open(sealed)->reveal() == "token-123");
    CHECK(sealer.open(sealer.seal(Secret{}))->reveal().empty());

    const auto other = Sealer::from_key(Secret{std::string(32, 'x')}).open(sealed);
    REQUIRE_FALSE(other.ok());
    CHECK(other.error().code == Errc::Corrupt);
    CHECK(other.error().text().find("token-123") == std::string::npos);
}

TEST_CASE("crypto: a sealed text that was changed is refused") {
    initialise_crypto();
    const Sealer sealer = Sealer::from_key(Secret{kKey});
    std::string raw = *from_base64(sealer.seal(Secret{"token-123"}));
    for (std::size_t i = 0; i < raw.size(); ++i) {
        raw[i] = static_cast<char>(raw[i] ^ 1);
        CHECK_FALSE(sealer.open(to_base64(raw)).ok());
        raw[i] = static_cast<char>(raw[i] ^ 1);
    }
    CHECK(sealer.open(to_base64(raw)).ok());
    for (const char* text : {"", "AAAA", "not base64"})
        CHECK_FALSE(sealer.open(text).ok());
}

TEST_CASE("crypto: the key file is made once, for its owner alone") {
    const TemporaryFolder folder;
    const std::string path = folder.file("key");
    const auto first = Sealer::from_key_file(path);
    REQUIRE(first.ok());
    struct stat status {};
    REQUIRE(stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 07777) == 0600);
    CHECK(folder.file_count() == 1);

    const auto second = Sealer::from_key_file(path);
    REQUIRE(second.ok());
    CHECK(second->open(first->seal(Secret{"same"}))->reveal() == "same");
}

TEST_CASE("crypto: a missing key is not made when something is sealed already") {
    const TemporaryFolder folder;
    const std::string path = folder.file("key");
    const auto refused = Sealer::from_key_file(path, Sealer::MissingKey::Refuse);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().field == "key_file");
    CHECK(refused.error().message.find("'" + path + "' is missing") != std::string::npos);
    CHECK(refused.error().remedy.find("restore") != std::string::npos);
    CHECK(folder.file_count() == 0);
    write_file(path, to_base64(kKey), 0600);
    CHECK(Sealer::from_key_file(path, Sealer::MissingKey::Refuse).ok());
}

TEST_CASE("crypto: a key file that others can use is refused") {
    const TemporaryFolder folder;
    const std::string path = folder.file("key");
    for (const mode_t mode : {0604U, 0602U, 0620U, 0666U}) {
        write_file(path, to_base64(kKey), mode);
        const auto sealer = Sealer::from_key_file(path);
        REQUIRE_FALSE(sealer.ok());
        CHECK(sealer.error().message.find("open to other users") != std::string::npos);
        CHECK(sealer.error().remedy == "run chmod 600 " + path);
    }
    write_file(path, to_base64(kKey), 0440);  // as systemd hands over a credential
    CHECK(Sealer::from_key_file(path).ok());
}

TEST_CASE("crypto: a key file without a key is refused and left alone") {
    const TemporaryFolder folder;
    const std::string path = folder.file("key");
    for (const std::string& text : {std::string{}, std::string{"short"}, to_base64(kKey + "x"),
                                    std::string(5000, 'A'), kKey}) {
        write_file(path, text, 0600);
        const auto sealer = Sealer::from_key_file(path);
        REQUIRE_FALSE(sealer.ok());
        CHECK(sealer.error().field == "key_file");
        CHECK(sealer.error().text().find(kKey) == std::string::npos);
        CHECK(std::filesystem::file_size(path) == text.size());
    }
}

TEST_CASE("crypto: a key file that cannot be made is named") {
    const TemporaryFolder folder;
    const auto missing = Sealer::from_key_file(folder.file("no/such/key"));
    REQUIRE_FALSE(missing.ok());
    CHECK(missing.error().message.find("no/such/key") != std::string::npos);
    const auto directory = Sealer::from_key_file(folder.file("."));
    CHECK_FALSE(directory.ok());
}
