// JSON Schema (draft 7) by valijson: checks a document and reports every violation at once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace understudy::json {

struct Violation {
    std::string path;     // "servers[3].ipv4"; empty for the document itself
    std::string value;    // the offending value as JSON, cut to 80 characters; empty: not told
    std::string message;  // what the schema wants
};

// schema_text must be a valid schema (it is one of ours: a bad one is a programmer error).
std::vector<Violation> violations(std::string_view schema_text, const Value& document);

}  // namespace understudy::json
