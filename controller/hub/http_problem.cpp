#include "controller/hub/http_problem.h"

#include "base/problem_document.h"

namespace understudy {
namespace {

std::string_view code_of(int status) {
    switch (status) {
        case 408:
            return "timeout";
        case 413:
            return "too_large";
        case 429:
            return "too_many_streams";
        case 431:
            return "head_too_large";
        case 501:
            return "not_implemented";
        case 503:
            return "throttled";
        case 504:
            return "answer_timeout";
        case 505:
            return "unsupported_version";
        default:
            return "bad_request";
    }
}

}  // namespace

ApiResponse http_problem(int status, const Error& error) {
    ApiResponse response{status, "application/problem+json", {}, {}};
    response.body = problem_document(status, code_of(status), {error});
    if (auto wait = retry_after(error)) response.headers.emplace_back("Retry-After", *wait);
    return response;
}

}  // namespace understudy
