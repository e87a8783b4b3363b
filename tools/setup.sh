#!/bin/sh
# Installs the Debian packages of the sets named (build, test, bench, lint) that are missing.
set -eu

# llhttp is a library of its own from Debian 13 on; Debian 12's node-llhttp ships its C source.
llhttp() {
    if apt-cache show libllhttp-dev >/dev/null 2>&1; then echo libllhttp-dev; else echo node-llhttp; fi
}

# Clang's sanitizer and fuzzer runtimes come in a package that is named after its version.
clang_runtime() {
    version=$(apt-cache depends clang | sed -n 's/.*Depends: clang-\([0-9]*\)$/\1/p' | head -n 1)
    echo "libclang-rt-$version-dev"
}

# A newer node than Debian's may be there already, and then its npm is too.
node() {
    command -v node >/dev/null || echo nodejs
    command -v npm >/dev/null || echo npm
}

packages_of() {
    case $1 in
    build) echo "gcc libc6-dev meson ninja-build pkg-config python3 libuv1-dev libsqlite3-dev libssl-dev $(llhttp)" ;;
    test) echo "clang $(clang_runtime) libcmocka-dev python3-pytest python3-httpx python3-hypothesis chromium curl git util-linux $(node)" ;;
    bench) echo "wrk util-linux" ;;
    lint) echo "clang-format clang-tidy cppcheck" ;;
    *) echo "setup: no such set: $1" >&2; exit 2 ;;
    esac
}

# What dpkg does not know as installed, one a line.
missing() {
    for package in "$@"; do
        dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || echo "$package"
    done
}

command -v dpkg-query >/dev/null || exit 0 # not Debian: the build says what it misses

as_root=
if [ "$(id -u)" -ne 0 ]; then as_root=sudo; fi
if [ -z "$(find /var/lib/apt/lists -name '*Packages*' 2>/dev/null | head -n 1)" ]; then
    echo "Reading the lists of packages …" >&2
    $as_root apt-get update -qq
fi
wanted=
for set in "$@"; do wanted="$wanted $(packages_of "$set")"; done
# shellcheck disable=SC2086 # a list of words
wanted=$(missing $wanted)
[ -n "$wanted" ] || exit 0
echo "Installing $(echo $wanted) …" >&2
# shellcheck disable=SC2086
if ! DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $wanted >/tmp/till-setup.$$ 2>&1; then
    $as_root apt-get update -qq
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $wanted >/tmp/till-setup.$$ 2>&1 ||
        { cat /tmp/till-setup.$$ >&2; exit 1; }
fi
rm -f /tmp/till-setup.$$
