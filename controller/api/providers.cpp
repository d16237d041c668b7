#include <map>

#include "controller/api/answers.h"
#include "controller/api/handlers.h"
#include "controller/api/lookup.h"
#include "controller/api/page.h"
#include "controller/api/views.h"

namespace understudy::api {
namespace {

constexpr std::size_t kCredentialLimitBytes = 64 * 1024;

std::map<ProviderId, std::size_t> domains_by_provider(const Fleet& fleet) {
    std::map<ProviderId, std::size_t> counts;
    for (const Domain* domain : fleet.domains())
        ++counts[domain->provider];
    return counts;
}

std::string read_settings(Fields& fields) {
    const json::Value settings = fields.member("settings");
    if (settings.exists() && !settings.is_object()) {
        fields.complain("settings", "this is not an object", "give a JSON object, or leave it out");
    }
    return settings.exists() ? settings.text() : "{}";
}

Secret read_credential(Fields& fields) {
    return Secret{fields.required_text("credential", kCredentialLimitBytes)};
}

ProviderAccount read_account(const Context& api, Fields& fields) {
    ProviderAccount account;
    account.name = fields.label("name");
    account.kind = fields.required_text("kind");
    account.settings = read_settings(fields);
    const Secret credential = read_credential(fields);
    const auto kinds = provider_kinds();
    if (!account.kind.empty() && std::ranges::find(kinds, account.kind) == kinds.end()) {
        fields.complain("kind", quoted(account.kind) + " is no kind of provider",
                        "one of: " + listed(kinds));
    } else if (fields.problems().empty()) {
        fields.take(make_provider(account.kind, account.settings, credential));
    }
    account.sealed_credential = api.sealer.seal(credential);
    return account;
}

// A domain of that provider, to try reading with.
const Domain* domain_at(const Fleet& fleet, ProviderId provider) {
    for (const Domain* domain : fleet.domains()) {
        if (domain->provider == provider) return domain;
    }
    return nullptr;
}

void add_reading(Verification& found, const Domain& domain,
                 const Result<std::vector<RecordReading>>& readings) {
    ensure(!readings || readings->size() == 1);
    const Error* trouble = nullptr;
    if (!readings) trouble = &readings.error();
    if (readings && readings->front().problem) trouble = &*readings->front().problem;
    if (trouble == nullptr) {
        found.proven.push_back("the records of zone '" + domain.zone_name + "' can be read");
        found.reading_unproven.clear();
        return;
    }
    found.warnings.push_back("'" + domain.name + "' cannot be read: " + trouble->text());
}

ApiResponse verification(Verification found) {
    if (!found.reading_unproven.empty())
        found.unproven.insert(found.unproven.begin(), found.reading_unproven);
    json::Writer out;
    out.begin_object().list("proven", found.proven).list("unproven", found.unproven);
    out.list("warnings", found.warnings).end_object();
    return json_response(out.take());
}

// Verifying knows no zone; a domain that is there has one.
void verify_by_reading(const Context& api, ProviderId provider, const Verification& found,
                       const Api::Respond& respond) {
    const Domain* domain = domain_at(api.fleet(), provider);
    if (domain == nullptr || found.reading_unproven.empty()) return respond(verification(found));
    api.desk.ask(
        provider,
        {[domain = *domain](const Provider& asked) {
             return asked.read({domain.zone_id, domain.zone_name}, {domain.name});
         },
         [found, respond, domain = *domain](const Result<std::vector<RecordReading>>& readings) {
             Verification whole = found;
             add_reading(whole, domain, readings);
             respond(verification(std::move(whole)));
         }});
}

}  // namespace

void list_providers(const Call& call) {
    auto counts = domains_by_provider(call.api.fleet());
    answer_list(call, call.api.fleet().providers(),
                [&](json::Writer& out, const ProviderAccount& account) {
                    write_provider(out, call.api, account, counts[account.id]);
                });
}

void add_provider(const Call& call) {
    AddProvider order;
    if (!read_body(call, [&](Fields& fields) { order.account = read_account(call.api, fields); }))
        return;
    const std::string location = "/api/v1/providers/" + order.account.name;
    give_order(call, std::move(order), as_created(showing(call, the_provider), location));
}

void verify_provider(const Call& call) {
    const auto account = find_provider(call.api.fleet(), call.capture());
    if (!account) return call.refuse(account.error());
    if (!read_no_body(call)) return;
    call.api.desk.ask((*account)->id, {[](const Provider& provider) { return provider.verify(); },
                                       [api = &call.api, respond = call.respond,
                                        id = (*account)->id](const Result<Verification>& found) {
                                           if (!found)
                                               return respond(upstream_problem(found.error()));
                                           verify_by_reading(*api, id, *found, respond);
                                       }});
}

// What is under way ends with the old credential; every call that begins after the commit has the
// new one.
void replace_credential(const Call& call) {
    const auto account = find_provider(call.api.fleet(), call.capture());
    if (!account) return call.refuse(account.error());
    ReplaceCredential order{(*account)->id, {}};
    const bool good = read_body(call, [&](Fields& fields) {
        const Secret credential = read_credential(fields);
        if (!fields.problems().empty()) return;
        fields.take(make_provider((*account)->kind, (*account)->settings, credential));
        order.sealed_credential = call.api.sealer.seal(credential);
    });
    if (!good) return;
    give_order(call, std::move(order), showing(call, the_provider));
}

}  // namespace understudy::api
