#include "providers/powerdns/server.h"

#include <array>

#include "providers/refusal.h"
#include "providers/settings.h"

namespace understudy::powerdns {
namespace {

using enum Errc;
using enum RefusalScope;

constexpr Duration kTimeout{10'000};
constexpr int kBatchSize = 100;  // names in a write
constexpr int kOperationSize = 5000;

// One's own server, or a proxy in front of it: nothing that it says may park a failover for long.
constexpr Answering kPowerDns{
    .name = "PowerDNS", .longest_wait = std::chrono::seconds{60}, .heeded_in_trouble = false};

using Row = ErrorRow;

constexpr const char* kProxy =
    "a proxy in front may not let PATCH and PUT through: allow them, or call PowerDNS directly";

constexpr std::array kRows{
    Row{400, "", Rejected, OneRecord, "the request was not understood", ""},
    Row{401, "", Rejected, Call, "the API key is wrong",
        "give the api-key of pdns.conf to the provider"},
    Row{403, "", Rejected, Call, "the call is forbidden", kProxy},
    Row{404, "", NotFound, Call, "no such zone, or no API at this address",
        "check settings.base_url, and api=yes and webserver=yes in pdns.conf"},
    Row{405, "", Rejected, Call, "the method is not allowed", kProxy},
    Row{422, "", Rejected, OneRecord, "the change was refused", "check the names and addresses"},
    Row{429, "", Throttled, Call, "too many calls", "", 60},
    Row{501, "", Rejected, Call, "the method is not known", kProxy},
};

Row row_of(int status) {
    if (const Row* row = find_row(kRows, status)) return *row;
    if (status >= 300 && status < 400) return kRedirected;
    return {.meaning = "the call was refused"};
}

// The server's own words, if the body is what it sends.
std::string words_of(const std::string& body) {
    const auto document = json::Document::parse(body);
    if (!document) return {};
    return text_of(document->root()["error"]);
}

Unknown unknown(const std::string& why, const HttpResponse& response) {
    return no_usable_answer(kPowerDns, why, response);
}

}  // namespace

Result<std::unique_ptr<Provider>> Server::make(std::string_view settings_text,
                                               const Secret& credential) {
    const auto settings = ProviderSettings::parse(settings_text, {"base_url", "allow_plain_http"});
    if (!settings) return settings.error();
    auto base_url = settings->base_url(kBaseUrl);
    if (!base_url) return base_url.error();
    auto key = read_credential(credential);
    if (!key) return key.error();
    constexpr std::string_view kVersion = "/api/v1";
    if (base_url->ends_with(kVersion)) base_url->resize(base_url->size() - kVersion.size());
    Terms terms{"PowerDNS", *base_url + std::string{kVersion} + "/servers/localhost", "X-API-Key",
                "", *std::move(key)};
    terms.silence_remedy =
        "if it closes the connection without an answer, add this host's address to "
        "webserver-allow-from in pdns.conf";
    terms.timeout = kTimeout;
    return make_provider_of(std::make_unique<const Server>(Server{std::move(terms)}));
}

Reply Server::judge(const HttpResponse& response) const {
    if (response.status >= 200 && response.status < 300) {
        if (response.body.empty()) return Accepted{};
        auto body = json::Document::parse(response.body);
        if (body) return Accepted{*std::move(body)};
        return unknown(body.error().message, response);
    }
    const auto words = foreign(words_of(response.body));
    const bool in_trouble = response.status >= 500 && response.status != 501;
    if (in_trouble || response.status < 200 || response.status == 408)
        return unknown("it is in trouble: " + words, response);
    Refused refused = refusal(kPowerDns, row_of(response.status), words, response);
    if (response.status == 401) refused.error.field = kCredentialField;
    // A CNAME has come up since the name was read.
    if (words.find("Conflicts with pre-existing") != std::string::npos) refused.scope = Stale;
    return refused;
}

Capabilities Server::capabilities() const {
    return {.operation_size = kOperationSize, .batch_size = kBatchSize};
}

Talk<Result<Verification>> Server::verify() const {
    const auto server = co_await get("");
    if (!server) co_return server.error();
    const auto text = [&server](const char* key) {
        return foreign_text(server->root()[key].string().value_or("unknown"), {});
    };
    // The recursor's API looks alike.
    if (text("daemon_type") != "authoritative") {
        co_return rejected("the server is a PowerDNS of type '" + text("daemon_type") +
                               "', not an authoritative one",
                           "give the web server address of pdns_server");
    }
    Verification report;
    report.proven.push_back("the key is accepted by PowerDNS Authoritative " + text("version"));
    report.unproven.push_back(
        "that records may be changed: a proxy in front may refuse PATCH, and some backends "
        "are read-only; only a change proves it");
    co_return std::move(report);
}

}  // namespace understudy::powerdns
