#!/bin/bash
# Builds a release and runs every bench that is there, one after another. A figure stands beside its
# floor, measured in the same run. Nothing is written into the tree.
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
        *) sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    esac
done

scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
build="${UNDERSTUDY_BENCH_BUILD:-$scratch/build}"
export UNDERSTUDY_BIN="$build/bin" PYTHONDONTWRITEBYTECODE=1 TMPDIR="$scratch"

cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release > "$scratch/cmake.log" 2>&1 ||
    { cat "$scratch/cmake.log" >&2; exit 1; }
known="$(ninja -C "$build" -t targets all)"
targets=()
for target in engine_bench bench_store agent_swarm bare_lws_server hub_echo idle_client \
    understudy-controller understudy-agent; do
    grep -q "^$target:" <<< "$known" && targets+=("$target")
done
ninja -C "$build" "${targets[@]}" > "$scratch/build.log" 2>&1 ||
    { tail -50 "$scratch/build.log" >&2; exit 1; }

failed=0
bench() {
    local name="$1"
    shift
    [[ -e "$1" ]] || return 0
    printf '\n== %s\n' "$name"
    "$@" || { failed=1; echo "$name failed"; }
}

printf '%-44s | %12s | %-8s | %-53s | %7s\n' figure value unit "floor, in the same run" ratio
bench engine "$build/bin/engine_bench" "${quick[@]}"
if [[ -n "${quick[*]}" ]]; then
    bench store "$build/bin/bench_store" 10000
    bench footprint tests/bench/agent_footprint.py --seconds 20
else
    bench store "$build/bin/bench_store"
    bench footprint tests/bench/agent_footprint.py
fi
bench hub tests/bench/hub_bench.py "${quick[@]}"
bench switch tests/bench/switch_bench.py "${quick[@]}"
bench "mass switch" tests/bench/mass_switch_bench.py "${quick[@]}"
exit "$failed"
