// Reads a policy as a person gives it: any of its fields, the others from the default. Pure.
#pragma once

#include "controller/api/fields.h"
#include "controller/core/model.h"

namespace understudy::api {

Policy read_policy(Fields fields, Policy policy, bool allow_unreachable);

}  // namespace understudy::api
