// What a WebSocket client sends: however its bytes are cut, the same is said; no message is longer
// than allowed or anything but UTF-8, and after the end nothing is read.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/ensure.h"
#include "base/utf8.h"
#include "controller/hub/frame_reader.h"

using namespace understudy;

namespace {

constexpr std::size_t kLimit = 300;

std::vector<Said> read(std::string_view bytes, std::size_t at_once) {
    FrameReader reader{kLimit};
    std::vector<Said> all;
    while (!bytes.empty()) {
        reader.feed(bytes.substr(0, at_once));
        bytes.remove_prefix(std::min(at_once, bytes.size()));
        while (auto said = reader.next())
            all.push_back(std::move(*said));
    }
    return all;
}

bool ends(const Said& said) {
    return said.kind != Said::Kind::Text && said.kind != Said::Kind::Ping &&
           said.kind != Said::Kind::Pong;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    const auto whole = read(bytes, size);
    const auto cut = read(bytes, 1);
    ensure(whole.size() == cut.size());
    for (std::size_t i = 0; i < whole.size(); ++i) {
        const Said& said = whole[i];
        ensure(said.kind == cut[i].kind && said.code == cut[i].code && said.text == cut[i].text);
        ensure(!ends(said) || i + 1 == whole.size());
        if (said.kind != Said::Kind::Text) continue;
        ensure(said.text.size() <= kLimit && valid_utf8(said.text) == said.text);
    }
    return 0;
}
