// A program of this machine that is told of a notification, and what became of it, as values. Which
// programs there are the controller's own configuration says, and nobody else. Built by
// notify/program, run by ProgramWorker.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/clock.h"

namespace understudy {

struct Program {
    std::vector<std::string> command;  // the first is an absolute path
    Duration timeout{10'000};
    friend bool operator==(const Program&, const Program&) = default;
};
// By the names that channels know them by.
using Programs = std::map<std::string, Program, std::less<>>;

struct ProgramRequest {
    Program program;
    std::string input;  // what it reads
};

struct ProgramAnswer {
    std::string trouble;  // it could not be started, or not be waited for; empty: it has ended
    int code = 0;         // exit code; 128 + signal when a signal ended it
    bool timed_out = false;
    std::string output = {};  // the beginning of what it wrote
};

}  // namespace understudy
