#!/bin/bash
# Installs what is missing, builds a release and runs every bench, one after another: about half an
# hour on two cores. What it prints is docs/figures.md:
#
#   tests/bench/run.sh > docs/figures.md
#   tests/bench/run.sh --quick        every bench with the least it takes to give its figures
#
# A figure stands beside what it is held against: a floor or a bare peer, measured in the same run.
# UNDERSTUDY_BIN: a folder with the programs, built already; nothing is installed or built then.
# UNDERSTUDY_BENCH_BUILD: the build folder, kept for the next run (default: a new temporary one).
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

quick=()
for word in "$@"; do
    case "$word" in
        --quick) quick=(--quick) ;;
        *) sed -n '2,11s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    esac
done

scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
programs=(engine_bench bench_store agent_swarm bare_lws_server hub_echo idle_client probe_cost
    probe_load simulation understudy-controller understudy-agent understudyctl)

build() {
    packaging/debian-packages.sh build test bench >&2 || exit 1
    local folder="${UNDERSTUDY_BENCH_BUILD:-$scratch/build}"
    echo "building (a few minutes the first time)" >&2
    cmake -S . -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE=Release > "$scratch/cmake.log" 2>&1 ||
        { cat "$scratch/cmake.log" >&2; exit 1; }
    ninja -C "$folder" "${programs[@]}" > "$scratch/build.log" 2>&1 ||
        { tail -50 "$scratch/build.log" >&2; exit 1; }
    UNDERSTUDY_BIN="$folder/bin"
}

[ -n "${UNDERSTUDY_BIN:-}" ] || build
UNDERSTUDY_BIN=$(realpath "$UNDERSTUDY_BIN")
export UNDERSTUDY_BIN PYTHONDONTWRITEBYTECODE=1 TMPDIR="$scratch"

failed=0
bench() {
    printf '\n## %s\n\n' "$1"
    shift
    local began=$SECONDS
    "$@" || { failed=1; echo "failed: $*" >&2; }
    echo "$((SECONDS - began)) s: $1" >&2
}

model=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
cat << END
# Figures

Printed by \`tests/bench/run.sh${quick[*]:+ ${quick[*]}}\` on $(date -u +%Y-%m-%d),
on $(nproc) cores (${model:-unknown}).
Every figure is held against its floor or against a bare peer, measured in the same run. Where the
machine is shared, trust ratios and orders of magnitude.
END
bench "Engine: decisions alone, in memory" "$UNDERSTUDY_BIN/engine_bench" "${quick[@]}"
bench "Simulation" tests/bench/simulation_bench.py "${quick[@]}"
bench "Store: the SQLite file" "$UNDERSTUDY_BIN/bench_store" "${quick[@]}"
bench "Hub: the agents of one controller" tests/bench/hub_bench.py "${quick[@]}"
bench "Agent: what it costs a shield" tests/bench/agent_footprint.py "${quick[@]}"
bench "Probes: what it costs to look for oneself" tests/bench/probe_bench.py "${quick[@]}"
bench "A switch, end to end" tests/bench/switch_bench.py "${quick[@]}"
bench "A shield with many domains dies" tests/bench/mass_switch_bench.py "${quick[@]}"
bench "Thousands of domains added at once" tests/bench/bulk_add_bench.py "${quick[@]}"
bench "History is read hard" tests/bench/reads_bench.py "${quick[@]}"
bench "The page, in a browser" tests/bench/page_bench.py "${quick[@]}"
bench "Everybody looks" tests/bench/viewers_bench.py "${quick[@]}"
bench "Abuse: one caller too many" tests/bench/abuse_bench.py "${quick[@]}"
bench "Beside servers that check and answer DNS themselves" tests/bench/peers_bench.py "${quick[@]}"
exit "$failed"
