// An ApiResponse as the bytes of an HTTP/1.1 answer, with the headers every answer has. Used by
// HttpListener. Pure.
#pragma once

#include <string>

#include "controller/hub/hub.h"

namespace understudy {

// `with_body` false for HEAD: Content-Length still says what GET would bring (RFC 9110 9.3.2).
std::string http_answer(const ApiResponse& response, bool keep_alive, bool with_body);
// The head of an answer whose length nobody knows: in chunks, or to HTTP/1.0 until the end of the
// connection, which goes with it in both cases.
std::string http_stream_head(const ApiResponse& response, bool in_chunks);

}  // namespace understudy
