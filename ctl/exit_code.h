// What understudyctl's exit status says. Scripts depend on it.
#pragma once

namespace understudy::ctl {

enum ExitCode : int {
    kOk = 0,
    kRefused = 1,       // the controller said no, for itself or for a provider, or what was waited
                        // for went wrong
    kUsage = 2,         // the command line or a local file is wrong
    kUnreachable = 3,   // no answer of the controller: the network or TLS on the way to it
    kUnauthorised = 4,  // no token, or not a good one
    kUnfinished = 5,    // ordered and decided, but not every record is confirmed
};

}  // namespace understudy::ctl
