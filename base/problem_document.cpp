#include "base/problem_document.h"

#include <algorithm>

#include "base/ensure.h"
#include "base/json.h"
#include "base/text.h"

namespace understudy {
namespace {

constexpr std::chrono::seconds kDefaultWait{5};

struct Title {
    std::string_view code;
    std::string_view title;
};
constexpr Title kTitles[] = {
    {"invalid", "The input is not valid"},
    {"not_found", "There is no such thing"},
    {"conflict", "This contradicts what is there"},
    {"rejected", "Refused"},
    {"transient", "Not possible at the moment"},
    {"throttled", "Too many requests for the moment"},
    {"unauthorized", "Not authorised"},
    {"forbidden", "This is not within what the caller may do"},
    {"method_not_allowed", "The method does not fit the path"},
    {"precondition_failed", "The precondition cannot be met"},
    {"too_large", "The request is too large"},
    {"unsupported_media_type", "The body is not JSON"},
    {"bad_request", "This is no sound HTTP request"},
    {"timeout", "The request did not arrive in time"},
    {"head_too_large", "The request line and headers are too large"},
    {"not_implemented", "This part of HTTP is not spoken here"},
    {"answer_timeout", "The answer took too long"},
    {"unsupported_version", "This version of HTTP is not spoken here"},
};

std::string_view title_of(std::string_view code) {
    const auto* found = std::ranges::find(kTitles, code, &Title::code);
    return found == std::end(kTitles) ? "The controller cannot do this" : found->title;
}

void write_error(json::Writer& out, const char* message_key, const Error& error) {
    if (!error.field.empty()) out.field("field", plain_text(error.field));
    out.field(message_key, plain_text(error.message));
    if (!error.remedy.empty()) out.field("remedy", plain_text(error.remedy));
}

}  // namespace

// RFC 9457 3.1 for the first members; field, remedy and errors are extensions.
std::string problem_document(int status, std::string_view code,
                             const std::vector<Error>& problems) {
    ensure(!problems.empty());
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
    out.objects("errors", problems,
                [&](const Error& error) { write_error(out, "message", error); });
    return out.end_object().take();
}

std::optional<std::string> retry_after(const Error& error) {
    if (error.code != Errc::Transient && error.code != Errc::Throttled) return std::nullopt;
    return std::to_string(error.retry_after.value_or(kDefaultWait).count());
}

}  // namespace understudy
