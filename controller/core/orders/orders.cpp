#include "controller/core/orders/orders.h"

#include "controller/core/audit.h"
#include "controller/core/orders/carry_out.h"
#include "controller/core/orders/parts.h"
#include "controller/core/within.h"

namespace understudy::orders {
namespace {

// In the line that tells of it; one of its own where there is none.
void note(StepContext& context, const OrderContext& by, std::size_t since, std::string audit) {
    if (LogLine* line = context.tx.line_of_order(since)) {
        line->audit = std::move(audit);
        return;
    }
    LogLine line = line_of(by, EventType::OrderGiven, "An order was given");
    line.audit = std::move(audit);
    context.tx.log(std::move(line));
}

Result<OrderDone> carry_out_as_it_is(StepContext& context, const OrderContext& by,
                                     const OrderAction& action) {
    return std::visit([&](const auto& order) { return carry_out(context, by, order); }, action);
}

// It counted when the request came; a provider may have been asked since.
Result<Done> check_counts(const StepContext& context, const Caller& by) {
    if (!by.accessor) return Done{};
    const Token* token = context.fleet().token(by.accessor);
    if (token != nullptr && !token->expired(context.wall())) return Done{};
    return rejected("the token by which it was ordered counts no more", "order it with another");
}

}  // namespace

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by,
                            const OrderAction& action) {
    if (auto counts = check_counts(context, by.by); !counts) return counts.error();
    if (auto refused = within::refuses(context.fleet(), by.by, action)) return *std::move(refused);
    if (!audit::wanted(by.by, action)) return carry_out_as_it_is(context, by, action);
    const auto before = audit::portrait_of(context.fleet(), action);
    const std::size_t since = context.tx.told();
    auto done = carry_out_as_it_is(context, by, action);
    if (!done) return done;
    const auto after = audit::portrait_of(context.fleet(), action, done->id);
    note(context, by, since, audit::record_of(context.fleet(), by.by, action, before, after));
    return done;
}

OrderDone carry_out(StepContext& context, const OrderBatch& batch,
                    std::vector<RefusedOrder>& refused) {
    OrderDone all;
    for (std::size_t i = 0; i < batch.actions.size(); ++i) {
        auto done = carry_out(context, batch.context, batch.actions[i]);
        if (done) {
            all.ids.push_back(done->id);
        } else {
            refused.push_back({i, done.error()});
        }
    }
    return all;
}

}  // namespace understudy::orders
