#!/bin/bash
# The agent for other distributions than Debian 12: a tarball with the program, its unit, and what
# says where they go. Everything is linked into the program but glibc, whose name service cannot be.
#
#     packaging/agent-tarball.sh [build/release [DIR]]     of what is built there, into DIR
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=${1:-build/release}
folder=${2:-build/packages}
umask 022

cmake --build "$build" --target understudy-agent-portable -- --quiet
program=$build/bin/understudy-agent-portable
version=$("$program" --version | cut -d ' ' -f 2)
# The newest symbol of glibc that it wants says which distributions it runs on.
glibc=$(objdump -T "$program" | grep -o 'GLIBC_[0-9.]*' | sort -uV | tail -n 1)
name=understudy-agent-$version-linux-$(uname -m)
rm -rf "${build:?}/$name"
mkdir -p "$build/$name" "$folder"
install -m 755 --strip "$program" "$build/$name/understudy-agent"
install -m 644 packaging/systemd/understudy-agent.service examples/agent.json LICENSE \
    packaging/sysusers.d/understudy-agent.conf "$build/$name/"
sed "s/@glibc@/${glibc#GLIBC_}/" packaging/agent-tarball.txt > "$build/$name/README"
chmod 644 "$build/$name/README"
tar --create --gzip --file "$folder/$name.tar.gz" --directory "$build" \
    --owner=root:0 --group=root:0 --sort=name "$name"
