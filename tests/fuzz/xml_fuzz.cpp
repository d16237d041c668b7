// Any bytes as XML: parsing does not crash, keeps its bounds, and what is given out is valid UTF-8
// that can be written again.
#include <cstddef>
#include <cstdint>

#include "base/ensure.h"
#include "base/utf8.h"
#include "base/xml.h"

using namespace understudy;

namespace {

constexpr int kDepth = 5;

void visit(xml::Element element, int depth) {
    ensure(depth <= kDepth);
    const auto text = element.text();
    ensure(valid_utf8(text) == text);
    ensure(xml::escaped(text).find('<') == std::string::npos);
    static_cast<void>(element.attribute("a"));
    element.each([&](xml::Element child) {
        ensure(element[child.name()].exists());
        visit(child, depth + 1);
    });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    xml::ParseOptions options;
    options.max_bytes = 4096;
    options.max_depth = kDepth;
    const auto document = xml::Document::parse(text, options);
    if (!document) {
        ensure(!document.error().message.empty());
        return 0;
    }
    ensure(size <= options.max_bytes);
    visit(document->root(), 0);
    return 0;
}
