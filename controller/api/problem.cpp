#include "controller/api/problem.h"

#include "base/ensure.h"
#include "base/problem_document.h"

namespace understudy::api {
namespace {

int status_of(Errc code) {
    switch (code) {
        case Errc::Invalid:
            return 422;
        case Errc::NotFound:
            return 404;
        case Errc::Conflict:
        case Errc::Rejected:
            return 409;
        case Errc::Transient:
        case Errc::Throttled:
            return 503;
        case Errc::Corrupt:
            break;
    }
    return 500;
}

ApiResponse render(int status, std::string_view code, const Problems& problems) {
    ApiResponse response{status, "application/problem+json", {}, {}};
    response.body = problem_document(status, code, problems);
    if (auto wait = retry_after(problems.front())) {
        response.headers.emplace_back("Retry-After", *wait);
    }
    return response;
}

}  // namespace

ApiResponse problem(const Error& error) {
    if (error.field == kIfMatch || error.field == kIfNoneMatch)
        return render(412, "precondition_failed", {error});
    return render(status_of(error.code), to_string(error.code), {error});
}

ApiResponse problem(const Problems& problems) {
    ensure(!problems.empty());
    return render(status_of(problems.front().code), to_string(problems.front().code), problems);
}

ApiResponse problem(int status, std::string_view code, const Error& error) {
    return render(status, code, {error});
}

ApiResponse upstream_problem(const Error& error) {
    int status = status_of(error.code);
    if (error.code == Errc::NotFound) status = 422;
    if (error.code == Errc::Rejected || error.code == Errc::Corrupt) status = 502;
    return render(status, to_string(error.code), {error});
}

}  // namespace understudy::api
