// A notification as text for people: subject and body. Used by channels that people read. Pure.
//
// Whatever comes from outside (agents' and providers' words, names) is stripped of control
// characters, so a line is a line. Golden texts: tests/fixtures/render/.
#pragma once

#include <string>
#include <string_view>

#include "schema/notice.h"

namespace understudy {

struct RenderedNotice {
    std::string subject;  // "[FAILOVER] www.example.org: 192.0.2.10 -> 192.0.2.20"
    std::string body;     // lines end with "\n"; UTF-8
};

RenderedNotice render(const Notice& notice);
// The same for windows of any width: each fact is one line.
RenderedNotice render_unwrapped(const Notice& notice);

}  // namespace understudy
