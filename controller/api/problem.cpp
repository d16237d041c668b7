#include "controller/api/problem.h"

#include "base/json.h"
#include "base/text.h"

namespace understudy::api {
namespace {

const char* title_of(std::string_view code) {
    if (code == "invalid") return "The input is not valid";
    if (code == "not_found") return "There is no such thing";
    if (code == "conflict") return "This contradicts what is there";
    if (code == "rejected") return "Refused";
    if (code == "transient") return "Not possible at the moment";
    if (code == "throttled") return "Too many requests for the moment";
    if (code == "unauthorized") return "Not authorised";
    if (code == "method_not_allowed") return "The method does not fit the path";
    if (code == "too_large") return "The request is too large";
    if (code == "unsupported_media_type") return "The body is not JSON";
    return "The controller cannot do this";
}

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

// They repeat what was sent.
void write_error(json::Writer& out, const char* message_key, const Error& error) {
    if (!error.field.empty()) out.field("field", plain_text(error.field));
    out.field(message_key, plain_text(error.message));
    if (!error.remedy.empty()) out.field("remedy", plain_text(error.remedy));
}

// RFC 9457 3.1 for the first members; field, remedy and errors are extensions.
ApiResponse render(int status, std::string_view code, const Problems& problems) {
    json::Writer out;
    out.begin_object();
    out.field("type", "urn:understudy:problem:" + std::string{code});
    out.field("title", title_of(code)).field("status", status).field("code", std::string{code});
    const Error& first = problems.front();
    if (problems.size() == 1) {
        write_error(out, "detail", first);
    } else {
        out.field("detail", std::to_string(problems.size()) + " things are wrong; see errors");
    }
    out.key("errors").begin_array();
    for (const Error& error : problems) {
        out.begin_object();
        write_error(out, "message", error);
        out.end_object();
    }
    out.end_array().end_object();
    ApiResponse response{status, "application/problem+json", {}, out.take()};
    if (first.code == Errc::Transient || first.code == Errc::Throttled) {
        constexpr std::chrono::seconds kDefaultWait{5};
        const auto wait = first.retry_after.value_or(kDefaultWait).count();
        response.headers.emplace_back("Retry-After", std::to_string(wait));
    }
    return response;
}

}  // namespace

ApiResponse problem(const Error& error) {
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
