#!/bin/bash
# A complete failover drill on this machine: installs what is missing, builds, and runs
# examples/drill/drill.py. Options are its own; see --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

groups=(build drill)
for word in "$@"; do
    case "$word" in
        -h | --help) exec /usr/bin/python3 examples/drill/drill.py --help ;;
        *powerdns*) groups+=(powerdns) ;;
    esac
done

packaging/debian-packages.sh "${groups[@]}"
echo "building (a few minutes the first time)"
cmake --preset release -DUNDERSTUDY_TESTS=OFF > /dev/null
cmake --build build/release --target understudy-controller understudy-agent understudyctl \
    -- --quiet
exec /usr/bin/python3 examples/drill/drill.py --bin build/release/bin "$@"
