// What understudyctl's exit status says. Scripts depend on it.
#pragma once

namespace understudy::ctl {

enum ExitCode : int {
    kOk = 0,
    kRefused = 1,       // the controller said no, or what was waited for went wrong
    kUsage = 2,         // the command line or a local file is wrong
    kUnreachable = 3,   // no answer: network, TLS, or the controller is not ready
    kUnauthorised = 4,  // no token, or not a good one
    kUnfinished = 5,    // ordered and decided, but not every record is confirmed
};

}  // namespace understudy::ctl
