#include "base/policy_fields.h"

#include "base/field_codec.h"

namespace understudy {

Policy read_policy_fields(Fields& fields, Policy policy, bool allow_unreachable) {
    read_described(fields, policy, allow_unreachable);
    if (policy.mode == PoolMode::Failover) {
        // What chose among several answers goes with them, unless it is named all the same.
        if (!fields.has("max_answers")) policy.max_answers = 0;
        if (!fields.has("answers")) policy.answers = AnswerOrder::Member;
    }
    return policy;
}

Policy read_policy(Fields fields, Policy policy, bool allow_unreachable) {
    policy = read_policy_fields(fields, policy, allow_unreachable);
    fields.finish();
    return policy;
}

}  // namespace understudy
