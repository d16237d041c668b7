// Any bytes as the answers of the vendors that speak REST: see operation_fuzz.h. The first byte
// chooses the vendor.
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>

#include "tests/fuzz/operation_fuzz.h"

namespace {

const understudy::Provider& vendor(unsigned char choice) {
    constexpr std::array kKinds{"hetzner", "digitalocean", "desec", "gandi"};
    static std::map<std::string, std::unique_ptr<understudy::Provider>> made;
    const std::string kind = kKinds[choice % kKinds.size()];
    auto& entry = made[kind];
    if (!entry) entry = understudy::fuzz::provider(kind);
    return *entry;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::string_view input{reinterpret_cast<const char*>(data + 1), size - 1};
    const auto& provider = vendor(data[0]);
    const auto left = provider.calls_left({200, {{"Ratelimit-Remaining", std::string{input}}}, {}});
    ensure(!left || left->calls >= 0);
    understudy::fuzz::play_any(provider, input);
    return 0;
}
