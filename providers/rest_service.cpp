#include "providers/rest_service.h"

#include <algorithm>
#include <set>

#include "base/ascii.h"
#include "base/domain_name.h"
#include "providers/locate.h"
#include "providers/rate_limit.h"
#include "providers/settings.h"

namespace understudy {
namespace {

constexpr Duration kTimeout{10'000};
constexpr std::size_t kMostPages = 1000;
constexpr std::size_t kNamesAskedSingly = 2;
constexpr std::size_t kEveryPage = SIZE_MAX;

json::Value at(json::Value value, const char* key) {
    return *key == '\0' ? value : value[key];
}

std::string spoken(const Dialect::Words& words) {
    if (words.word.empty() || words.sentence.empty()) return words.word + words.sentence;
    return words.word + ": " + words.sentence;
}

ErrorRow row_of(const Dialect& dialect, const std::string& word, const std::string& all,
                int status) {
    if (!word.empty()) {
        for (const auto& row : dialect.rows) {
            if (row.code == 0 && word == row.hint) return row;
        }
    }
    if (const auto* row = find_row(dialect.rows, status, all)) return *row;
    if (status >= 300 && status < 400) return kRedirected;
    return {.meaning = "the call was refused"};
}

bool is_yes(int status) {
    return status >= 200 && status < 300;
}

// What a service says of its next page becomes a part of our next request.
bool is_query(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        return is_letter_or_digit(c) ||
               std::string_view{"=%._~+-"}.find(c) != std::string_view::npos;
    });
}

// How many pages follow the first one, as far as it tells.
std::size_t pages_to_come(const ListPage& page, std::size_t items) {
    if (page.next.empty() || page.total < 0 || items == 0) return 0;
    return (static_cast<std::size_t>(page.total) + items - 1) / items - 1;
}

}  // namespace

Result<JsonService::Terms> RestService::terms_of(const Dialect& dialect, std::string_view settings,
                                                 const Secret& credential) {
    const auto given = ProviderSettings::parse(settings, {"base_url", "allow_plain_http"});
    if (!given) return given.error();
    auto base_url = given->base_url(dialect.base_url);
    if (!base_url) return base_url.error();
    auto token = read_credential(credential);
    if (!token) return token.error();
    Terms terms{dialect.answering.name, *std::move(base_url), "Authorization", dialect.prefix,
                *std::move(token)};
    terms.timeout = kTimeout;
    return terms;
}

Reply RestService::judge(const HttpResponse& response) const {
    auto body = json::Document::parse(response.body);
    if (is_yes(response.status)) {
        if (response.body.empty()) return Accepted{};
        if (!body) return no_usable_answer(dialect_.answering, body.error().message, response);
        auto page = dialect_.page(response, body->root());
        return Accepted{*std::move(body), std::move(page)};
    }
    Dialect::Words words;
    if (body) words = dialect_.words(body->root());
    if (response.status >= 500 || response.status < 200 || response.status == 408) {
        const auto said = foreign(spoken(words));
        return no_usable_answer(dialect_.answering,
                                "it is in trouble" + (said.empty() ? "" : ": " + said), response);
    }
    Refused answer = refused(words, response);
    if (body && dialect_.refused_items != nullptr)
        answer.parts = dialect_.refused_items(body->root());
    return answer;
}

Refused RestService::refused(const Dialect::Words& words, const HttpResponse& response) const {
    const auto said = foreign(spoken(words));
    const auto row = row_of(dialect_, words.word, said, response.status);
    Refused refused = refusal(dialect_.answering, row, said, response);
    if (response.status == 401) refused.error.field = kCredentialField;
    refused.may_hide = response.status == 403 || response.status == 404;
    return refused;
}

std::optional<CallsLeft> RestService::calls_left(const HttpResponse& response) const {
    return read_calls_remaining(response);
}

Talk<Result<bool>> RestService::list(std::string path, std::string key, TakeItem take,
                                     std::size_t patience) const {
    std::string page = dialect_.first_page;
    std::set<std::string> pages;
    std::set<std::string> items;
    std::size_t read = 0;
    for (;;) {
        const auto reply = co_await call("GET", path + page);
        if (const auto* error = error_of(reply)) co_return *error;
        const auto& accepted = std::get<Accepted>(reply);
        const auto values = at(accepted.root(), key.c_str());
        const std::string name = dialect_.answering.name;
        if (!values.is_array()) co_return transient("no usable answer from " + name + ": no list");
        std::optional<Error> damaged;
        values.each([&](json::Value value) {
            auto id = take(value);
            if (!id) {
                damaged = id.error();
            } else {
                items.insert(*std::move(id));
            }
        });
        if (damaged) co_return *damaged;
        if (++read == 1 && pages_to_come(accepted.page, values.size()) > patience) co_return false;
        const auto& next = accepted.page.next;
        if (next.empty()) {
            // Items that come and go between two pages move others from page to page. And a page
            // that is cut short is no list, be it the only one.
            const bool whole = accepted.page.total < 0 ||
                               items.size() == static_cast<std::size_t>(accepted.page.total);
            if (whole) co_return true;
            co_return transient("what " + name + " lists changed while it was read");
        }
        if (!is_query(next) || !pages.insert(next).second || pages.size() > kMostPages)
            co_return transient("no usable answer from " + name + ": the list has no end");
        page = next;
    }
}

std::string RestService::zone_path(const std::string& zone, std::string_view below) const {
    std::string path = std::string{dialect_.zones} + "/" + url_encode(zone);
    if (!below.empty()) path += "/" + std::string{below};
    return path + dialect_.zones_end;
}

Talk<std::optional<Error>> RestService::find_one(std::string zone, ZoneFindings& findings) const {
    const auto reply = co_await call("GET", zone_path(zone));
    if (const auto* error = error_of(reply)) {
        if (!may_hide(reply)) co_return *error;
        // One that the token may not see looks like none, and its reason is worth more.
        if (error->code != Errc::NotFound) findings.absent = *error;
        co_return std::nullopt;
    }
    auto found = dialect_.read_zone(at(std::get<Accepted>(reply).root(), dialect_.zone_key));
    if (!found) co_return found.error();
    findings.zones.insert_or_assign(found->zone.name, *std::move(found));
    co_return std::nullopt;
}

Talk<Result<ZoneFindings>> RestService::find_zones(std::vector<std::string> names) const {
    ZoneFindings findings;
    findings.absent = not_found(std::string{dialect_.answering.name} + " has no zone of it",
                                dialect_.create_zone);
    if (names.size() == 1) {
        auto asked = ask_for_zones(
            names, [&](const std::string& zone) { return findings.zones.contains(zone); },
            [&](const std::string& zone) { return find_one(zone, findings); });
        if (const auto error = co_await asked) co_return *error;
        co_return std::move(findings);
    }
    auto listed = list(
        std::string{dialect_.zones} + dialect_.zones_end + "?" + dialect_.zones_query,
        dialect_.zones_key,
        [&](json::Value value) -> Result<std::string> {
            auto found = dialect_.read_zone(value);
            // One that could not be served from keeps nobody from the others.
            if (!found && found.error().code == Errc::Invalid) return value.text();
            if (!found) return found.error();
            auto name = found->zone.name;
            findings.zones.insert_or_assign(name, *std::move(found));
            return name;
        },
        kEveryPage);
    const auto all = co_await listed;
    if (!all) co_return all.error();
    findings.complete = true;
    co_return std::move(findings);
}

Talk<Result<Verification>> RestService::verify() const {
    const auto findings = co_await find_zones({});
    if (!findings) co_return findings.error();
    const auto seen = findings->zones.size();
    Verification report;
    report.proven.push_back(std::string{"the token is accepted by "} + dialect_.answering.name +
                            " and sees " + std::to_string(seen) + (seen == 1 ? " zone" : " zones"));
    report.reading_unproven = "that a zone's records can be read: known when a domain is added";
    report.unproven.push_back("that records may be changed: only a change proves it");
    co_return std::move(report);
}

Result<std::string> read_zone_name(const std::string& service, json::Value name) {
    const auto text = text_of(name);
    if (text.empty())
        return transient("no usable answer from " + service + ": a zone without name");
    return canonical_name("zone", text);
}

Talk<std::optional<Error>> read_names(const RestService& service, const NameList& list,
                                      const std::vector<std::string>& names) {
    const auto path = list.path + "?" + list.query;
    const bool listed_only = list.by_name == nullptr;
    list.begin();
    if (listed_only || names.size() > kNamesAskedSingly) {
        const auto patience = listed_only ? kEveryPage : names.size();
        auto listed = service.list(path, list.key, list.take, patience);
        const auto whole = co_await listed;
        if (!whole) co_return whole.error();
        if (*whole) co_return std::nullopt;
        list.begin();
    }
    for (const auto& name : names) {
        auto listed =
            service.list(path + list.by_name(name) + "&", list.key, list.take, kEveryPage);
        const auto whole = co_await listed;
        if (!whole) co_return whole.error();
    }
    co_return std::nullopt;
}

std::string query_value(std::string_view url, std::string_view key) {
    const auto question = url.find('?');
    auto rest = question == std::string_view::npos ? std::string_view{} : url.substr(question + 1);
    while (!rest.empty()) {
        const auto end = std::min(rest.find_first_of("&#"), rest.size());
        const auto pair = rest.substr(0, end);
        if (pair.starts_with(key) && pair.substr(key.size(), 1) == "=")
            return std::string{pair.substr(key.size() + 1)};
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return {};
}

std::string next_in_link(const HttpResponse& response, std::string_view key) {
    auto rest = response.header("Link");
    while (!rest.empty()) {
        const auto begin = rest.find('<');
        const auto end = rest.find('>');
        if (begin == std::string_view::npos || end == std::string_view::npos || end < begin)
            return {};
        const auto url = rest.substr(begin + 1, end - begin - 1);
        const auto parameters = rest.substr(end + 1, rest.find('<', end) - end - 1);
        if (parameters.find("rel=\"next\"") != std::string_view::npos ||
            parameters.find("rel=next") != std::string_view::npos) {
            return query_value(url, key);
        }
        rest.remove_prefix(end + 1);
    }
    return {};
}

bool is_slow(std::uint32_t minimum_ttl_s) {
    constexpr std::uint32_t kAcceptable = 60;  // what a pool's failover_ttl_s is by default
    return minimum_ttl_s > kAcceptable;
}

std::string slow_zone(const std::string& zone, std::uint32_t minimum_ttl_s,
                      const std::string& remedy) {
    return "the zone '" + zone + "' takes no TTL below " + std::to_string(minimum_ttl_s) +
           " s: after a failover resolvers may hold the old address for as long; " + remedy;
}

}  // namespace understudy
