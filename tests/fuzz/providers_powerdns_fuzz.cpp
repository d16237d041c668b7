// Any bytes as the answers of PowerDNS: see operation_fuzz.h.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/operation_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    static const auto kProvider = understudy::fuzz::provider("powerdns");
    const std::string_view input{reinterpret_cast<const char*>(data), size};
    const auto left = kProvider->calls_left({200, {{"Ratelimit", std::string{input}}}, {}});
    ensure(!left || left->calls >= 0);
    understudy::fuzz::play_any(*kProvider, input);
    return 0;
}
