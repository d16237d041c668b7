#include "ctl/session.h"

#include <istream>
#include <ostream>
#include <thread>
#include <tuple>

#include "base/text.h"

namespace understudy::ctl {
namespace {

std::string told(json::Value value) {
    return std::string{value.string().value_or("")};
}

// "GET /api/v1/servers lists them", as a person at a terminal would ask for it.
std::string in_our_words(const std::string& remedy) {
    constexpr std::string_view kBegin = "GET /api/v1/";
    constexpr std::string_view kEnd = "s lists them";
    if (!remedy.starts_with(kBegin) || !remedy.ends_with(kEnd)) return remedy;
    return "see: understudyctl " +
           remedy.substr(kBegin.size(), remedy.size() - kBegin.size() - kEnd.size()) + " list";
}

Error error_of(json::Value problem, const char* message_key) {
    return Error{Errc::Invalid,
                 told(problem[message_key]),
                 told(problem["field"]),
                 in_our_words(told(problem["remedy"])),
                 {}};
}

// "Upgrade Required": what the agents' port answers to whoever is none.
constexpr int kAgentsPort = 426;

// Whatever the controller says itself is an answer, also that a provider cannot be reached. What is
// in between says so without a reason of the controller's.
int exit_code_of(int status, json::Value problem) {
    if (status == 401 || status == 403) return kUnauthorised;
    const bool gateway = status == 502 || status == 503 || status == 504;
    return gateway && !problem["detail"].exists() ? kUnreachable : kRefused;
}

json::Document parse_or_empty(const std::string& text) {
    auto parsed = json::Document::parse(text.empty() ? "{}" : text,
                                        {.comments = false, .max_bytes = 64u << 20});
    if (parsed) return std::move(parsed).value();
    return std::move(json::Document::parse("{}")).value();
}

}  // namespace

std::string complaint(const Error& error) {
    const std::string what =
        error.field.empty() ? error.message : error.field + ": " + error.message;
    return "understudyctl: " + plain_text(what) + "\n" +
           (error.remedy.empty() ? "" : "  " + plain_text(error.remedy) + "\n");
}

Clock::Clock() : sleep([](Duration pause) { std::this_thread::sleep_for(pause); }) {}

void Session::print(const std::string& text) {
    streams_.out << text;
    streams_.out.flush();
}

void Session::progress(const std::string& text) {
    if (json()) return;
    print(terminal() ? "\r\x1b[K" + plain_text(text) : plain_text(text) + "\n");
    line_open_ = terminal();
}

void Session::end_progress() {
    if (line_open_) print("\n");
    line_open_ = false;
}

bool Session::confirm(const std::string& question) {
    ensure(can_ask());
    print(question + " [y/N] ");
    std::string answer;
    std::getline(*streams_.answers, answer);
    return answer == "y" || answer == "Y" || answer == "yes";
}

int Session::complain(int code, const Error& error) {
    end_progress();
    streams_.err << complaint(error);
    failure_ = code;
    return code;
}

int Session::usage(std::string field, std::string message, std::string remedy) {
    return complain(kUsage, invalid(std::move(field), std::move(message), std::move(remedy)));
}

// A problem document (RFC 9457) in words; several errors one by one.
void Session::explain(const HttpResponse& response) {
    const json::Document document = parse_or_empty(response.body);
    const json::Value problem = document.root();
    const int code = exit_code_of(response.status, problem);
    if (problem["errors"].size() > 1) {
        problem["errors"].each(
            [&](json::Value error) { complain(code, error_of(error, "message")); });
        return;
    }
    Error error = error_of(problem, "detail");
    if (response.status == kAgentsPort && error.message.empty()) {
        error.message = "agents connect there, and nothing else";
        error.remedy =
            "give the API's port with --controller: listen.api in the controller's configuration, "
            "8444 in the examples";
    }
    if (error.message.empty()) {
        error.message =
            "the controller answered " + std::to_string(response.status) + " without a reason";
        error.remedy = "is --controller the address of an understudy-controller?";
    }
    if (response.status == 401) {
        error.remedy =
            "give an administrator's token with --token-file or UNDERSTUDY_TOKEN_FILE; one is made "
            "on the controller's machine with 'understudy-controller --new-admin-token NAME'";
    }
    complain(code, error);
}

std::optional<json::Document> Session::request(const std::string& method, const std::string& path,
                                               const std::string& body) {
    const auto response = transport_.send(method, "/api/v1" + path, body);
    if (!response) {
        complain(kUnreachable, response.error());
        return std::nullopt;
    }
    return read(*response);
}

std::optional<json::Document> Session::read(const HttpResponse& response) {
    if (response.status < 200 || response.status > 299) {
        explain(response);
        return std::nullopt;
    }
    auto document = json::Document::parse(response.body.empty() ? "{}" : response.body,
                                          {.comments = false, .max_bytes = 64u << 20});
    if (document) return std::move(document).value();
    complain(kUnreachable, invalid({}, "the answer is not JSON",
                                   "is --controller the address of an understudy-controller?"));
    return std::nullopt;
}

std::optional<json::Document> Session::get(const std::string& path) {
    return request("GET", path, {});
}
Session::Found Session::find(const std::string& path) {
    const auto response = transport_.send("GET", "/api/v1" + path, {});
    if (!response) {
        complain(kUnreachable, response.error());
        return {};
    }
    if (response->status == 404) return {std::nullopt, true};
    return {read(*response), false};
}
std::optional<json::Document> Session::post(const std::string& path, const std::string& body) {
    return request("POST", path, body);
}
void Session::clear_away(const std::string& path) {
    std::ignore = transport_.send("DELETE", "/api/v1" + path, {});
}
std::optional<json::Document> Session::get_all(const std::string& path, std::size_t limit) {
    constexpr std::size_t kPage = 1000;
    const std::string mark = path.find('?') == std::string::npos ? "?" : "&";
    json::Writer all;
    all.begin_object().key("items").begin_array();
    std::size_t count = 0;
    std::string cursor;
    do {
        const std::size_t page = limit == 0 ? kPage : std::min(kPage, limit - count);
        std::string next = path + mark + "limit=" + std::to_string(page);
        if (!cursor.empty()) next += "&cursor=" + cursor;
        const auto document = get(next);
        if (!document) return std::nullopt;
        document->root()["items"].each([&](json::Value item) { all.raw(item.text()); });
        count += document->root()["items"].size();
        cursor = told(document->root()["next"]);
    } while (!cursor.empty() && (limit == 0 || count < limit));
    all.end_array().end_object();
    auto document = json::Document::parse(all.take(), {.comments = false, .max_bytes = 1u << 30});
    ensure(document.ok());
    return std::move(document).value();
}

int Session::show(const json::Document& document,
                  const std::function<std::string(json::Value)>& view) {
    print(json() ? document.root().text() + "\n" : view(document.root()));
    return kOk;
}

}  // namespace understudy::ctl
