// Every order, by its struct: one overload each, in the file named after what it is about. Each is
// checked whole before anything is changed.
#pragma once

#include "controller/core/step_context.h"

namespace understudy::orders {

// servers.cpp
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const AddServer&);
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const EditServer&);
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const RemoveServer&);
// tokens.cpp
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const RotateToken&);
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const EnrollAgent&);
// maintenance.cpp
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const StartMaintenance&);
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const EndMaintenance&);
// pools.cpp
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const AddPool&);
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const RemovePool&);
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const SetMembers&);
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const SetPolicy&);
// switching.cpp
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const SwitchPool&);
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const FailbackPool&);
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const HoldPool&);
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const ReleasePool&);
// drills.cpp
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const RunDrill&);
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const EndDrill&);
// controls.cpp
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const StartDryRun&);
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const EndDryRun&);
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const PauseAll&);
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const ResumeAll&);
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const StartDryRunOfAll&);
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const EndDryRunOfAll&);
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const AcceptLosses&);
// domains.cpp
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const AddDomain&);
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const RemoveDomain&);
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const AdoptDomain&);
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const EnforceDomain&);
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const IgnoreDomain&);
// domain_moves.cpp
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const MoveDomains&);
// providers.cpp
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const AddProvider&);
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const RemoveProvider&);
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const ReplaceCredential&);
// access.cpp
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const AddToken&);
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const RemoveToken&);
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const TokenUsed&);
// channels.cpp
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const AddChannel&);
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const EditChannel&);
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const RemoveChannel&);
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const TestChannel&);
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const DisableChannel&);
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const EnableChannel&);
// incidents.cpp
Result<OrderDone> carry_out(StepContext&, const OrderContext&, const Acknowledge&);

}  // namespace understudy::orders
