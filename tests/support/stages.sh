# Sourced by tests/run.sh: stages, counts, and how each kind of test is run.
# shellcheck shell=bash

jobs=$(nproc)
logs=build/logs
mkdir -p "$logs"
# Files, because some stages run in a process of their own; of this run, because what a run that was
# ended left behind may still go on.
totals=$logs/totals-$$
rm -f "$logs"/built-"$$"-* "$logs/behind-is-over-$$"
: > "$totals"
export PYTHONDONTWRITEBYTECODE=1
# Reports go to files, whoever began the program: what no test looks at is found there.
sanitizer_reports=$PWD/$logs/sanitizer-$$
ASAN_OPTIONS="detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1"
export ASAN_OPTIONS="$ASAN_OPTIONS:log_path=$sanitizer_reports"
export UBSAN_OPTIONS="print_stacktrace=1"
export TSAN_OPTIONS="log_path=$sanitizer_reports:halt_on_error=1:second_deadlock_stack=1"

# summary <stage> <passed> <failed> <start>: adds to the totals and prints the stage's line.
summary() {
    echo "$2 $3" >> "$totals" || kill "$$"  # nobody may take it for passed
    local mark="ok  "
    [ "$3" -eq 0 ] || mark=FAIL
    printf '%s  %s: %d passed, %d failed (%d s)\n' "$mark" "$1" "$2" "$3" "$((SECONDS - $4))"
}

# total <column>: what the stages that are over add up to.
total() {
    awk -v column="$1" '{ sum += $column } END { print sum + 0 }' "$totals"
}

finish() {
    local passed failed
    passed=$(total 1)
    failed=$(total 2)
    printf '%d passed, %d failed\n' "$passed" "$failed"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
    exit
}

# check_stage <name> <command...>: one check, passed when the command succeeds.
check_stage() {
    local name=$1 start=$SECONDS log="$logs/${1//[^a-zA-Z0-9]/-}.log"
    shift
    echo "...   $name"
    if "$@" > "$log" 2>&1; then
        summary "$name" 1 0 "$start"
    else
        cat "$log"
        summary "$name" 0 1 "$start"
    fi
}

# build_stage <preset> [target...]: a build is no test; only its failure counts. Where it failed,
# what an older build left is not tested.
build_stage() {
    local preset=$1 start=$SECONDS log="$logs/build-$1.log" targets=()
    shift
    [ $# -eq 0 ] || targets=(--target "$@")
    echo "...   build $preset"
    if cmake --preset "$preset" > "$log" 2>&1 &&
        cmake --build "build/$preset" -j "$jobs" "${targets[@]}" -- -k 0 >> "$log" 2>&1 &&
        ! grep -q 'warning:' "$log"; then
        : > "$logs/built-$$-$preset"
        summary "build $preset" 0 0 "$start"
    else
        grep -vE '^\[[0-9]+/[0-9]+\] (Building|Linking|Generating)' "$log"
        summary "build $preset" 0 1 "$start"
    fi
}

# test_stage <name> <preset> <function...>: the function leaves "passed failed" in $counts and shows
# what failed. preset: the build it needs, or "-". What a sanitizer found is one failure more.
test_stage() {
    local name=$1 preset=$2 start=$SECONDS
    shift 2
    echo "...   $name"
    counts="0 1"
    if [ "$preset" = - ] || [ -e "$logs/built-$$-$preset" ]; then
        "$@"
    else
        echo "not run: build $preset failed"
    fi
    # shellcheck disable=SC2086
    set -- $counts
    if [ "$1" -eq 0 ] && [ "$2" -eq 0 ]; then
        echo "nothing ran"
        set -- 0 1
    fi
    if a_sanitizer_spoke; then
        cat "$sanitizer_reports".*
        rm -f "$sanitizer_reports".*
        set -- "$1" $(($2 + 1))
    fi
    summary "$name" "$1" "$2" "$start"
}

a_sanitizer_spoke() {
    compgen -G "$sanitizer_reports.*" > /dev/null
}

# may_be_chance <failed>: whether to look a second time. Real sockets, programs and a browser fail a
# test now and then that the next run passes, and a whole run is long. More than three at once are
# no chance, and memory that was misused even once is none either.
may_be_chance() {
    [ "$1" -gt 0 ] && [ "$1" -le 3 ] && ! a_sanitizer_spoke
}

# passed_twice <what>: names what failed once. It is a fault, of the test or of the product, and to
# be mended as any other.
passed_twice() {
    echo "CHANCE  $1: failed, and passed when it was run again"
}

# begin_behind <function>: runs its stages behind those that follow, in the time that tests leave
# while they wait: for what compiles. One at a time.
begin_behind() {
    exec {behind}< <(chrt --idle --pid 0 "$BASHPID" && "$@" && : > "$logs/behind-is-over-$$")
}

# until_built <preset>: shows what is said behind until that build is over.
until_built() {
    local line
    while [ ! -e "$logs/built-$$-$1" ] && IFS= read -r line <&"$behind"; do echo "$line"; done
}

end_behind() {
    cat <&"$behind"
    [ -e "$logs/behind-is-over-$$" ] || summary "what went on behind" 0 1 "$SECONDS"
}

# programs_of <preset> <kind>: the lines "kind name path [threaded]" that CMake wrote.
programs_of() {
    grep "^$2 " "build/$1/tests.txt"
}

# run_program <log> <seconds> <command...>: runs it with a time limit; the last line is the status.
run_program() {
    local log=$1 limit=$2
    shift 2
    timeout -k 10 "$limit" "$@" > "$log" 2>&1
    echo "exit status $?" >> "$log"
}

# until_fewer_run <count>: of the programs begun side by side. "wait" alone would wait for what goes
# on behind as well.
until_fewer_run() {
    while [ "$(jobs -rp | wc -l)" -ge "$1" ]; do wait -n; done
}

# count_doctest <log>: "passed failed" of one program; a crash, a leak found at the end, a timeout
# or an empty program is one failure more.
count_doctest() {
    local good bad
    good=$(sed -n 's/^\[doctest\] test cases:.*| *\([0-9]*\) passed.*/\1/p' "$1")
    bad=$(sed -n 's/^\[doctest\] test cases:.*| *\([0-9]*\) failed.*/\1/p' "$1")
    good=${good:-0}
    bad=${bad:-0}
    if [ "$bad" -eq 0 ]; then
        [ "$good" -gt 0 ] && tail -n 1 "$1" | grep -qx 'exit status 0' || bad=1
    fi
    echo "$good $bad"
}

# unit_programs <preset> [threaded]: runs every doctest program, one per core at a time.
unit_programs() {
    local preset=$1 only=${2:-} name path mark log result good=0 bad=0 names=()
    while read -r _ name path mark; do
        [ -z "$only" ] || [ "$mark" = "$only" ] || continue
        names+=("$name")
        until_fewer_run "$jobs"
        run_program "$logs/unit-$preset-$name.log" 400 "build/$preset/$path" --no-colors=true &
    done < <(programs_of "$preset" unit)
    until_fewer_run 1
    for name in "${names[@]}"; do
        log="$logs/unit-$preset-$name.log"
        result=$(count_doctest "$log")
        [ "${result#* }" -eq 0 ] || cat "$log"
        # What a doctest program says itself: no crash, and no time limit.
        if may_be_chance "${result#* }" && grep -q 'Status: FAILURE' "$log"; then
            path=$(programs_of "$preset" unit | awk -v name="$name" '$2 == name { print $3 }')
            run_program "$log.again" 400 "build/$preset/$path" --no-colors=true
            result=$(count_doctest "$log.again")
            [ "${result#* }" -gt 0 ] || passed_twice "$name"
        fi
        good=$((good + ${result% *}))
        bad=$((bad + ${result#* }))
        printf '      %s: %d passed, %d failed\n' "$name" "${result% *}" "${result#* }"
    done
    counts="$good $bad"
}

# fuzz_programs <preset> <seconds>: each target for so long, from the inputs in tests/fuzz/corpus
# and one seed, so that a failure is the change's and can be repeated; what it finds is kept in
# build/logs. To look for more, run build/fuzz/bin/fuzz_* by hand, without a seed and for longer.
fuzz_programs() {
    local preset=$1 seconds=$2 name path log found good=0 bad=0 names=()
    while read -r _ name path _; do
        names+=("$name")
        found="build/$preset/corpus/$name"
        mkdir -p "$found"
        until_fewer_run "$jobs"
        run_program "$logs/fuzz-$preset-$name.log" $((seconds + 90)) "build/$preset/$path" \
            -seed=1 -max_total_time="$seconds" -timeout=20 -artifact_prefix="$logs/fuzz-$name-" \
            "$found" "tests/fuzz/corpus/$name" &
    done < <(programs_of "$preset" fuzz)
    until_fewer_run 1
    for name in "${names[@]}"; do
        log="$logs/fuzz-$preset-$name.log"
        if tail -n 1 "$log" | grep -qx 'exit status 0'; then
            good=$((good + 1))
        else
            bad=$((bad + 1))
            tail -n 80 "$log"
        fi
    done
    counts="$good $bad"
}

# simulation <preset> <seeds>: each seed is a test. Always the same ones; to look for more, run
# build/dev/bin/simulation by hand, which draws its first seed anew and prints it.
simulation() {
    local log="$logs/simulation-$1.log" good bad
    run_program "$log" 600 "build/$1/bin/simulation" --first 1 --seeds "$2"
    good=$(sed -n 's/^\([0-9]*\) passed, [0-9]* failed$/\1/p' "$log")
    bad=$(sed -n 's/^[0-9]* passed, \([0-9]*\) failed$/\1/p' "$log")
    # A crash prints no total.
    counts="${good:-0} ${bad:-1}"
    head -n 1 "$log"
    [ "${bad:-1}" -eq 0 ] || tail -n 40 "$log"
}

# pytest_suite <report> <side by side> <path...>: so many files at once. A skipped test is not a
# passed one; skips are listed.
pytest_suite() {
    local report=$1 beside=$2
    shift 2
    local first
    rm -rf "$report.cache"
    run_pytest "$report" 900 -n "$beside" --dist loadfile "$@"
    first=$counts
    if may_be_chance "${first#* }" && [ -n "$(failed_tests "$report.log")" ]; then
        run_pytest "$report-again" 300 --last-failed -n 0 "$@"
        if [ "$counts" = "${first#* } 0" ]; then
            passed_twice "$(failed_tests "$report.log" | paste -sd ' ')"
            counts="$((${first% *} + ${first#* })) 0"
        else
            counts=$first
        fi
    fi
}

# failed_tests <log>: of pytest, as it names them.
failed_tests() {
    sed -nE 's/^(FAILED|ERROR) ([^ ]*).*/\2/p' "$1"
}

# run_pytest <report> <seconds> <argument...>: leaves "passed failed" in $counts, and what failed
# below $report.cache.
run_pytest() {
    local report=$1 limit=$2
    shift 2
    rm -f "$report.xml"
    timeout -k 10 "$limit" /usr/bin/python3 -m pytest -q -rsfE --tb=short \
        -o cache_dir="$PWD/${report%-again}.cache" --junitxml="$report.xml" "$@" \
        > "$report.log" 2>&1
    local status=$?
    counts=$(/usr/bin/python3 tests/support/count_junit.py "$report.xml" "$status")
    [ "${counts#* }" -eq 0 ] || cat "$report.log"
    grep -E '^SKIPPED' "$report.log"
    return 0
}

# integration <preset>: the suites over real programs, with those of that build. They mostly wait,
# but sanitized programs keep a core busy.
integration() {
    local beside=$((jobs * 3))
    [ "$1" = dev ] || beside=$((jobs + 1))
    UNDERSTUDY_BIN="$PWD/build/$1/bin" \
        pytest_suite "$logs/integration-$1" "$beside" tests/integration
}

# benches <preset>: every bench in its quick form, with the programs of that build. Each is a test,
# which passes when it prints every figure that docs/figures.md publishes of it.
benches() {
    local printed="$logs/benches-$1.md" log="$logs/benches-$1.log"
    UNDERSTUDY_BIN="$PWD/build/$1/bin" run_program "$printed" 400 tests/bench/run.sh --quick
    tests/bench/check_figures.py "$printed" docs/figures.md > "$log" 2>&1
    counts=$(tail -n 1 "$log")
    if [ "${counts#* }" -eq 0 ] && ! tail -n 1 "$printed" | grep -qx 'exit status 0'; then
        counts="${counts% *} 1"
    fi
    [ "${counts#* }" -eq 0 ] || cat "$log" "$printed"
}

# installed <preset>: the README's commands on machines that this boots, with the programs of that
# build, made into packages.
installed() {
    local report="$logs/installed-$1"
    rm -f "$report.xml"
    timeout -k 10 1500 tests/installed/run.sh "build/$1" --junitxml="$report.xml" \
        > "$report.log" 2>&1
    local status=$?
    counts=$(/usr/bin/python3 tests/support/count_junit.py "$report.xml" "$status")
    [ "${counts#* }" -eq 0 ] || cat "$report.log"
    grep -E '^SKIPPED' "$report.log"
    return 0
}

install_node_packages() {
    local folder=tests/support
    [ -f "$folder/package.json" ] || return 0
    if [ "$folder/node_modules/.package-lock.json" -nt "$folder/package-lock.json" ]; then
        echo "up to date"
        return 0
    fi
    npm ci --prefix "$folder" --no-audit --no-fund
}

cpp_files() {
    find base schema providers notify controller agent ctl tests examples -type d \
        -name node_modules -prune -o -type f \( -name '*.cpp' -o -name '*.h' \) -print | sort
}

check_format() {
    cpp_files | xargs -P "$jobs" -n 20 clang-format-14 --dry-run -Werror
}

check_shell() {
    git ls-files '*.sh' .ci/run | xargs shellcheck -x
}

# files_of <preset>: what a configured build would compile.
files_of() {
    cmake --preset "$1" > "$logs/configure-$1.log" 2>&1 || {
        cat "$logs/configure-$1.log" >&2
        return 1
    }
    sed -n 's/^ *"file": "\(.*\)".*/\1/p' "build/$1/compile_commands.json"
}

# The project's own files, not the tests; .clang-tidy says which checks. They are read together as
# they are compiled, and that includes .cpp files.
check_clang_tidy() {
    files_of tidy | xargs -P "$jobs" -n 1 \
        clang-tidy-14 --quiet --checks=-bugprone-suspicious-include -p build/tidy
}

# Compiled together and with precompiled headers a file may forget an include.
check_includes() {
    files_of alone > /dev/null || return 1
    /usr/bin/python3 tests/support/read_again.py build/alone/compile_commands.json "$jobs"
}
