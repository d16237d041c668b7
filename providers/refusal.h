// Answers that are no yes: a service's table of errors, and what becomes of a row of it. The same
// for every service that is spoken to over HTTP.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>

#include "base/http_message.h"
#include "providers/write_result.h"

namespace understudy {

struct ErrorRow {
    int code = 0;           // the service's own, or the HTTP status
    const char* hint = "";  // text that must occur in the message; "" for any
    Errc errc = Errc::Rejected;
    RefusalScope scope = RefusalScope::Call;
    const char* meaning = "";
    const char* remedy = "";
    int wait_s = 0;  // for Throttled without Retry-After
};

// Of the first row of that code whose hint the message has; null: there is none.
const ErrorRow* find_row(std::span<const ErrorRow> rows, int code, std::string_view message = {});

// Of statuses that stand in no table.
inline constexpr ErrorRow kRedirected{.meaning = "the call was redirected, which is not followed",
                                      .remedy = "check settings.base_url"};

// Who answered, and how far it is heeded when it asks for peace.
struct Answering {
    const char* name;  // as errors have it
    // The most that the Retry-After of a throttling may ask for.
    std::chrono::seconds longest_wait = std::chrono::seconds::max();
    // Whether that of a 503 counts. Without it the ordinary pauses between tries do.
    bool heeded_in_trouble = true;
    const char* ray = "";  // the header by which the service finds an answer again; "": none
};

// `words`: the service's own, free of secrets. `code`: 0 where it named none.
Refused refusal(const Answering& service, const ErrorRow& row, const std::string& words,
                const HttpResponse& response, int code = 0);

// An answer that says neither yes nor no.
Unknown no_usable_answer(const Answering& service, const std::string& why,
                         const HttpResponse& response);

}  // namespace understudy
