// Section "programs": what channels of kind "exec" may run. They only name it: whoever may use the
// API chooses among these, and cannot say what is run.
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "controller/config/sections.h"

namespace understudy::config {
namespace {

// Whoever may write it is whoever the controller runs as.
void check_program(Reading& reading, const std::string& path, const std::string& place) {
    struct stat about {};
    if (!path.starts_with('/')) {
        reading.fail(place, quoted(path) + " is no absolute path",
                     "write it out: nothing is looked for in $PATH, and no shell is asked");
    } else if (stat(path.c_str(), &about) != 0 || !S_ISREG(about.st_mode) ||
               access(path.c_str(), X_OK) != 0) {
        reading.fail(place, "'" + path + "' is no program that this user may run",
                     "check that it is there and executable");
    } else if ((about.st_mode & S_IWOTH) != 0) {
        reading.fail(place, "everybody on this machine can write '" + path + "'",
                     "chmod o-w " + path);
    }
}

}  // namespace

void read_programs(Reading& reading) {
    reading.root()["programs"].each_member([&](std::string_view name, json::Value section) {
        Program program;
        section["command"].each(
            [&](json::Value word) { program.command.emplace_back(word.string().value_or("")); });
        set_seconds(section, "timeout_s", program.timeout);
        if (program.command.empty()) return;  // the schema's complaint
        check_program(reading, program.command.front(),
                      "programs." + std::string{name} + ".command[0]");
        reading.config().programs.emplace(std::string{name}, std::move(program));
    });
}

}  // namespace understudy::config
