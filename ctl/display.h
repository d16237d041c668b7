// Bits of display that several commands share. Pure.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/json.h"
#include "ctl/table.h"

namespace understudy::ctl {

std::string text_of(json::Value value);           // a string, a number as text, "" for null
std::string joined(json::Value list);             // "a, b"
std::string content_text(json::Value addresses);  // "nothing" for null
std::string name_in(json::Value reference);       // of {"id", "name"}
// Of a domain: "bücher.example (xn--bcher-kva.example)", where the two differ.
std::string both_names(json::Value domain);
std::string labels_text(json::Value labels);  // "region=eu company=acme"
// "a, b, +7": for a column, when there may be many.
std::string shortened(json::Value list, std::size_t most = 3);
std::string number_text(json::Value value);  // "12"
std::string ago_text(json::Value seconds);   // "3 s ago"; "never"
std::string ttl_text(json::Value seconds);   // "60 s"; "automatic"
std::string span_text(Duration span);        // "10 min", "90 s"; never in milliseconds
std::string time_text(json::Value rfc3339);  // "2026-11-21 02:08:42", in UTC
Cell credential_cell(json::Value problem);   // "ok", or that it cannot be read
Cell health_cell(json::Value health);
Cell status_cell(json::Value status);
// A name as the next part of a path: "/www.example.org".
std::string path_part(const std::string& name);
// A name as a value of a query.
std::string url_part(const std::string& name);

}  // namespace understudy::ctl
