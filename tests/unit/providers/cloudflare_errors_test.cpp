#include "providers/cloudflare/errors.h"

#include <doctest/doctest.h>

#include "tests/unit/providers/cloudflare_replies.h"

namespace understudy::cloudflare {
namespace {

using test::failure_json;
using test::response;
using enum Errc;
using enum RefusalScope;

Reply envelope(int status, const std::string& body, std::vector<Header> headers = {}) {
    return read_envelope(response(status, body, std::move(headers)));
}

Refused refused(int status, const std::string& body, std::vector<Header> headers = {}) {
    auto reply = envelope(status, body, std::move(headers));
    const auto* refusal = std::get_if<Refused>(&reply);
    REQUIRE(refusal != nullptr);
    return *refusal;
}

bool lost(const Reply& reply) {
    return std::holds_alternative<Unknown>(reply);
}

struct CodeRow {
    int status;
    int code;
    const char* message;
    Errc errc;
    RefusalScope scope;
    const char* remedy;
};
const CodeRow kCodeRows[] = {
    {403, 9109, "Invalid access token", Rejected, Call, "create an API token"},
    {401, 9109, "Invalid access token", Rejected, Call, "create an API token"},
    {403, 9109, "Cannot use the access token from location: 192.0.2.7", Rejected, Call,
     "client IP filter"},
    {403, 9109, "Unauthorized to access requested resource", Rejected, Call, "DNS:Edit"},
    {400, 6003, "Invalid request headers", Rejected, Call, "not the global key"},
    {400, 6111, "Invalid format for Authorization header", Rejected, Call, "not the global"},
    {400, 6103, "Invalid format for X-Auth-Key header", Rejected, Call, "not the global"},
    {403, 10000, "Authentication error", Transient, Call, "DNS:Edit"},
    {401, 10000, "Authentication error", Transient, Call, "DNS:Edit"},
    {403, 10001, "Unable to authenticate request", Transient, Call, "DNS:Edit"},
    {400, 9106, "Authentication failed (status: 400)", Rejected, Call, "not the global"},
    {403, 9103, "Unknown X-Auth-Key or X-Auth-Email", Rejected, Call, "create an API token"},
    {401, 1000, "Invalid API Token", Rejected, Call, "create an API token"},
    {400, 1001, "Missing Authorization header", Rejected, Call, "account_id"},
    {400, 7003, "Could not route to /zones/x", NotFound, Call, "zone_id"},
    {404, 7000, "No route for that URI", NotFound, Call, "zone_id"},
    {400, 1002, "Invalid zone identifier", NotFound, Call, "zone_id"},
    {400, 1003, "Invalid or missing zone id.", NotFound, Call, "zone_id"},
    {400, 1038, "You cannot use this API for domains with a .tk TLD", Rejected, Call, ".tk"},
    {404, 81044, "Record does not exist.", NotFound, Stale, "read again"},
    {400, 81045, "The record quota has been exceeded.", Rejected, OneRecord, "delete unused"},
    {400, 81053, "An A, AAAA, or CNAME record with that host already exists.", Conflict, Stale,
     "CNAME"},
    {400, 81054, "A CNAME record with that host already exists.", Conflict, Stale, "CNAME"},
    {400, 81056, "NS records with that host already exist.", Conflict, OneRecord, "delegated"},
    {400, 81057, "The record already exists.", Conflict, Stale, "read again"},
    {400, 81058, "An identical record already exists.", Conflict, Stale, "read again"},
    {400, 1004, "DNS Validation Error", Rejected, OneRecord, "addresses"},
    {400, 9000, "DNS name is invalid.", Rejected, OneRecord, "addresses"},
    {400, 9005, "Content for A record must be a valid IPv4 address.", Rejected, OneRecord, "addr"},
    {400, 9006, "Content for AAAA record must be valid.", Rejected, OneRecord, "addresses"},
    {400, 9007, "Content for A record is invalid.", Rejected, OneRecord, "addresses"},
    {400, 9015, "content exceeds 4096 wire format bytes", Rejected, OneRecord, "addresses"},
    {400, 9021, "Invalid TTL.", Rejected, OneRecord, "86400"},
    {400, 9041, "This DNS record cannot be proxied.", Rejected, OneRecord, "proxy"},
    {400, 9300, "DNS record has 2 tags, exceeding the quota of 0.", Rejected, OneRecord, "tags"},
    {400, 9313, "DNS record comment exceeds the maximum length", Rejected, OneRecord, "comment"},
    {400, 83011, "combined content length exceeds the limit", Rejected, OneRecord, "delete"},
    {429, 971, "Please wait and consider throttling your request speed", Throttled, Call, "1,200"},
    {429, 10100, "More than 1200 requests per 300 seconds reached", Throttled, Call, "1,200"},
    {429, 10429, "Too many requests", Throttled, Call, "1,200"},
    {429, 10502, "Too many authentication failures.", Throttled, Call, "check the token"},
    // Unknown codes: by status.
    {400, 424242, "Something new", Rejected, OneRecord, ""},
    {401, 424242, "Something new", Rejected, Call, "DNS:Edit"},
    {403, 424242, "Something new", Rejected, Call, "DNS:Edit"},
    {404, 424242, "Something new", NotFound, Call, "zone_id"},
    {409, 424242, "Something new", Transient, Call, ""},
    {429, 424242, "Something new", Throttled, Call, "1,200"},
    {429, 9007, "Content for A record is invalid.", Throttled, Call, "1,200"},
    {200, 9109, "Invalid access token", Rejected, Call, "create an API token"},
    {200, 424242, "Something new", Rejected, OneRecord, ""},
};

TEST_CASE("every known code has its class, its reach, a text and a remedy") {
    for (const auto& row : kCodeRows) {
        CAPTURE(row.status);
        CAPTURE(row.code);
        const auto refusal =
            refused(row.status, failure_json(row.code, row.message), {{"CF-Ray", "8a1b-AMS"}});
        CHECK(refusal.error.code == row.errc);
        CHECK(refusal.scope == row.scope);
        CHECK(refusal.code == row.code);
        const auto& text = refusal.error.message;
        CHECK(text.find(row.message) != std::string::npos);
        CHECK(text.find("code " + std::to_string(row.code) + ", HTTP " +
                        std::to_string(row.status) + ", cf-ray 8a1b-AMS") != std::string::npos);
        CHECK(refusal.error.remedy.find(row.remedy) != std::string::npos);
        CHECK(refusal.error.retry_after.has_value() == (row.errc == Throttled));
    }
}

TEST_CASE("the bodies recorded from the service are understood") {
    struct Row {
        int status;
        const char* body;
        Errc errc;
        int code;
    };
    const Row rows[] = {
        {403,
         R"({"success":false,"errors":[{"code":9109,"message":"Invalid access token"}],)"
         R"("messages":[],"result":null})",
         Rejected, 9109},
        {400,
         R"({"success":false,"errors":[{"code":6003,"message":"Invalid request headers",)"
         R"("error_chain":[{"code":6111,)"
         R"("message":"Invalid format for Authorization header"}]}],"messages":[],)"
         R"("result":null})",
         Rejected, 6111},
        {403, R"({"success":false,"errors":[{"code":10000,"message":"Authentication error"}]})",
         Transient, 10000},
        {404,
         R"({"result":null,"success":false,"errors":[{"code":81044,)"
         R"("message":"Record does not exist."}],"messages":[]})",
         NotFound, 81044},
        {400,
         R"({"result":null,"success":false,"errors":[{"code":81058,)"
         R"("message":"An identical record already exists."}],"messages":[]})",
         Conflict, 81058},
        {400,
         R"({"success":false,"errors":[{"code":1004,"message":"DNS Validation Error",)"
         R"("error_chain":[{"code":9005,"message":"Content for A record is invalid."}]}]})",
         Rejected, 9005},
        {400,
         R"({"success":false,"errors":[{"code":7003,"message":"Could not route"},)"
         R"({"code":7000,"message":"No route"}]})",
         NotFound, 7003},
        {403,
         R"({"success":false,"errors":[{"code":0,)"
         R"("message":"Requires permission com.cloudflare.api.account.zone.list",)"
         R"("documentation_url":"https://x"}]})",
         Rejected, 0},
        {403, R"({"success":false,"errors":[{"message":"no code"}]})", Rejected, 0},
        {403, R"({"success":false})", Rejected, 0},
        {403, "<html>blocked</html>", Rejected, 0},
        {302, "", Rejected, 0},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string{row.body});
        const auto refusal = refused(row.status, row.body);
        CHECK(refusal.error.code == row.errc);
        CHECK(refusal.code == row.code);
    }
}

TEST_CASE("waiting times: Retry-After, or 60 s, and never less than ten minutes after 10502") {
    const auto wait = [](int code, std::vector<Header> headers) {
        return refused(429, failure_json(code, "slow down"), std::move(headers)).error.retry_after;
    };
    using std::chrono::seconds;
    CHECK(wait(971, {{"Retry-After", "123"}}) == seconds{123});
    CHECK(wait(971, {}) == seconds{60});
    CHECK(wait(971, {{"Retry-After", "soon"}}) == seconds{60});
    CHECK(wait(971, {{"Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT"}}) == seconds{60});
    CHECK(wait(10100, {}) == seconds{300});
    CHECK(wait(10502, {{"Retry-After", "5"}}) == seconds{600});
    CHECK(wait(10502, {{"Retry-After", "900"}}) == seconds{900});
    CHECK(refused(429, "<html>1015</html>").error.retry_after == seconds{60});
    const auto busy = envelope(503, "", {{"Retry-After", "7"}});
    CHECK(std::get<Unknown>(busy).error.retry_after == seconds{7});
}

TEST_CASE("an answer that says neither yes nor no is lost") {
    const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
    const std::string yes = R"({"success":true,"result":[]})";
    const Reply replies[] = {
        envelope(200, ""),
        envelope(200, "<html>hello</html>"),
        envelope(200, yes.substr(0, yes.size() - 1)),
        envelope(200, "[]"),
        envelope(200, "null"),
        envelope(200, deep),
        envelope(200, R"({"result":)" + deep + "}"),
        envelope(200, "{\"result\":\"\xff\"}"),
        envelope(200, R"({"success":true})"),
        envelope(200, R"({"success":false})"),
        envelope(200, R"({"success":"true","result":[]})"),
        envelope(204, ""),
        envelope(0, ""),
        envelope(408, ""),
        envelope(500, "<html>oops</html>"),
        envelope(502, R"({"type":"about:blank","title":"Error 502","status":502})"),
        envelope(526, failure_json(10000, "Authentication error")),
        envelope(200, R"({"success":true,"result":")" + std::string(17u << 20, 'x') + "\"}"),
    };
    for (const auto& reply : replies) {
        REQUIRE(lost(reply));
        CHECK(std::get<Unknown>(reply).error.code == Transient);
        CHECK(std::get<Unknown>(reply).may_have_arrived);
    }
    test::Script unsent{test::cloudflare()->verify()};
    unsent.lose(false);
    CHECK(unsent.error().message == "no answer from Cloudflare: the connection broke");
}

TEST_CASE("codes in messages are no errors, and keys may be missing or new") {
    const char* bodies[] = {
        R"({"result":{"status":"active"},"success":true,"errors":[],)"
        R"("messages":[{"code":10000,"message":"This API Token is valid and active",)"
        R"("type":null}]})",
        R"({"result":{"status":"active"}})",
        R"({"new":[1],"success":true,"result":{"status":"active","new":{}},"result_info":null})",
        R"({"errors":null,"messages":null,"result":{"status":"active"},"success":true})",
    };
    for (const char* body : bodies) {
        const auto reply = envelope(200, body);
        REQUIRE(std::holds_alternative<Accepted>(reply));
        CHECK(std::get<Accepted>(reply).root()["result"]["status"].string() == "active");
    }
}

}  // namespace
}  // namespace understudy::cloudflare
