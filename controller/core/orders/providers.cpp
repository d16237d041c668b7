// Orders about accounts at DNS providers.
#include "controller/core/orders/carry_out.h"
#include "controller/core/orders/parts.h"

namespace understudy::orders {

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by,
                            const AddProvider& order) {
    if (context.fleet().provider_named(order.account.name) != nullptr) {
        Error error = taken("provider", order.account.name);
        error.remedy = "to give it another credential: understudyctl provider set-credential " +
                       order.account.name + "; for another account choose another name";
        return error;
    }
    ProviderAccount account = order.account;
    account.id = context.tx.next_id<ProviderId>();
    const OrderDone done{account.id.value};
    context.tx.log(line_of(by, EventType::ProviderAdded,
                           "Provider '" + account.name + "' (" + account.kind + ") added"));
    context.tx.put(std::move(account));
    return done;
}

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by,
                            const RemoveProvider& order) {
    const ProviderAccount* account = context.fleet().provider(order.provider);
    if (account == nullptr) return unknown("provider", order.provider.value);
    for (const Domain* domain : context.fleet().domains()) {
        if (domain->provider != order.provider) continue;
        return conflict("provider '" + account->name + "' serves domain '" + domain->name + "'",
                        "remove its domains first");
    }
    context.tx.log(
        line_of(by, EventType::ProviderRemoved, "Provider '" + account->name + "' removed"));
    context.tx.erase(order.provider);
    return OrderDone{order.provider.value};
}

// The records are compared at once: what the old credential was refused is then tried again, and
// nobody waits for the maintenance loop to learn whether the new one works.
Result<OrderDone> carry_out(StepContext& context, const OrderContext& by,
                            const ReplaceCredential& order) {
    const ProviderAccount* known = context.fleet().provider(order.provider);
    if (known == nullptr) return unknown("provider", order.provider.value);
    ProviderAccount account = *known;
    account.sealed_credential = order.sealed_credential;
    context.tx.log(line_of(by, EventType::ProviderCredentialReplaced,
                           "Credential of provider '" + account.name + "' replaced"));
    context.tx.put(std::move(account));
    context.tx.check_records();
    return OrderDone{order.provider.value};
}

}  // namespace understudy::orders
