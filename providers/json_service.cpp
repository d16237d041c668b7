#include "providers/json_service.h"

#include "providers/settings.h"

namespace understudy {

Talk<Reply> JsonService::call(std::string method, std::string path, std::string body) const {
    const HttpAnswer answer = co_await ask(request(std::move(method), path, std::move(body)));
    const auto* failure = std::get_if<TransportFailure>(&answer);
    if (failure == nullptr) co_return judge(std::get<HttpResponse>(answer));
    Error error = transient("no answer from " + terms_.name + ": " + foreign(failure->message));
    error.remedy = terms_.silence_remedy;
    co_return Unknown{std::move(error), failure->may_have_arrived};
}

Talk<Result<json::Document>> JsonService::get(std::string path) const {
    auto reply = co_await call("GET", std::move(path));
    if (const auto* error = error_of(reply)) co_return *error;
    auto& body = std::get<Accepted>(reply).body;
    if (!body) co_return transient("no usable answer from " + terms_.name + ": the body is empty");
    co_return *std::move(body);
}

HttpRequest JsonService::request(std::string method, const std::string& path,
                                 std::string body) const {
    HttpRequest request;
    request.method = std::move(method);
    request.url = terms_.base_url + path;
    request.headers = {{terms_.header, terms_.prefix + terms_.secret.reveal()},
                       {"Accept", "application/json"},
                       {"User-Agent", "understudy/" UNDERSTUDY_VERSION}};
    if (!body.empty()) request.headers.push_back({"Content-Type", "application/json"});
    request.body = std::move(body);
    request.timeout = terms_.timeout;
    return request;
}

std::string JsonService::foreign(std::string_view text) const {
    return foreign_text(text, terms_.secret);
}

const Error* error_of(const Reply& reply) {
    if (const auto* refused = std::get_if<Refused>(&reply)) return &refused->error;
    const auto* unknown = std::get_if<Unknown>(&reply);
    return unknown != nullptr ? &unknown->error : nullptr;
}

bool may_hide(const Reply& reply) {
    const auto* refused = std::get_if<Refused>(&reply);
    return refused != nullptr && refused->may_hide;
}

WriteResult written(const Reply& reply) {
    if (const auto* unknown = std::get_if<Unknown>(&reply)) return *unknown;
    if (const auto* refused = std::get_if<Refused>(&reply)) return *refused;
    return Written{};
}

std::string text_of(json::Value value) {
    return std::string{value.string().value_or(std::string_view{})};
}

}  // namespace understudy
