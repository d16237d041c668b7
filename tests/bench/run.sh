#!/bin/bash
# Installs what is missing, builds a release and runs every bench, one after another: ten to twenty
# minutes on two cores. A line for each figure: its value, then what it is held against (a floor, a
# bare peer or an aim; measured in the same run) with that value, and the ratio of the two. Lines
# with # say what was done. Nothing is written into the tree.
#
#   tests/bench/run.sh [--quick]
#
# UNDERSTUDY_BENCH_BUILD: the build folder, kept for the next run (default: a new temporary one).
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

quick=()
for word in "$@"; do
    case "$word" in
        --quick) quick=(--quick) ;;
        *) sed -n '2,10s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    esac
done

packaging/debian-packages.sh build test >&2 || exit 1
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
build="${UNDERSTUDY_BENCH_BUILD:-$scratch/build}"
export UNDERSTUDY_BIN="$build/bin" PYTHONDONTWRITEBYTECODE=1 TMPDIR="$scratch"

echo "building (a few minutes the first time)" >&2
cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release > "$scratch/cmake.log" 2>&1 ||
    { cat "$scratch/cmake.log" >&2; exit 1; }
ninja -C "$build" engine_bench bench_store agent_swarm bare_lws_server hub_echo idle_client \
    understudy-controller understudy-agent > "$scratch/build.log" 2>&1 ||
    { tail -50 "$scratch/build.log" >&2; exit 1; }

failed=0
bench() {
    local name="$1"
    shift
    printf '\n== %s\n' "$name"
    "$@" || { failed=1; echo "$name failed"; }
}

printf '%-44s | %12s | %-8s | %-53s | %7s\n' figure value unit "held against, in the same run" ratio
bench "engine: decisions alone, in memory" "$build/bin/engine_bench" "${quick[@]}"
if [[ -n "${quick[*]}" ]]; then
    bench "store: the SQLite file" "$build/bin/bench_store" 10000
    bench "agent: what it costs a shield" tests/bench/agent_footprint.py --seconds 20
else
    bench "store: the SQLite file" "$build/bin/bench_store"
    bench "agent: what it costs a shield" tests/bench/agent_footprint.py
fi
bench "hub: the agents of one controller" tests/bench/hub_bench.py "${quick[@]}"
bench "switch: one domain, end to end" tests/bench/switch_bench.py "${quick[@]}"
bench "mass switch: a shield with many domains dies" tests/bench/mass_switch_bench.py "${quick[@]}"
bench "abuse: one caller too many" tests/bench/abuse_bench.py "${quick[@]}"
exit "$failed"
