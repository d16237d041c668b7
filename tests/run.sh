#!/bin/bash
# Builds everything and runs every test.
#
#     tests/run.sh          g++ build, unit tests, fuzz targets, house linter, real programs
#     tests/run.sh --all    the above, and: every bench in its quick form, clang build with ASan,
#                           UBSan and libFuzzer running the same tests, ThreadSanitizer on the
#                           threaded parts, clang-format, clang-tidy, every file by itself without
#                           precompiled headers, a linter for shell scripts, and the README's
#                           commands for production on booted machines
#
# Every stage ends in one line; what failed is shown in full. The last line is "N passed, N failed",
# and the exit status is 0 only when nothing failed and something passed. A stage that cannot run
# counts as failed. Builds go to build/<preset>, logs to build/logs.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/support/stages.sh
. tests/support/stages.sh

all=no
case "${1:-}" in
    "") ;;
    --all) all=yes ;;
    *) echo "usage: tests/run.sh [--all]" >&2; exit 2 ;;
esac

groups=(build test)
[ "$all" = no ] || groups+=(check bench package)

check_stage "packages" packaging/debian-packages.sh "${groups[@]}"
check_stage "node packages" install_node_packages
[ "$(total 2)" -eq 0 ] || finish

test_stage "house linter" - pytest_suite build/logs/tidy "$jobs" tests/tidy
test_stage "emulators" - pytest_suite build/logs/emulator "$((jobs * 3))" tests/emulator
check_stage "house rules" /usr/bin/python3 tests/tidy/tidy.py
check_stage "deliberate bugs still fit" tests/mutation/run.py --list
if [ "$all" = yes ]; then
    check_stage "format" check_format
    check_stage "shell scripts" check_shell
fi

# shellcheck disable=SC2317  # it is called by begin_behind
sanitized_builds_and_linters() {
    local threaded
    build_stage fuzz
    mapfile -t threaded < <(programs_of dev unit | awk '$4 == "threaded" { print "unit_" $2 }')
    build_stage tsan "${threaded[@]}"
    check_stage "clang-tidy" check_clang_tidy
    check_stage "includes (every file by itself)" check_includes
}

build_stage dev
[ "$all" = no ] || begin_behind sanitized_builds_and_linters
test_stage "unit (dev)" dev unit_programs dev
test_stage "simulation (dev)" dev simulation dev 60
test_stage "fuzz (dev, first inputs and mutations)" dev fuzz_programs dev 1
test_stage "integration (dev)" dev integration dev

if [ "$all" = yes ]; then
    test_stage "benches (dev, quick)" dev benches dev
    test_stage "installed as documented (dev)" dev installed dev
    until_built fuzz
    test_stage "unit (clang, ASan, UBSan)" fuzz unit_programs fuzz
    test_stage "simulation (clang, ASan, UBSan)" fuzz simulation fuzz 3
    test_stage "fuzz (clang, libFuzzer)" fuzz fuzz_programs fuzz 5
    test_stage "integration (clang, ASan, UBSan)" fuzz integration fuzz
    until_built tsan
    test_stage "unit (threaded parts, TSan)" tsan unit_programs tsan threaded
    end_behind
fi
finish
