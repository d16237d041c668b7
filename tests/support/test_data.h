// The tests' folder in the source tree, for tests that read files of the project. Its path is known
// to one file only, so that no other has to be compiled again in another folder.
#pragma once

#include <filesystem>

namespace understudy {

std::filesystem::path tests_folder();

}  // namespace understudy
