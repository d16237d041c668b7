// POST /api/v1/fleet: make the fleet as the document says. Everything is checked before anything is
// done; the records of new domains are read at their providers, which may take longer than one
// request; then one batch of orders, all or none.
#include <algorithm>
#include <set>
#include <unordered_set>

#include "controller/api/admittance.h"
#include "controller/api/channel_settings.h"
#include "controller/api/fleet_plan.h"
#include "controller/api/fleet_reading.h"
#include "controller/api/handlers.h"
#include "controller/api/page.h"
#include "controller/api/sealed.h"
#include "controller/api/views.h"
#include "controller/api/wishes.h"

namespace understudy::api {
namespace {

constexpr std::size_t kProblemsShown = 1000;

struct Application {
    const Context* api;
    Caller caller;
    Instant now;
    Api::Respond respond;
    FleetDocument document;
    bool dry_run = false;
    bool force = false;
    std::vector<UnreadRecord> records;  // that had to be read for it
};
using Applying = std::shared_ptr<const Application>;

// Shown once: what a new server's agent and a new webhook's receiver need.
struct NewSecrets {
    std::vector<std::pair<std::string, Admittance>> servers;
    std::vector<std::pair<std::string, Secret>> channels;
};

void refuse(const Application& application, Problems problems) {
    if (problems.size() > kProblemsShown) {
        const auto more = problems.size() - kProblemsShown;
        problems.resize(kProblemsShown);
        problems.push_back(
            invalid({}, std::to_string(more) + " more things are wrong", "correct these first"));
    }
    // Whoever sees "try again" must not be told so while something else is wrong.
    std::stable_partition(problems.begin(), problems.end(),
                          [](const Error& error) { return error.code == Errc::Invalid; });
    application.respond(problem(problems));
}

FleetPlan make_plan(const Application& application, const Locations& located) {
    const Context* api = application.api;
    return plan_fleet(FleetPlanInput{
        api->fleet(), application.document, located,
        [api](const Channel& channel) {
            const auto opened = api->sealer.open(channel.sealed_settings);
            return opened ? *opened : Secret{};
        },
        [api](const std::string& kind, const std::string& settings, const Secret& secrets) {
            return driver_trouble(kind, settings, secrets, api->settings);
        },
        [](const ChannelSetting& setting) { return setting.make(); }, application.force});
}

void write_difference(json::Writer& out, const Difference& difference) {
    out.field("change", to_text(difference.how));
    out.field("kind", difference.kind).field("name", difference.name);
    out.objects("fields", difference.fields, [&](const FieldChange& each) {
        out.field("field", each.field).field("from", each.from).field("to", each.to);
    });
}

void write_secrets(json::Writer& out, const Context& api, const NewSecrets& secrets) {
    out.objects("tokens", secrets.servers, [&](const auto& each) {
        out.field("server", each.first);
        each.second.write(out, api, *api.fleet().server_named(each.first));
    });
    out.objects("secrets", secrets.channels, [&](const auto& each) {
        out.field("channel", each.first).field("secret", each.second.reveal());
    });
}

ApiResponse show_plan(const Context& api, const FleetPlan& plan, bool dry_run, bool applied,
                      const NewSecrets& secrets) {
    json::Writer out;
    out.begin_object().field("dry_run", dry_run).field("applied", applied);
    out.objects("changes", plan.differences,
                [&](const Difference& each) { write_difference(out, each); });
    write_secrets(out, api, secrets);
    out.list("warnings", plan.warnings).end_object();
    return json_response(out.take());
}

void make_secrets(const Context& api, std::vector<PlannedOrder>& orders, NewSecrets& made) {
    for (PlannedOrder& order : orders) {
        if (auto* server = std::get_if<AddServer>(&order.action)) {
            made.servers.emplace_back(server->name, Admittance{});
            made.servers.back().second.put_into(*server);
        }
        auto* added = std::get_if<AddChannel>(&order.action);
        auto* edited = std::get_if<EditChannel>(&order.action);
        if (added == nullptr && edited == nullptr) continue;
        Channel& channel = added != nullptr ? added->channel : edited->channel;
        if (!order.to_seal.empty()) channel.sealed_settings = api.sealer.seal(order.to_seal);
        if (!order.generated.empty()) made.channels.emplace_back(channel.name, order.generated);
    }
}

// What the engine refused, told of the items in the file. Removals come last and have no item: one
// that is refused behind another refusal only follows from it.
Problems told_of_items(const std::vector<RefusedOrder>& refused,
                       const std::vector<std::string>& paths) {
    Problems problems;
    for (const RefusedOrder& each : refused) {
        Error error = each.error;
        const std::string& path = paths[each.order];
        const bool of_item = path.ends_with(']');
        if (!of_item && !problems.empty()) continue;
        error.field = of_item && !error.field.empty() ? path + "." + error.field : path;
        problems.push_back(std::move(error));
    }
    return problems;
}

// The domains whose orders were refused: what was read of them does not fit.
std::set<std::string> misfits_of(const Application& application, const Problems& problems) {
    std::set<std::string> names;
    std::unordered_set<std::string> places;  // "domains[7]"
    for (const Error& error : problems)
        places.insert(error.field.substr(0, error.field.find(']') + 1));
    for (std::size_t i = 0;
         application.document.domains && i < application.document.domains->size(); ++i)
        if (places.contains(item_path("domains", i)))
            names.insert((*application.document.domains)[i].name);
    return names;
}

struct Given {
    FleetPlan plan;  // without its orders
    std::vector<OrderAction> actions;
    std::vector<std::string> paths;
    NewSecrets made;
};

Given orders_of(const Application& application, FleetPlan plan) {
    Given given;
    make_secrets(*application.api, plan.orders, given.made);
    for (PlannedOrder& order : plan.orders) {
        given.actions.push_back(std::move(order.action));
        given.paths.push_back(std::move(order.path));
    }
    plan.orders.clear();
    given.plan = std::move(plan);
    return given;
}

void answer_refused(const Application& application, const std::vector<RefusedOrder>& refused,
                    const std::vector<std::string>& paths) {
    Problems problems = told_of_items(refused, paths);
    application.api->survey.settled(application.records, misfits_of(application, problems));
    refuse(application, std::move(problems));
}

void give(const Applying& application, Given given) {
    std::vector<OrderAction> actions = std::move(given.actions);
    application->api->desk.give_batch(
        application->caller, std::move(actions),
        [application, given = std::move(given)](const Result<OrderDone>& done,
                                                const std::vector<RefusedOrder>& refused) {
            if (!done) return answer_refused(*application, refused, given.paths);
            application->api->survey.settled(application->records, {});
            application->respond(show_plan(*application->api, given.plan, false, true, given.made));
        });
}

// The fleet may have changed while the providers were asked: the plan is made anew.
void apply_located(const Applying& application, const Locations& located) {
    FleetPlan plan = make_plan(*application, located);
    if (!plan.problems.empty() || !plan.unread.empty())
        application->api->survey.settled(application->records, plan.misfits);
    if (!plan.problems.empty()) return refuse(*application, std::move(plan.problems));
    if (!plan.unread.empty()) {
        return application->respond(problem(
            conflict("the fleet was changed while the providers were asked", "apply again")));
    }
    Given given = orders_of(*application, std::move(plan));
    if (!application->dry_run && !given.actions.empty()) return give(application, std::move(given));
    // What is tried answers as what is done: the engine has the last word in both.
    if (!given.actions.empty()) {
        const Rehearsal rehearsal = application->api->engine.rehearse(
            application->caller, std::move(given.actions), application->now);
        if (!rehearsal.refused.empty())
            return answer_refused(*application, rehearsal.refused, given.paths);
    }
    if (application->dry_run) application->api->survey.settled(application->records, {});
    application->respond(show_plan(*application->api, given.plan, application->dry_run, false, {}));
}

void read_application(const Call& call, Fields& fields, Application& application) {
    application.dry_run = read_flag(fields, "dry_run");
    application.force = read_flag(fields, "force");
    const json::Value fleet = fields.member("fleet");
    const json::Value secrets = fields.member("secrets");
    if (!fleet.is_object()) {
        return fields.complain("fleet",
                               fleet.exists() ? "this is not an object" : "this is missing",
                               "send what is in the file as an object");
    }
    if (secrets.exists() && !secrets.is_object()) {
        fields.complain("secrets", "this is not an object",
                        "send an object of references and their contents");
    }
    const FleetReading reading{call.api.settings.default_policy,
                               call.api.settings.allow_private_addresses, secrets};
    application.document = read_fleet(fleet, reading, fields.problems());
}

}  // namespace

void apply_fleet(const Call& call) {
    const auto body = Body::read(call.request, kFleetLimitBytes);
    if (const auto* refusal = std::get_if<ApiResponse>(&body)) return call.respond(*refusal);
    Problems problems;
    Fields fields{std::get<Body>(body).root(), "", problems};
    auto application = std::make_shared<Application>(
        Application{&call.api, call.caller, call.now, call.respond, {}, false, false, {}});
    read_application(call, fields, *application);
    fields.finish();
    FleetPlan plan = make_plan(*application, {});
    problems.insert(problems.end(), plan.problems.begin(), plan.problems.end());
    if (!problems.empty()) return refuse(*application, std::move(problems));
    if (plan.unread.empty()) return apply_located(application, {});
    application->records = std::move(plan.unread);
    call.api.survey.read(
        application->records, call.now,
        [application = Applying{application}](const Locations& located) {
            apply_located(application, located);
        },
        [respond = call.respond](const SurveyProgress& progress) {
            respond(still_reading(progress));
        });
}

}  // namespace understudy::api
