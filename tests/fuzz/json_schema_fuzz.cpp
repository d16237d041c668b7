// Any document against a schema that uses every keyword ours do: no crash, and every violation says
// something.
#include <cstddef>
#include <cstdint>

#include "base/ensure.h"
#include "base/json_schema.h"

using namespace understudy;

namespace {

constexpr const char* kSchema = R"({
    "type": "object",
    "required": ["name"],
    "additionalProperties": false,
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z0-9][a-z0-9._+-]{0,62}$", "maxLength": 63},
        "mode": {"enum": ["prompt", "maintenance"]},
        "seconds": {"type": "integer", "minimum": 1, "maximum": 3600},
        "servers": {"type": "array", "minItems": 1, "uniqueItems": true,
                    "items": {"$ref": "#/definitions/server"}},
        "labels": {"type": "object", "additionalProperties": {"type": ["string", "null"]}},
        "either": {"oneOf": [{"type": "string"}, {"type": "object", "required": ["x"]}]}
    },
    "definitions": {
        "server": {"type": "object", "required": ["ipv4"],
                   "properties": {"ipv4": {"type": "string", "description": "an IPv4 address"}}}
    }
})";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const auto document = json::Document::parse(text);
    if (!document) return 0;
    for (const auto& violation : json::violations(kSchema, document->root())) {
        ensure(!violation.message.empty());
        ensure(violation.value.size() <= 80);
    }
    return 0;
}
