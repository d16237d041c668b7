// What Cloudflare's error codes mean: which Errc, how far the refusal reaches, what the operator
// does.
//
// Codes come first and HTTP statuses second, because one code comes with different statuses on
// different endpoints. Facts: developers.cloudflare.com/api and /dns, and clients' recorded
// traffic; last verified 2026-08.
#pragma once

#include <string>
#include <vector>

#include "base/http_message.h"
#include "providers/write_result.h"

namespace understudy::cloudflare {

struct ApiCode {
    int code = 0;  // 0: the answer named none
    std::string message;
};

// `codes`: outer codes and those of their chains, in order. The message holds Cloudflare's own
// words.
Refused classify(const HttpResponse& response, const std::vector<ApiCode>& codes);

// Waiting time of a 429 or 503. Cloudflare sends seconds; a date would need a clock and counts as
// absent.
std::optional<std::chrono::seconds> seconds_to_wait(const HttpResponse& response);

}  // namespace understudy::cloudflare
