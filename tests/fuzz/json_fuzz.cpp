// Any bytes: parsing does not crash, and what was accepted is still JSON when written.
#include <cstddef>
#include <cstdint>

#include "base/ensure.h"
#include "base/json.h"

using namespace understudy;
using json::Value;

namespace {

void visit(const Value& value) {
    static_cast<void>(value.integer());
    static_cast<void>(value.number());
    ensure(value.string().has_value() == value.is_string());
    value.each([](const Value& element) { visit(element); });
    value.each_member([&value](std::string_view key, const Value& member) {
        ensure(value[key].exists());
        visit(member);
    });
}

void check(std::string_view text, const json::ParseOptions& options) {
    const auto document = json::Document::parse(text, options);
    if (!document) {
        ensure(document.error().message.find("line ") != std::string::npos ||
               text.size() > options.max_bytes);
        return;
    }
    visit(document->root());
    const auto again = json::Document::parse(document->root().text());
    ensure(again.ok());
    ensure(again->root().size() == document->root().size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    check(text, {});
    json::ParseOptions for_people;
    for_people.comments = true;
    for_people.max_depth = 5;
    for_people.max_bytes = 4096;
    check(text, for_people);
    return 0;
}
