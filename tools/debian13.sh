#!/bin/bash
# Builds the package on Debian 13 (trixie), installs it, and calls every endpoint once: debian13.sh [lint]. With lint, its tools run
# there too. Its Docker Compose reads compose.yaml.
#
# Debian 13 is a chroot in TILL_DEBIAN13 (/var/tmp/till-debian13), which is made the first time (200 MB, a minute), and
# kept with its build. The files that git knows are copied into it. It needs root, and the network the first time.
set -eu
cd "$(dirname "$0")/.."

if [ "$(id -u)" -ne 0 ]; then
    echo 'debian13: skipped: only root can make a chroot.'
    exit 0
fi
. tools/chroot.sh
tools/setup.sh debian13
root=${TILL_DEBIAN13:-/var/tmp/till-debian13}
tree=$root/src/till
out=$(mktemp)
pid=
trap '[ -z "$pid" ] || kill "$pid"; rm -f "$out"' EXIT

inside() { # COMMAND
    chroot_run "$root" "cd /src/till && $1"
}

chroot_make trixie "$root"
tools/desk.sh
mkdir -p "$tree"
find "$tree" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
{ git ls-files -z; find admin/dist -type f -print0; } | sort -zu | tar --null -T - -c | tar -x -C "$tree"
find "$tree/admin/dist" -type f -exec touch {} + # as new as its sources' folders, so that it is not built again
inside 'tools/setup.sh build deb && rm -rf dist && tools/deb.sh && apt-get install -qq -y --no-install-recommends --reinstall ./dist/*.deb'
inside 'apt-get install -qq -y --no-install-recommends docker-compose && tests/packaging/compose_check.py'
if [ "${1:-}" = lint ]; then inside 'tools/setup.sh build lint && tools/lint.sh'; fi

token=debian13-smoke-test
chroot "$root" till serve --db :memory: --demo --listen 127.0.0.1:0 --log none --as-root --admin-token "$token" >"$out" &
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
