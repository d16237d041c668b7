// Who may do what: every route, for every role, with and without a scope.
#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "controller/api/router.h"
#include "tests/unit/api/customers.h"

using namespace understudy;
using api_test::Answer;
using api_test::Customers;

namespace {

// What the product promises, said once more: a route that is not here, or is here otherwise, is a
// mistake on one of both sides.
struct Promise {
    const char* method;
    const char* pattern;
    const char* least;  // "open", "here", or a role
    bool scoped;        // whether it works within a scope
};
constexpr Promise kPromises[] = {
    {"GET", "/", "open", true},
    {"GET", "/ui/{version}/{file}", "open", true},
    {"GET", "/api/v1/openapi.json", "open", true},
    {"GET", "/healthz", "open", true},
    {"GET", "/readyz", "open", true},
    {"GET", "/metrics", "here", true},
    {"POST", "/api/v1/session", "open", true},
    {"GET", "/api/v1/session", "guest", true},
    {"DELETE", "/api/v1/session", "guest", true},
    {"GET", "/api/v1/status-page", "guest", true},
    {"GET", "/api/v1/status", "viewer", true},
    {"GET", "/api/v1/servers", "viewer", true},
    {"POST", "/api/v1/servers", "admin", false},
    {"GET", "/api/v1/servers/{server}", "viewer", true},
    {"PATCH", "/api/v1/servers/{server}", "admin", true},
    {"DELETE", "/api/v1/servers/{server}", "admin", true},
    {"POST", "/api/v1/servers/{server}/rotate-token", "admin", true},
    {"PUT", "/api/v1/servers/{server}/maintenance", "operator", true},
    {"DELETE", "/api/v1/servers/{server}/maintenance", "operator", true},
    {"GET", "/api/v1/pools", "viewer", true},
    {"POST", "/api/v1/pools", "admin", false},
    {"GET", "/api/v1/pools/{pool}", "viewer", true},
    {"DELETE", "/api/v1/pools/{pool}", "admin", true},
    {"PUT", "/api/v1/pools/{pool}/members", "admin", true},
    {"PATCH", "/api/v1/pools/{pool}/policy", "admin", true},
    {"POST", "/api/v1/pools/{pool}/switchover", "operator", true},
    {"POST", "/api/v1/pools/{pool}/failover", "operator", true},
    {"POST", "/api/v1/pools/{pool}/failback", "operator", true},
    {"PUT", "/api/v1/pools/{pool}/hold", "operator", true},
    {"DELETE", "/api/v1/pools/{pool}/hold", "operator", true},
    {"PUT", "/api/v1/pools/{pool}/dry-run", "operator", true},
    {"DELETE", "/api/v1/pools/{pool}/dry-run", "operator", true},
    {"POST", "/api/v1/pools/{pool}/drill", "operator", true},
    {"POST", "/api/v1/pools/{pool}/drill/end", "operator", true},
    {"GET", "/api/v1/drills", "viewer", true},
    {"GET", "/api/v1/drills/{drill}", "viewer", true},
    {"GET", "/api/v1/controls", "viewer", true},
    {"PUT", "/api/v1/controls/pause", "operator", false},
    {"DELETE", "/api/v1/controls/pause", "operator", false},
    {"PUT", "/api/v1/controls/dry-run", "operator", false},
    {"DELETE", "/api/v1/controls/dry-run", "operator", false},
    {"POST", "/api/v1/controls/accept-losses", "operator", false},
    {"GET", "/api/v1/domains", "viewer", true},
    {"POST", "/api/v1/domains", "admin", false},
    {"POST", "/api/v1/domains/move", "admin", true},
    {"GET", "/api/v1/domains/{domain}", "viewer", true},
    {"DELETE", "/api/v1/domains/{domain}", "admin", true},
    {"POST", "/api/v1/domains/{domain}/adopt", "operator", true},
    {"POST", "/api/v1/domains/{domain}/enforce", "operator", true},
    {"PUT", "/api/v1/domains/{domain}/ignore", "operator", true},
    {"POST", "/api/v1/domains/{domain}/failback", "operator", true},
    {"GET", "/api/v1/domains/{domain}/explain", "viewer", true},
    {"POST", "/api/v1/rehearse", "viewer", true},
    {"GET", "/api/v1/what-if", "viewer", true},
    {"POST", "/api/v1/replay", "viewer", true},
    {"GET", "/api/v1/providers", "viewer", false},
    {"POST", "/api/v1/providers", "admin", false},
    {"GET", "/api/v1/providers/{provider}", "viewer", false},
    {"DELETE", "/api/v1/providers/{provider}", "admin", false},
    {"POST", "/api/v1/providers/{provider}/verify", "operator", false},
    {"PUT", "/api/v1/providers/{provider}/credential", "admin", false},
    {"GET", "/api/v1/channels", "viewer", true},
    {"POST", "/api/v1/channels", "admin", true},
    {"GET", "/api/v1/channels/{channel}", "viewer", true},
    {"DELETE", "/api/v1/channels/{channel}", "admin", true},
    {"POST", "/api/v1/channels/{channel}/test", "operator", true},
    {"POST", "/api/v1/channels/{channel}/enable", "operator", true},
    {"POST", "/api/v1/channels/{channel}/retry", "operator", true},
    {"GET", "/api/v1/tokens", "admin", true},
    {"POST", "/api/v1/tokens", "admin", true},
    {"GET", "/api/v1/tokens/{token}", "admin", true},
    {"DELETE", "/api/v1/tokens/{token}", "admin", true},
    {"GET", "/api/v1/incidents", "viewer", true},
    {"GET", "/api/v1/incidents/{incident}", "viewer", true},
    {"POST", "/api/v1/incidents/{incident}/acknowledge", "operator", true},
    {"GET", "/api/v1/fleet", "viewer", true},
    {"POST", "/api/v1/fleet", "admin", false},
    {"GET", "/api/v1/fleet/reading", "admin", false},
    {"POST", "/api/v1/backups", "admin", false},
    {"GET", "/api/v1/backups/{backup}", "admin", false},
    {"DELETE", "/api/v1/backups/{backup}", "admin", false},
    {"GET", "/api/v1/events", "viewer", true},
    {"GET", "/api/v1/stream", "viewer", true},
    {"GET", "/api/v1/notifications", "viewer", true},
    {"GET", "/api/v1/notifications/{notification}", "viewer", true},
    {"POST", "/api/v1/notifications/{notification}/retry", "operator", true},
};

const std::map<std::string, std::string> kOwnThings{{"{server}", "acmeshield1"},
                                                    {"{pool}", "acmepool"},
                                                    {"{domain}", "shop.example.org"},
                                                    {"{channel}", "acmehook"},
                                                    {"{provider}", "main"}};
const std::map<std::string, std::string> kForeignThings{{"{server}", "betashield1"},
                                                        {"{pool}", "betapool"},
                                                        {"{domain}", "betashop.example.org"},
                                                        {"{channel}", "betahook"},
                                                        {"{token}", "beta"}};

std::string filled(std::string pattern, const std::map<std::string, std::string>& names) {
    for (const auto& [placeholder, name] : names)
        if (const auto at = pattern.find(placeholder); at != std::string::npos)
            pattern.replace(at, placeholder.size(), name);
    return pattern;
}

int rank(const std::string& role) {
    const auto known = from_text<Role>(role);
    return known ? static_cast<int>(*known) : -1;
}

}  // namespace

TEST_CASE("every route stands in the table of promises, as it is") {
    std::set<std::pair<std::string_view, std::string_view>> promised;
    for (const Promise& promise : kPromises)
        CHECK(promised.emplace(promise.method, promise.pattern).second);
    for (const api::Route& route : api::routes()) {
        CAPTURE(route.method);
        CAPTURE(route.pattern);
        CHECK(promised.erase({route.method, route.pattern}) == 1);
    }
    CHECK(promised.empty());
}

TEST_CASE("every route, role and scope: who may is let in, and nobody else") {
    for (const char* role : {"guest", "viewer", "operator", "admin"}) {
        for (const bool narrow : {false, true}) {
            std::unique_ptr<Customers> all;
            std::string secret;
            for (const Promise& promise : kPromises) {
                CAPTURE(role);
                CAPTURE(narrow);
                CAPTURE(promise.method);
                CAPTURE(promise.pattern);
                // Made anew only after what may have changed it: that takes longest.
                if (!all) {
                    all = std::make_unique<Customers>();
                    all->stage.desk.answers.insert_or_assign(all->provider, transient("no answer"));
                    secret = narrow ? all->acme(role) : all->token("whole", role);
                }
                const std::string least = promise.least;
                const bool enough = rank(role) >= rank(least == "here" ? "viewer" : least);
                const bool may = enough && (promise.scoped || !narrow);
                const std::string path = filled(promise.pattern, kOwnThings);
                const bool reads = std::string_view{promise.method} == "GET";
                ApiRequest request = all->stage.request(promise.method, path, reads ? "" : "{}");
                request.authorization = "Bearer " + secret;
                all->stage.begin(request);
                REQUIRE(all->stage.times_answered == 1);
                CHECK((all->stage.last->status != 403) == may);
                CHECK(all->stage.last->status != 401);
                const auto allowed = all->stage.api.body_allowed(request);
                CHECK((std::holds_alternative<std::size_t>(allowed)) == may);
                if (!reads && all->stage.last->status < 300) all.reset();
            }
        }
    }
}

TEST_CASE("a session says what its caller may do, which is what he is let in for") {
    for (const char* role : {"guest", "viewer", "operator", "admin"}) {
        for (const bool narrow : {false, true}) {
            CAPTURE(role);
            CAPTURE(narrow);
            std::vector<std::string> promised;
            for (const Promise& promise : kPromises) {
                const int least = rank(promise.least);  // none of those that take no role
                if (least >= 0 && rank(role) >= least && (promise.scoped || !narrow))
                    promised.push_back(std::string{promise.method} + " " + promise.pattern);
            }
            Customers all;
            const std::string secret = narrow ? all.acme(role) : all.token("whole", role);
            const Answer session = all.as(secret, "GET", "/api/v1/session");
            std::vector<std::string> said;
            session["may"].each(
                [&said](json::Value each) { said.emplace_back(each.string().value_or("(none)")); });
            CHECK(said == promised);
        }
    }
}

TEST_CASE("a thing outside the scope does not exist, whatever is asked of it") {
    for (const Promise& promise : kPromises) {
        const std::string path = filled(promise.pattern, kForeignThings);
        if (!promise.scoped || path == promise.pattern) continue;
        CAPTURE(promise.method);
        CAPTURE(promise.pattern);
        Customers all;
        (void)all.token("beta", "viewer", R"(,"labels":{"owner":"beta"})");
        const bool reads = std::string_view{promise.method} == "GET";
        const Answer refused = all.as(all.acme("admin"), promise.method, path, reads ? "" : "{}");
        CHECK(refused.status() == 404);
        // As of one that nobody has registered.
        const Answer nobody = all.as(all.acme("viewer"), "GET", "/api/v1/servers/nobody");
        CHECK(nobody.status() == 404);
    }
}
