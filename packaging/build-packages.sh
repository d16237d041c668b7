#!/bin/bash
# Debian packages of the controller, the agent and understudyctl, in build/packages, and beside them
# a tarball of the agent for other distributions.
#
#     packaging/build-packages.sh                         builds first, installing what that needs
#     packaging/build-packages.sh build/dev DIR [VERSION] packages of what was built there, into DIR
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=${1:-build/release}
packages=${2:-build/packages}
# An open umask must not become the packages' modes.
umask 022

if [ $# -eq 0 ]; then
    packaging/debian-packages.sh build package
    echo "building (a few minutes the first time)"
    cmake --preset release -DUNDERSTUDY_TESTS=OFF > /dev/null
    cmake --build build/release --target understudy-controller understudy-agent understudyctl \
        -- --quiet
fi
rm -rf "$packages"
mkdir -p "$packages"
version=()
[ $# -lt 3 ] || version=(-D "CPACK_PACKAGE_VERSION=$3")
cpack --config "$build/CPackConfig.cmake" "${version[@]}" -B "$packages" \
    > "$packages/cpack.log" 2>&1 || { cat "$packages/cpack.log" >&2; exit 1; }
rm -rf "$packages/_CPack_Packages"
[ $# -gt 0 ] || packaging/agent-tarball.sh "$build" "$packages"
ls "$packages"/understudy*
