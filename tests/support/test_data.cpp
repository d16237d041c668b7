#include "tests/support/test_data.h"

namespace understudy {

std::filesystem::path tests_folder() {
    return UNDERSTUDY_TEST_DATA;
}

}  // namespace understudy
