// Messages of either side: whatever decodes is encoded within the limit, and that decodes to the
// same.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/ensure.h"
#include "schema/wire.h"

using namespace understudy;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    if (const auto message = wire::decode_agent_message(text)) {
        const auto encoded = wire::encode(*message);
        ensure(encoded.size() <= wire::kMessageLimitBytes);
        const auto again = wire::decode_agent_message(encoded);
        ensure(again.ok());
        // What was too much for one message was cut, once and for all.
        ensure(wire::encode(*again) == encoded);
    }
    if (const auto message = wire::decode_controller_message(text)) {
        const auto again = wire::decode_controller_message(wire::encode(*message));
        ensure(again.ok() && *again == *message);
    }
    return 0;
}
