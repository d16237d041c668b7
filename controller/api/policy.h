// Reads a policy as a person gives it: any of its fields, the others as they are in `policy`. A
// fallback given as null is taken away. Pure.
#pragma once

#include "controller/api/fields.h"
#include "controller/core/model.h"

namespace understudy::api {

// For an object inside a body: finishes it.
Policy read_policy(Fields fields, Policy policy, bool allow_unreachable);
// For a body that is itself the policy.
Policy read_policy_fields(Fields& fields, Policy policy, bool allow_unreachable);

}  // namespace understudy::api
