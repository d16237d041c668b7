#include "providers/cloudflare/errors.h"

namespace understudy::cloudflare {
namespace {

constexpr std::size_t kMostCodes = 20;  // of an answer that somebody made up

ApiCode read_code(json::Value value) {
    const auto code = value["code"].integer().value_or(0);
    const bool small = code > 0 && code < 100'000'000;
    return {small ? static_cast<int>(code) : 0, text_of(value["message"])};
}

// Validation errors before 2024-10 came wrapped: the reason is in "error_chain".
std::vector<ApiCode> read_codes(json::Value errors) {
    std::vector<ApiCode> codes;
    const auto add = [&codes](json::Value value) {
        if (codes.size() < kMostCodes && value.is_object()) codes.push_back(read_code(value));
    };
    errors.each([&add](json::Value error) {
        add(error);
        error["error_chain"].each(add);
    });
    return codes;
}

Unknown lost(const HttpResponse& response, const std::string& why) {
    return no_usable_answer(kCloudflare, why, response);
}

bool is_success(int status) {
    return status >= 200 && status < 300;
}

// A 403 page of the edge is a refusal all the same.
Reply without_envelope(const HttpResponse& response, const std::string& why) {
    if (response.status < 300) return lost(response, why);
    return classify(response, {});
}

}  // namespace

Reply read_envelope(const HttpResponse& response) {
    if (response.status >= 500 || response.status == 408)
        return lost(response, "the service is in trouble");
    if (response.body.empty()) return without_envelope(response, "the body is empty");
    auto body = json::Document::parse(response.body);
    if (!body) return without_envelope(response, body.error().message);
    if (!body->root().is_object()) return without_envelope(response, "the body is no JSON object");

    const auto success = body->root()["success"];
    const auto codes = read_codes(body->root()["errors"]);
    if (!is_success(response.status)) return classify(response, codes);
    // Some endpoints leave "success" out when all is well.
    const bool yes = success.exists() ? success.boolean().value_or(false) : codes.empty();
    if (!yes && codes.empty()) return lost(response, "neither success nor an error");
    if (!yes) return classify(response, codes);
    if (!body->root()["result"].exists()) return lost(response, "no result");
    return Accepted{std::move(*body)};
}

}  // namespace understudy::cloudflare
