// What Cloudflare's error codes mean: which Errc, how far the refusal reaches, what the operator
// does.
//
// The envelope around every answer: {"result", "success", "errors", "messages", "result_info"}.
// Codes come first and HTTP statuses second, because one code comes with different statuses on
// different endpoints. Facts: developers.cloudflare.com/api and /dns, and clients' recorded
// traffic; last verified 2026-08.
#pragma once

#include <string>
#include <vector>

#include "base/http_message.h"
#include "providers/json_service.h"
#include "providers/refusal.h"

namespace understudy::cloudflare {

inline constexpr Answering kCloudflare{.name = "Cloudflare", .ray = "cf-ray"};

struct ApiCode {
    int code = 0;  // 0: the answer named none
    std::string message;
};

// `codes`: outer codes and those of their chains, in order. The message holds Cloudflare's own
// words.
Refused classify(const HttpResponse& response, const std::vector<ApiCode>& codes);

// `success` and the status must both say yes. What is no envelope at all is Unknown. Codes in
// `messages` are never errors (10000 means "valid" there).
Reply read_envelope(const HttpResponse& response);

}  // namespace understudy::cloudflare
