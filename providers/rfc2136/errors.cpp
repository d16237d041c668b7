#include <array>

#include "providers/refusal.h"
#include "providers/rfc2136/server.h"
#include "providers/settings.h"

namespace understudy::rfc2136 {
namespace {

using enum Errc;
using enum RefusalScope;

using Row = ErrorRow;

constexpr const char* kPrimary = "give the address of the zone's primary server as settings.server";
constexpr const char* kAllow =
    "allow it where the zone is: BIND by update-policy { grant KEY name NAME. A AAAA; }, Knot by "
    "an acl with action update, PowerDNS by TSIG-ALLOW-DNSUPDATE, dnsupdate=yes and "
    "allow-dnsupdate-from";
constexpr const char* kMoved = "nothing: it is read again";

// What is said of an update.
constexpr std::array kOfUpdates{
    Row{dns::kFormErr, "", Rejected, OneRecord, "the server could not read the update (FORMERR)",
        "ask the server directly, nothing in between"},
    Row{dns::kNxDomain, "", Conflict, Stale, "the name is gone meanwhile (NXDOMAIN)", kMoved},
    Row{dns::kNotImp, "", Rejected, Call, "the server takes no dynamic updates (NOTIMP)",
        "use a server that does: BIND, Knot DNS, or PowerDNS with dnsupdate=yes"},
    Row{dns::kRefused, "", Rejected, OneRecord,
        "the server does not let this key change the name (REFUSED)", kAllow},
    Row{dns::kYxDomain, "", Conflict, Stale, "the name has come up meanwhile (YXDOMAIN)", kMoved},
    Row{dns::kYxRrset, "", Conflict, Stale,
        "a record has come up meanwhile that was not there when it was read (YXRRSET)", kMoved},
    Row{dns::kNxRrset, "", Conflict, Stale,
        "the records are not what the server answers with (NXRRSET): somebody changed them "
        "meanwhile, or a wildcard or another view answers in their place",
        "if it stays so: give the name records of its own, or add the wildcard as the domain"},
    Row{dns::kNotAuth, "", Rejected, Call,
        "the server is not the zone's primary, or does not have the zone (NOTAUTH)", kPrimary},
    Row{dns::kNotZone, "", Rejected, OneRecord, "the name is not in the zone (NOTZONE)",
        "remove the domain and add it again, so that its zone is looked for; check settings.zone"},
};

// What is said of a query. A server that knows the key says REFUSED or NOTAUTH of what is in none
// of its zones.
constexpr std::array kOfQueries{
    Row{dns::kFormErr, "", Rejected, Call, "the server could not read the query (FORMERR)",
        "ask the server directly, nothing in between"},
    Row{dns::kNotImp, "", Rejected, Call, "the server does not know this kind of query (NOTIMP)",
        "check settings.server"},
    Row{dns::kRefused, "", Rejected, Call, "the server does not answer for the name (REFUSED)",
        "check that the zone is on this server, and that its allow-query lets this host ask"},
    Row{dns::kNotAuth, "", Rejected, Call, "the server does not have the zone (NOTAUTH)", kPrimary},
};

// Somebody on the way may have made it up; it costs a failover no more than an answer kept back.
constexpr Row kUnsigned{dns::kRefused,
                        "",
                        Rejected,
                        OneRecord,
                        "the server refuses without a signature, so that key, clock or policy may "
                        "be the reason",
                        "check settings.key_name, settings.algorithm, the secret and both clocks; "
                        "then what the server lets this key do"};

bool is_update(const DnsMessage& message) {
    return message.opcode == dns::kUpdate;
}

Row row_of(const DnsMessage& message, const Proof& proof) {
    if (proof.of == Proof::Of::Nothing && message.code != dns::kFormErr &&
        message.code != dns::kNotImp)
        return kUnsigned;
    const Row* row = is_update(message) ? find_row(kOfUpdates, message.code)
                                        : find_row(kOfQueries, message.code);
    if (row != nullptr) return *row;
    return {.meaning = "the server refuses for a reason of its own",
            .remedy = "look into the server's log"};
}

std::string clocks_apart(const Proof& proof, WallTime now) {
    if (!proof.server_time) return "the server's clock and ours differ too much (BADTIME)";
    const WallTime ours{std::chrono::floor<std::chrono::seconds>(now)};  // as it is told, too
    const bool ahead = *proof.server_time > ours;
    const Duration apart = ahead ? *proof.server_time - ours : ours - *proof.server_time;
    return "the server's clock is " + to_text(apart) + (ahead ? " ahead of" : " behind") +
           " ours (BADTIME)";
}

// What a TSIG says of the request's signature. Knot says BADKEY, too, of a change that its rules do
// not allow: where one name of many is the reason it must not keep back the others.
Refused about_key(const DnsMessage& message, const Proof& proof, const Server& server,
                  WallTime now) {
    const auto& key = server.key();
    const std::string key_text = "key '" + key.name + "' with " + std::string{key.algorithm.name};
    const std::string known_there =
        "compare settings.key_name and settings.algorithm with the server's configuration";
    switch (proof.error) {
        case kBadSig:
            return {rejected("the secret of " + key_text + " is another one at the server (BADSIG)",
                             "give the secret that the server has", kCredentialField)};
        case kBadKey:
            if (is_update(message)) {
                return {rejected("the server does not let " + key_text +
                                     " change the name, or does not know it any more (BADKEY)",
                                 known_there + "; " + kAllow),
                        OneRecord};
            }
            return {rejected("the server does not know " + key_text + " (BADKEY)", known_there)};
        case kBadTime:
            return {rejected(clocks_apart(proof, now),
                             "set both clocks, best by NTP; 5 minutes are allowed")};
        case kBadTrunc:
            return {rejected("the server wants another length of signature (BADTRUNC)",
                             "leave out the length in the server's algorithm: " +
                                 std::string{key.algorithm.name})};
        default:
            return {rejected("the server refuses the signature of " + key_text + " (TSIG error " +
                                 std::to_string(proof.error) + ")",
                             known_there)};
    }
}

Refused by_code(const DnsMessage& message, const Proof& proof) {
    const Row row = row_of(message, proof);
    Refused refused{Error{row.errc, row.meaning, {}, row.remedy, {}}, row.scope, message.code};
    const bool not_at_home = message.code == dns::kRefused || message.code == dns::kNotAuth;
    refused.may_hide = not_at_home && !is_update(message);
    return refused;
}

void name_server(Error& error, const Server& server) {
    error.message = "DNS server " + server.where() + ": " + error.message;
}

Unknown no_use(const std::string& why, const std::string& remedy, const Server& server) {
    return {transient("no usable answer from DNS server " + server.where() + ": " + why, remedy),
            true};
}

}  // namespace

const Error* error_of(const Reply& reply) {
    if (const auto* refused = std::get_if<Denied>(&reply)) return &refused->error;
    const auto* unknown = std::get_if<Unknown>(&reply);
    return unknown != nullptr ? &unknown->error : nullptr;
}

Reply judge(DnsMessage message, const Proof& proof, const Server& server, WallTime now) {
    const int code = message.code;
    if (proof.of == Proof::Of::Forgery)
        return no_use(proof.why, "look for who answers in the server's place", server);
    const bool yes = code == dns::kNoError || (code == dns::kNxDomain && !is_update(message));
    const bool no = code == dns::kFormErr || code == dns::kNotImp || code == dns::kRefused ||
                    code == dns::kNotAuth;
    if (code == dns::kServFail) {
        return no_use("it is in trouble (SERVFAIL)",
                      "its log says why; often it may not write where the zone is", server);
    }
    if (proof.of == Proof::Of::Nothing && !no)
        return no_use("it is not signed", "look for who answers in the server's place", server);
    if (yes && proof.error == 0) return message;
    Denied denied{proof.error != 0 && (yes || code == dns::kNotAuth)
                      ? about_key(message, proof, server, now)
                      : by_code(message, proof),
                  proof.of == Proof::Of::Server};
    name_server(denied.error, server);
    return denied;
}

}  // namespace understudy::rfc2136
