// A stored or foreign payload: the decoder takes it or refuses it, what it takes can be written and
// read again, and the text made of it stays within its lines.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/ensure.h"
#include "notify/render.h"
#include "schema/notice.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace understudy;
    const auto notice = decode_notice({reinterpret_cast<const char*>(data), size});
    if (!notice) return 0;
    const std::string payload = encode_notice(*notice);
    const auto again = decode_notice(payload);
    ensure(again.ok());
    ensure(encode_notice(*again) == payload);
    const RenderedNotice text = render(*notice);
    ensure(text.subject.find_first_of("\r\n") == std::string::npos);
    ensure(text.body.find('\r') == std::string::npos);
    ensure(text.body.find('\0') == std::string::npos);
    return 0;
}
