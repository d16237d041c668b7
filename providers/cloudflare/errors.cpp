#include "providers/cloudflare/errors.h"

#include <algorithm>
#include <array>

#include "providers/provider.h"

namespace understudy::cloudflare {
namespace {

using enum Errc;
using enum RefusalScope;

using Row = ErrorRow;

constexpr int kTooManyLogins = 10502;
constexpr const char* kNewToken =
    "create an API token with Zone:Read and DNS:Edit for the zone and give it to the provider";
constexpr const char* kPermission =
    "give the token Zone:Read and DNS:Edit for this zone; on a zone created minutes ago it passes";
constexpr const char* kBadContent = "check the addresses of the servers and the name of the domain";
constexpr const char* kZoneId = "check settings.zone_id (32 hex digits); locate the domain again";
constexpr const char* kThrottle =
    "use a token of its own for Understudy: all tools of one Cloudflare user share 1,200 calls in "
    "5 minutes";
constexpr const char* kCname = "remove the CNAME at Cloudflare, or take the domain out";
constexpr const char* kReread = "nothing: the record is read again before the next try";
constexpr const char* kQuota = "delete unused records at Cloudflare or change the plan";
constexpr const char* kLooksLikeKey =
    "give an API token, not the global key, with nothing around it; no quotes, no line end";

constexpr std::array kRows{
    // The credential. 9109 has three meanings, told apart by its text.
    Row{9109, "location", Rejected, Call, "the token may not be used from this address",
        "add every address the controller calls from, IPv6 too, to the token's client IP filter"},
    Row{9109, "Unauthorized", Rejected, Call, "the token has no right to this zone", kPermission},
    Row{9109, "", Rejected, Call, "the token is unknown, revoked or expired", kNewToken},
    Row{6111, "", Rejected, Call, "the token is malformed", kLooksLikeKey},
    Row{6103, "", Rejected, Call, "the key is malformed", kLooksLikeKey},
    Row{6003, "", Rejected, Call, "the credential is malformed", kLooksLikeKey},
    // Also seen at random with good tokens, hence Transient.
    Row{10000, "", Transient, Call, "the token lacks a permission on this zone", kPermission},
    Row{10001, "", Transient, Call, "the token was not accepted", kPermission},
    Row{9106, "", Rejected, Call, "the credential is malformed", kLooksLikeKey},
    Row{9103, "", Rejected, Call, "the key or its e-mail address is unknown", kNewToken},
    Row{1000, "", Rejected, Call, "the token is invalid, or of a kind this call does not take",
        kNewToken},
    Row{1001, "", Rejected, Call, "the call does not take this kind of token",
        "set settings.account_id for an account-owned token"},
    // The address of the call.
    Row{7003, "", NotFound, Call, "the zone or record id is not valid", kZoneId},
    Row{7000, "", NotFound, Call, "the zone or record id is not valid", kZoneId},
    Row{1002, "", NotFound, Call, "the zone id is not valid", kZoneId},
    Row{1003, "", NotFound, Call, "the zone or record id is not valid", kZoneId},
    Row{1038, "", Rejected, Call, "records of this top-level domain cannot be changed by the API",
        "use another domain: .cf, .ga, .gq, .ml and .tk are locked"},
    // The state of the records.
    Row{81044, "", NotFound, Stale, "the record does not exist any more", kReread},
    Row{81057, "", Conflict, Stale, "the record exists already", kReread},
    Row{81058, "", Conflict, Stale, "the record exists already", kReread},
    Row{81053, "", Conflict, Stale, "an address record or CNAME of that name is in the way",
        kCname},
    Row{81054, "", Conflict, Stale, "a CNAME of that name is in the way", kCname},
    Row{81056, "", Conflict, OneRecord, "NS records of that name are in the way",
        "the name is delegated: change it where it is served"},
    Row{81045, "", Rejected, OneRecord, "the zone's record quota is used up", kQuota},
    Row{83011, "", Rejected, OneRecord, "too many records of one name and type", kQuota},
    // The content.
    Row{9000, "", Rejected, OneRecord, "the name is invalid", kBadContent},
    Row{9005, "", Rejected, OneRecord, "the IPv4 address is invalid", kBadContent},
    Row{9006, "", Rejected, OneRecord, "the IPv6 address is invalid", kBadContent},
    Row{9007, "", Rejected, OneRecord, "the content is invalid", kBadContent},
    Row{9015, "", Rejected, OneRecord, "the content is too long", kBadContent},
    Row{9021, "", Rejected, OneRecord, "the TTL is not allowed",
        "use 60 to 86400 seconds; 30 and more only on Enterprise zones"},
    Row{9041, "", Rejected, OneRecord, "the record cannot be proxied",
        "use a public address, or switch the proxy off at Cloudflare"},
    Row{9300, "", Rejected, OneRecord, "the record has more tags than the plan allows",
        "remove tags of the record at Cloudflare"},
    Row{9313, "", Rejected, OneRecord, "the record's comment is longer than the plan allows",
        "shorten the comment at Cloudflare"},
    Row{1004, "", Rejected, OneRecord, "the record did not pass validation", kBadContent},
    // Too many calls.
    Row{971, "", Throttled, Call, "too many calls", kThrottle, 60},
    Row{10429, "", Throttled, Call, "too many calls", kThrottle, 60},
    Row{10100, "", Throttled, Call, "too many calls", kThrottle, 300},
    Row{kTooManyLogins, "", Throttled, Call, "too many failed logins",
        "check the token; Cloudflare lets nobody in for 10 to 15 minutes", 600},
};

// Of answers that name no code that is known; 500 and above are one.
constexpr std::array kStatuses{
    Row{429, "", Throttled, Call, "too many calls", kThrottle, 60},
    Row{401, "", Rejected, Call, "the token was refused", kPermission},
    Row{403, "", Rejected, Call, "the token was refused", kPermission},
    Row{404, "", NotFound, Call, "no such zone or record", kZoneId},
    Row{409, "", Transient, Call, "the service is in trouble", ""},
    Row{500, "", Transient, Call, "the service is in trouble", ""},
};

// A chain's code says more than the code around it ("DNS Validation Error", "Invalid headers").
constexpr bool is_wrapper(int code) {
    return code == 1004 || code == 6003 || code == 7000;
}

struct Choice {
    const ApiCode* code = nullptr;
    const Row* row = nullptr;
};

Choice most_telling(const std::vector<ApiCode>& codes) {
    Choice best;
    for (const auto& code : codes) {
        const Row* row = find_row(kRows, code.code, code.message);
        const bool better = row != nullptr && (best.row == nullptr || is_wrapper(best.row->code));
        if (better || best.code == nullptr) best = {&code, row};
    }
    return best;
}

Row row_of_status(int status) {
    if (const Row* row = find_row(kStatuses, std::min(status, 500))) return *row;
    if (status >= 300 && status < 400) return kRedirected;
    return {.scope = OneRecord, .meaning = "the call was refused"};
}

bool only_another_token(const Row& row) {
    return row.errc == Rejected && (row.remedy == kNewToken || row.remedy == kLooksLikeKey);
}

}  // namespace

Refused classify(const HttpResponse& response, const std::vector<ApiCode>& codes) {
    const auto [chosen, known] = most_telling(codes);
    const int code = chosen == nullptr ? 0 : chosen->code;
    Row row = known != nullptr ? *known : row_of_status(response.status);
    if (response.status == 429 && row.errc != Throttled) row = row_of_status(429);
    Refused refused =
        refusal(kCloudflare, row, chosen == nullptr ? "" : chosen->message, response, code);
    refused.may_hide = row.remedy == kPermission;
    if (only_another_token(row)) refused.error.field = kCredentialField;
    if (code == kTooManyLogins && refused.error.retry_after)
        refused.error.retry_after =
            std::max(*refused.error.retry_after, std::chrono::seconds{row.wait_s});
    return refused;
}

}  // namespace understudy::cloudflare
