#!/bin/bash
# The Debian packages the project needs, in the one place all scripts ask.
#
#     packaging/debian-packages.sh build test      installs what is missing of these groups
#     packaging/debian-packages.sh --list runtime  prints their names
#
# groups: build (compile), test (run the tests), check (second compiler, sanitizers, linters),
#         bench (what the benches compare with), package (make Debian packages), runtime (run the
#         programs without these packages), drill (what examples/drill.sh shows), powerdns (its
#         second provider).
#
# Calls apt-get only when something is missing; as root, or by sudo.
set -euo pipefail

# They may come from elsewhere than Debian.
node_and_npm() {
    command -v node > /dev/null || echo nodejs
    command -v npm > /dev/null || echo npm
}

packages_of() {
    case "$1" in
        build)
            echo g++ cmake ninja-build pkg-config ccache lld libc-ares-dev libcurl4-openssl-dev \
                libwebsockets-dev libwebsockets-evlib-uv libuv1-dev libsqlite3-dev \
                libsodium-dev libidn2-dev libcxxopts-dev rapidjson-dev libvalijson-dev \
                libpugixml-dev
            node_and_npm
            ;;
        test)
            echo doctest-dev python3 python3-pytest python3-pytest-xdist python3-hypothesis python3-aiohttp \
                python3-dnspython python3-aiosmtpd python3-cryptography python3-jsonschema \
                python3-yaml openssl curl sqlite3 strace iproute2 dnsutils haproxy nginx-light \
                pdns-server pdns-backend-sqlite3 bind9 knot prometheus zsh fish man-db groff-base \
                chromium chromium-driver python3-selenium python3-digitalocean python3-lexicon
            node_and_npm
            ;;
        check)
            echo clang-14 clang-tidy-14 clang-format-14 lld-14 llvm-14 libclang-rt-14-dev \
                shellcheck debootstrap systemd-container lintian
            ;;
        package)
            # dpkg-shlibdeps and what it works with; archives for the agent's tarball
            echo dpkg-dev file binutils libcap-dev libunistring-dev zlib1g-dev
            ;;
        runtime)
            # libwebsockets loads its support for libuv by name: no linker knows of it.
            echo ca-certificates libc-ares2 libcurl4 libidn2-0 libsodium23 libsqlite3-0 libuv1 \
                libwebsockets17 libwebsockets-evlib-uv
            ;;
        bench)
            echo pdns-server pdns-backend-sqlite3 gdnsd
            ;;
        drill)
            echo haproxy dnsutils curl jq openssl python3 python3-aiohttp python3-dnspython \
                python3-aiosmtpd
            ;;
        powerdns)
            echo pdns-server pdns-backend-sqlite3
            ;;
        *)
            echo "$0: no group of packages is called '$1':" \
                "use build, test, check, bench, package, runtime, drill, powerdns" >&2
            return 2
            ;;
    esac
}

installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2> /dev/null)" = installed ]
}

list=no
if [ "${1:-}" = --list ]; then
    list=yes
    shift
fi
wanted=""
for group in "$@"; do
    names=$(packages_of "$group")
    wanted="$wanted $names"
done
if [ "$list" = yes ]; then
    echo "$wanted"
    exit 0
fi
missing=()
for package in $wanted; do
    installed "$package" || missing+=("$package")
done
if [ "${#missing[@]}" -gt 0 ]; then
    echo "installing ${missing[*]}"
    as_root=()
    [ "$(id -u)" -eq 0 ] || as_root=(sudo)
    "${as_root[@]}" apt-get update -q
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -q -y --no-install-recommends "${missing[@]}"
fi
