// What a name server answered, read from c-ares' result and the message behind it. Private to the
// name worker's thread and to its tests; knows nothing of sockets.
#pragma once

#include <string_view>

#include "controller/runtime/outbound/outbound.h"

namespace understudy {

// status: c-ares' own (ARES_...). message: the answer as it came, which may be anything; empty when
// none did.
NameAnswer read_name_answer(const NameQuestion& question, int status, std::string_view message);

}  // namespace understudy
