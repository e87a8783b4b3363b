#!/bin/bash
# Builds the program on Debian 13 (trixie), and calls every endpoint once: debian13.sh [lint]. With lint, its tools run there too.
#
# Debian 13 is a chroot in TILL_DEBIAN13 (/var/tmp/till-debian13), which is made the first time (200 MB, a minute), and
# kept with its build. The files that git knows are copied into it. It needs root, and the network the first time.
set -eu
cd "$(dirname "$0")/.."

if [ "$(id -u)" -ne 0 ]; then
    echo 'debian13: skipped: only root can make a chroot.'
    exit 0
fi
tools/setup.sh debian13
root=${TILL_DEBIAN13:-/var/tmp/till-debian13}
tree=$root/src/till
out=$(mktemp)
pid=
trap '[ -z "$pid" ] || kill "$pid"; rm -f "$out"' EXIT

inside() { # COMMAND
    chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 sh -c "cd /src/till && $1"
}

# The chroot gets its name when it is whole, so that one that was broken off is not used.
if [ ! -d "$root" ]; then
    echo 'Installing Debian 13 …'
    rm -rf "$root.part"
    debootstrap --variant=minbase trixie "$root.part" >"$out" || {
        tail -n 20 "$out" >&2
        exit 1
    }
    mv "$root.part" "$root"
fi

mkdir -p "$tree"
find "$tree" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
git ls-files -z | tar --null -T - -c | tar -x -C "$tree"
inside 'tools/setup.sh build && tools/build.sh'
if [ "${1:-}" = lint ]; then inside 'tools/setup.sh build lint && tools/lint.sh'; fi

token=debian13-smoke-test
chroot "$root" /src/till/build/till serve --db :memory: --demo --listen 127.0.0.1:0 --log none --admin-token "$token" >"$out" &
pid=$!
for _ in $(seq 100); do
    url=$(sed -n 's/^listening on //p' "$out")
    [ -z "$url" ] || break
    sleep 0.1
done
[ -n "$url" ] || { echo 'debian13: the server did not start: see above.' >&2; exit 1; }
python3 tests/smoke.py "$url" "$token"
kill "$pid"
wait "$pid" || { echo "debian13: the server ended with exit code $?." >&2; exit 1; }
pid=
