// The RapidJSON value behind a json::Value, for json.cpp and json_schema.cpp only.
#pragma once

#include <rapidjson/document.h>

#include "base/json.h"

namespace understudy::json {

inline const rapidjson::Value& node_of(const Value& value) {
    return *static_cast<const rapidjson::Value*>(value.node());
}

}  // namespace understudy::json
