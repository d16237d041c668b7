// Runs every *.txt beside this file: replays its commands, writes the whole file anew with the
// trace that really followed, and compares. UNDERSTUDY_RECORD=1 accepts the new text instead (read
// the diff before you commit it).
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/scenarios/world.h"
#include "tests/support/test_data.h"

namespace understudy::scenarios {
namespace {

const std::filesystem::path kFolder = tests_folder() / "scenarios";

std::string read_file(const std::filesystem::path& path) {
    std::ifstream in{path};
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

// Comments and blank lines stay, commands stay, trace lines ("    ...") are replaced by what
// happens.
std::string replay(const std::string& script) {
    World world;
    std::stringstream in{script};
    std::string out;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("    ")) continue;
        out += line + "\n";
        if (line.empty() || line.starts_with('#')) continue;
        try {
            for (const std::string& trace : world.run(line))
                out += "    " + trace + "\n";
        } catch (const std::exception& mistake) {
            out += std::string{"    cannot run this line: "} + mistake.what() + "\n";
        }
    }
    return out;
}

std::vector<std::filesystem::path> scripts() {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator{kFolder}) {
        if (entry.path().extension() == ".txt" && entry.path().filename() != "CMakeLists.txt") {
            found.push_back(entry.path());
        }
    }
    std::ranges::sort(found);
    return found;
}

}  // namespace

TEST_CASE("scenarios replay as written") {
    const bool record = std::getenv("UNDERSTUDY_RECORD") != nullptr;
    const auto all = scripts();
    REQUIRE(all.size() >= 20);
    for (const auto& path : all) {
        SUBCASE(path.stem().c_str()) {
            const std::string script = read_file(path);
            const std::string replayed = replay(script);
            if (record) std::ofstream{path} << replayed;
            CHECK(replayed.find("cannot run this line") == std::string::npos);
            if (!record) CHECK(script == replayed);
        }
    }
}

}  // namespace understudy::scenarios
