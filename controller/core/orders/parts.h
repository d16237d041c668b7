// What the orders have in common: log lines, complaints, and the checks that several make.
#pragma once

#include <string>
#include <vector>

#include "controller/core/step_context.h"

namespace understudy::orders {

LogLine line_of(const OrderContext& by, EventType type, std::string reason);
Error unknown(const char* kind, std::int64_t id);
Error taken(const char* kind, const std::string& name);

// A wish made an override. Refused when it would be over already.
Result<Override> override_of(const StepContext& context, const OrderContext& by, const Wish& wish);

// "members[2]: ..." when one is unknown or named twice, or when there is none.
Result<std::vector<ServerId>> servers_named(const Fleet& fleet,
                                            const std::vector<std::string>& names);
Result<Done> check_members(const Fleet& fleet, const std::vector<ServerId>& members,
                           const std::string& field);
Result<std::vector<PoolId>> pools_named(const Fleet& fleet, const std::vector<std::string>& names);

// By the pool's policy, now; maintenance counts as not healthy.
bool healthy(const StepContext& context, const Pool& pool, ServerId server);
// "web2 is not healthy: offline for 12 s: link closed"
Error not_healthy(const StepContext& context, const Pool& pool, ServerId server);

void judge_members(StepContext& context, const Pool& pool);

// The brake: refuses an order that changes more of a zone than GuardLimits allow.
Result<Done> check_brake(const StepContext& context, const std::vector<DomainId>& changing,
                         bool force);
// Those whose record would change if the pool's target were this one.
std::vector<DomainId> changing_domains(const Fleet& fleet, const Pool& pool, const Target& target);

}  // namespace understudy::orders
