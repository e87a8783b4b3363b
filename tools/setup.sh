#!/bin/sh
# Installs the Debian packages that are missing, of the sets named: build, storefront, desk, test, examples, bench, lint, deb, coverage,
# container, deb_test, debian13.
set -eu

log=$(mktemp)
again=
trap 'rm -f "$log"' EXIT
trap 'exit 130' INT TERM

say() { printf '%s\n' "$*" >&2; }

# fail LINE…: prints what is wrong and what to do, and exits.
fail() {
    printf 'setup: %s\n' "$@" >&2
    exit 1
}

# llhttp is a library of its own from Debian 13 on; Debian 12's node-llhttp ships its C source.
llhttp() {
    if apt-cache show libllhttp-dev >/dev/null 2>&1; then echo libllhttp-dev; else echo node-llhttp; fi
}

# Clang's sanitizer and fuzzer runtimes come in a package that is named after its version.
clang_runtime() {
    version=$(apt-cache depends clang 2>/dev/null | sed -n 's/.*Depends: clang-\([0-9]*\)$/\1/p' | head -n 1)
    echo "${version:+libclang-rt-$version-dev}"
}

# Node.js may be there already, newer than Debian's; then it has its npm.
node() {
    command -v node >/dev/null || echo nodejs
    command -v npm >/dev/null || echo npm
}

packages_of() {
    case $1 in
    build) echo "gcc libc6-dev meson ninja-build pkg-config python3 libuv1-dev libsqlite3-dev libpq-dev nettle-dev zlib1g-dev libutf8proc-dev libstemmer-dev libcurl4-openssl-dev libexpat1-dev libsodium-dev ca-certificates $(llhttp)" ;;
    test) echo "clang $(clang_runtime) llvm libcmocka-dev python3-pytest python3-pytest-xdist python3-httpx python3-hypothesis python3-psycopg2 python3-yaml postgresql haproxy chromium curl openssl mandoc checksec $(node)" ;;
    coverage) echo "gcovr" ;; # which runs gcc's gcov
    histories) command -v go >/dev/null || echo golang-go ;; # with Go's module proxy, for tests/histories
    storefront | desk) echo "ca-certificates $(node)" ;;
    examples) echo "nginx-light caddy prometheus haproxy openssl curl python3-pytest python3-httpx python3-hypothesis python3-psycopg2 postgresql $(node)" ;;
    bench) echo "wrk python3-pytest python3-httpx python3-psycopg2 postgresql" ;;
    deb) echo "build-essential debhelper" ;;
    container) echo "buildah debootstrap python3 postgresql python3-pytest python3-psycopg2" ;;
    deb_test) echo "debootstrap lintian systemd-container git python3 util-linux procps" ;;
    debian13) echo "debootstrap python3 git" ;;
    lint) echo "clang-format-19 clang-tidy cppcheck gcc-12 python3" ;;
    *) fail "no such set: $1" ;;
    esac
}

# Prints the packages of these sets that are not installed, in one line.
missing() {
    for set in "$@"; do
        for package in $(packages_of "$set"); do
            dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || printf '%s ' "$package"
        done
    done
}

# Runs apt-get as root, in English and without questions, and waits if another apt is running. Its last line is "exit:CODE".
# Progress goes to descriptor 3, which apt does not pass on to dpkg: in a chroot without /dev/pts, dpkg's scripts would otherwise
# have no standard output. The descriptor is made inside of sudo, because sudo closes those that it is given.
apt() {
    set -- env DEBIAN_FRONTEND=noninteractive LC_ALL=C \
        sh -c 'exec apt-get -q -o APT::Status-Fd=3 -o DPkg::Lock::Timeout=300 "$@" 3>&1' apt-get "$@"
    if [ "$(id -u)" -ne 0 ]; then set -- sudo "$@"; fi
    "$@" 2>&1 </dev/null && echo exit:0 || echo "exit:$?"
}

# Reads apt's output: shows its progress, keeps the rest in the log, and returns its exit code.
progress() {
    code=1 waits=
    while IFS= read -r line; do
        case $line in
        dlstatus:*) progress_show downloaded "$line" ;;
        pmstatus:*) progress_show installed "$line" ;;
        exit:*) code=${line#exit:} ;;
        'Need to get '[1-9]*)
            line=${line%.}
            clear_line
            say "  ${line#Need to get } to download"
            ;;
        'Waiting for cache lock'*)
            [ -n "$waits" ] || say "  waiting for another apt to end"
            waits=yes
            ;;
        *) printf '%s\n' "$line" >>"$log" ;;
        esac
    done
    clear_line
    return "$code"
}

terminal() { [ -t 2 ] && [ "${TERM:-dumb}" != dumb ]; }

clear_line() { ! terminal || printf '\r%20s\r' '' >&2; }

# progress_show WORD LINE: shows the per cent of a line such as dlstatus:3:41.2:Retrieving.
progress_show() {
    terminal || return 0
    percent=${2#*:*:}
    printf '\r  %3d %% %s ' "${percent%%[.:]*}" "$1" >&2
}

# If this fails, the installation will fail too, and report it.
update() {
    say "Reading the lists of packages …"
    : >"$log"
    apt update | progress || true
}

install_missing() {
    wanted=$(missing "$@")
    [ -n "$wanted" ] || return 0
    say "${again:-Installing $wanted}…"
    start=$(date +%s)
    # shellcheck disable=SC2086 # a list of words
    apt install -y --no-install-recommends $wanted | progress || return 1
    say "Installed in $(($(date +%s) - start)) s."
}

if ! command -v apt-get >/dev/null; then
    for tool in cc meson ninja pkg-config python3; do
        command -v "$tool" >/dev/null || fail "$tool is missing, and this is no Debian: install it yourself, with meson 1.0" \
            "or newer, ninja, pkg-config, Python 3, and the headers of the libraries that meson.build names."
    done
    exit 0
fi

wanted=$(missing "$@")
[ -n "$wanted" ] || exit 0
if [ "$(id -u)" -ne 0 ] && ! sudo -p '[sudo] To install packages: password for %p: ' env true; then
    fail "packages are missing, and sudo does not let you install them. As root:" \
        "  apt-get install --no-install-recommends $wanted"
fi
if [ -z "$(find /var/lib/apt/lists -name '*Packages*' 2>/dev/null | head -n 1)" ]; then update; fi
if ! install_missing "$@"; then
    update # the lists of packages may be older than the mirror
    again="Trying again "
    if ! install_missing "$@"; then
        errors=$(grep -E '^(E|W|dpkg|sudo):' "$log" | grep -v 'delayed item' | sed -n '1,4p;5,${$p}')
        printf '%s\n' "${errors:-$(tail -n 10 "$log")}" >&2
        fail "apt could not install: $(missing "$@")" "See its errors above. It needs the network, Debian 12 or newer," \
            "and a Debian mirror in /etc/apt. Then run make again."
    fi
fi
