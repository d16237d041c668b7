#!/bin/bash
# Installs Understudy as the README says on machines that this boots, and sees a failover; as root.
#
#     tests/installed/run.sh [build/dev] [pytest's options]
#
# Machines, their network and what serves them live in namespaces of their own: however this ends,
# nothing of it stays behind, and nothing here is touched. The first run fetches a minimal Debian.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
build=${1:-build/dev}
[ $# -eq 0 ] || shift

apart=()
# What is missing is told by the tests.
if command -v debootstrap > /dev/null &&
    unshare --net --mount --pid --fork --mount-proc true 2> /dev/null; then
    apart=(unshare --net --mount --pid --fork --kill-child --mount-proc)
    # The last moment with a network. Its mounts are its own, and end with it.
    UNDERSTUDY_ROOT=$(unshare --mount --pid --fork --kill-child --mount-proc \
        tests/installed/image.py build/installed)
    UNDERSTUDY_GROUP=understudy-machines-$$
    export UNDERSTUDY_ROOT UNDERSTUDY_GROUP
    # Control groups are the one thing that belongs to no namespace.
    trap 'find /sys/fs/cgroup -depth -type d -path "*/$UNDERSTUDY_GROUP*" -exec rmdir {} +' EXIT
fi
export UNDERSTUDY_BUILD=$build PYTHONDONTWRITEBYTECODE=1
"${apart[@]}" /usr/bin/python3 -m pytest -q -rs --tb=short -p no:cacheprovider "$@" \
    tests/installed
