#include "providers/powerdns/server.h"

#include <algorithm>
#include <array>

#include "providers/provider.h"
#include "providers/settings.h"

namespace understudy::powerdns {
namespace {

using enum Errc;
using enum RefusalScope;

constexpr Duration kTimeout{10'000};

struct Row {
    int status;
    Errc errc;
    RefusalScope scope;
    const char* meaning;
    const char* remedy;
};

constexpr const char* kProxy =
    "a proxy in front may not let PATCH and PUT through: allow them, or call PowerDNS directly";

constexpr std::array kRows{
    Row{400, Rejected, OneRecord, "the request was not understood", ""},
    Row{401, Rejected, Call, "the API key is wrong",
        "give the api-key of pdns.conf to the provider"},
    Row{403, Rejected, Call, "the call is forbidden", kProxy},
    Row{404, NotFound, Call, "no such zone, or no API at this address",
        "check settings.base_url, and api=yes and webserver=yes in pdns.conf"},
    Row{405, Rejected, Call, "the method is not allowed", kProxy},
    Row{422, Rejected, OneRecord, "the change was refused", "check the names and addresses"},
    Row{429, Throttled, Call, "too many calls", ""},
    Row{501, Rejected, Call, "the method is not known", kProxy},
};

Row row_of(int status) {
    const auto* const found = std::ranges::find(kRows, status, &Row::status);
    if (found != kRows.end()) return *found;
    if (status >= 300 && status < 400) {
        return {status, Rejected, Call, "the call was redirected, which is not followed",
                "check settings.base_url"};
    }
    return {status, Rejected, Call, "the call was refused", ""};
}

// The server's own words, if the body is what it sends.
std::string words_of(const std::string& body) {
    const auto document = json::Document::parse(body);
    if (!document) return {};
    return text_of(document->root()["error"]);
}

Unknown unknown(std::string message) {
    return Unknown{transient(std::move(message)), true};
}

}  // namespace

Result<Server> Server::make(std::string_view settings_text, const Secret& credential) {
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
    return Server{std::move(terms)};
}

Reply Server::judge(const HttpResponse& response) const {
    const auto status = "HTTP " + std::to_string(response.status);
    if (response.status >= 200 && response.status < 300) {
        if (response.body.empty()) return Accepted{};
        auto body = json::Document::parse(response.body);
        if (body) return Accepted{*std::move(body)};
        return unknown("no usable answer from PowerDNS: " + body.error().message + " (" + status +
                       ")");
    }
    const bool in_trouble = response.status >= 500 && response.status != 501;
    if (in_trouble || response.status < 200 || response.status == 408) {
        return unknown("PowerDNS is in trouble: " + foreign(words_of(response.body)) + " (" +
                       status + ")");
    }
    return refusal(response);
}

Refused Server::refusal(const HttpResponse& response) const {
    const auto row = row_of(response.status);
    const auto words = foreign(words_of(response.body));
    std::string message = std::string{"PowerDNS: "} + row.meaning;
    if (!words.empty()) message += ": " + words;
    message += " (HTTP " + std::to_string(response.status) + ")";
    const char* field = response.status == 401 ? kCredentialField : "";
    Refused refused{Error{row.errc, std::move(message), field, row.remedy, {}}, row.scope};
    // A CNAME has come up since the name was read.
    if (words.find("Conflicts with pre-existing") != std::string::npos) refused.scope = Stale;
    if (row.errc == Throttled) refused.error.retry_after = std::chrono::seconds{60};
    return refused;
}

}  // namespace understudy::powerdns
