// ensure(condition): programmer errors end the process, in every build.
//
// For invariants only, never for input. Dying is right here: a restart is cheap and reconciles,
// while going on with broken state could move a record wrongly.
#pragma once

namespace understudy {

[[noreturn]] void ensure_failed(const char* condition, const char* file, int line);

}  // namespace understudy

#define ensure(condition)               \
    ((condition) ? static_cast<void>(0) \
                 : ::understudy::ensure_failed(#condition, __FILE__, __LINE__))
