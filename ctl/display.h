// Bits of display that several commands share. Pure.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/json.h"
#include "ctl/table.h"

namespace understudy::ctl {

std::string text_of(json::Value value);          // a string, a number as text, "" for null
bool is_true(json::Value flag);                  // absent counts as false
std::int64_t count_of(json::Value number);       // absent counts as 0
std::string confirmed_text(json::Value record);  // the addresses that it holds
std::string yes_no(json::Value flag);
std::string who_text(json::Value event);     // "admin token 'ops' from 203.0.113.9"
std::string event_thing(json::Value event);  // the domain, pool or server it is about
bool is_set(json::Value value);              // neither absent nor null
// What enrolls an agent, typed on its server; null: it is not known where the controller is.
std::string enrol_line(json::Value controller, json::Value code);
inline constexpr const char* kControllerMeant = "(CONTROLLER: the name by which agents reach it.)";
std::string joined(json::Value list);             // "a, b"
std::string content_text(json::Value addresses);  // "nothing" for null
std::string name_in(json::Value reference);       // of {"id", "name"}
// Of a domain: "bücher.example (xn--bcher-kva.example)", where the two differ.
std::string both_names(json::Value domain);
std::string reported_text(json::Value reported);  // "203.0.113.9: not followed: ..."
std::string labels_text(json::Value labels);      // "region=eu company=acme"
// "a, b, +7": for a column, when there may be many.
std::string shortened(json::Value list, std::size_t most = 3);
std::string inset(const std::string& text);  // "  web1 is down\n"
std::string number_text(json::Value value);  // "12"
std::string ago_text(json::Value seconds);   // "3 s ago"; "never"
std::string ttl_text(json::Value seconds);   // "60 s"; "automatic"
std::string span_text(Duration span);        // "10 min", "90 s"; never in milliseconds
std::string time_text(json::Value rfc3339);  // "2026-11-21 02:08:42", in UTC
Cell credential_cell(json::Value problem);   // "ok", or that it cannot be read
Cell health_cell(json::Value health);
Cell status_cell(json::Value status);
Tone readiness_tone(json::Value ready);  // not known to be false: as usual
// A name as the next part of a path: "/www.example.org".
std::string path_part(const std::string& name);
// A name as a value of a query.
std::string url_part(const std::string& name);

}  // namespace understudy::ctl
