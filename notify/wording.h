// The words of each kind of notification: what it is called in a subject, what happened, what the
// reader should do. Used by render.cpp; pure.
#pragma once

#include <string>

#include "schema/notice.h"

namespace understudy {

struct Wording {
    std::string state;    // "FAILOVER": first word of the subject
    std::string subject;  // the rest of it
    std::string what;     // what happened, one sentence
    std::string advice;   // what the reader should do
};

Wording wording_of(const Notice& notice);

// "eu, us"; empty where it is not about several.
std::string pools_in_short(const Notice& notice);
// "www.example.org" or "12 domains".
std::string domains_in_short(const Notice& notice);

}  // namespace understudy
