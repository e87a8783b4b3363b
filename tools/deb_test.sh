#!/bin/bash
# Installs the package on a clean Debian 12 with systemd, sells, upgrades from the version before under constant new connections, and
# purges. Lintian must find nothing.
#
# The Debian is a container of systemd-nspawn, with a network of its own. It is a copy of TILL_DEBIAN12 (/var/tmp/till-debian12), which
# is made the first time (250 MB, a minute), and kept.
#
# The version before is the last tag, or the commit below until there is a tag. Its program goes into a package like today's, because
# it may have had no package of its own.
set -eu
cd "$(dirname "$0")/.."
before=$(git describe --tags --abbrev=0 2>/dev/null || echo ee9d91110dd5ccae061281179ef6b585c08a130e)
base=${TILL_DEBIAN12:-/var/tmp/till-debian12}
url=http://127.0.0.1:8000
work=$(mktemp -d)
root=$work/root
container=
trap 'stop; rm -rf "$work"' EXIT

fail() {
    printf 'deb_test: %s\n' "$@" >&2
    exit 1
}

# ---- The packages.

# Builds the program of a commit (without -O, which is quicker), and puts it into a copy of a package, with its own dependencies:
# older COMMIT PACKAGE OUT
older() {
    local tree=build/deb/before log=build/deb/before.log depends
    mkdir -p "$tree"
    find "$tree" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
    git archive "$1" | tar -x -C "$tree"
    if ! { [ -f "$tree/build/build.ninja" ] || meson setup "$tree/build" "$tree" --buildtype=plain -Dwerror=false; } >"$log" 2>&1 ||
        ! ninja -C "$tree/build" till >>"$log" 2>&1; then
        tail -n 20 "$log" >&2
        return 1
    fi
    rm -rf "$work/older"
    dpkg-deb -R "$2" "$work/older"
    install "$tree/build/till" "$work/older/usr/bin/till"
    depends=$(cd build/deb/till && dpkg-shlibdeps -O "-e$OLDPWD/$tree/build/till" 2>/dev/null | sed -n 's/^shlibs:Depends=//p')
    sed -i "s/^Version: .*/Version: 0.0.1/; s/^Depends: \([^,]*-sysusers\), .*/Depends: \1, $depends/" "$work/older/DEBIAN/control"
    dpkg-deb --root-owner-group -b "$work/older" "$3" >/dev/null
}

# ---- The container.

# Boots it: its first process is the only child of systemd-nspawn.
boot() {
    systemd-nspawn --quiet --register=no --keep-unit --private-network --boot --directory="$root" >"$work/boot" 2>&1 </dev/null &
    container=$!
    for _ in $(seq 300); do
        leader=$(pgrep -P "$container") && [ -S "/proc/$leader/root/run/systemd/private" ] && return
        kill -0 "$container" 2>/dev/null || return
        sleep 0.1
    done
    return 1
}

# Ends it, by a signal that lets its systemd power off.
stop() {
    [ -n "$container" ] || return 0
    kill "$container" 2>/dev/null || true
    wait "$container" || true
    container=
}

inside() { nsenter -t "$leader" -a env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }

# Its network is entered by the python3 of this machine, because a bare Debian has no such program.
shopper() { nsenter -t "$leader" -n /usr/bin/python3 tests/packaging/shopper.py "$@"; }

served() { # VERSION
    [ "$(nsenter -t "$leader" -n /usr/bin/python3 -c "import json, urllib.request as r; print(json.load(r.urlopen('$url/health'))['version'])")" = "$1" ] ||
        fail "the service is not of version $1."
    [ "$(inside ps -o user= -p "$(inside systemctl show -P MainPID till)")" = till ] || fail 'the service does not run as the user till.'
}

# ---- The test.

if [ "$(id -u)" -ne 0 ]; then
    echo 'deb_test: skipped: only root can make a container.'
    exit 0
fi
. tools/chroot.sh
tools/setup.sh build deb deb_test

new=$(tools/deb.sh build/deb/new)
complaints=$(lintian -E --pedantic --allow-root "$new")
[ -z "$complaints" ] || fail 'lintian found:' "$complaints"
dpkg-deb -x "$new" "$work/files"
tools/links.py "$work/files/usr/share/doc/till" || fail 'links of its pages lead nowhere.'

chroot_make bookworm "$base"
cp -a "$base" "$root"
chroot_run "$root" 'apt-get install -qq -y --no-install-recommends systemd systemd-sysv dbus procps' >/dev/null 2>&1
mkdir "$root/packages"
cp "$new" "$root/packages/new.deb"
if git cat-file -e "$before^{commit}" 2>/dev/null; then
    older "$before" "$new" "$root/packages/old.deb"
else
    echo "deb_test: this clone has no commit $before, so the upgrade is from the same program."
    dpkg-deb -R "$new" "$work/older"
    sed -i 's/^Version: .*/Version: 0.0.1/' "$work/older/DEBIAN/control"
    dpkg-deb --root-owner-group -b "$work/older" "$root/packages/old.deb" >/dev/null
fi
# The container has no way out, so what the packages depend on is fetched before.
for each in old new; do
    chroot_run "$root" "apt-get install -qq -y --download-only /packages/$each.deb" >/dev/null
done
if ! boot; then
    cat "$work/boot"
    echo 'deb_test: skipped: systemd-nspawn cannot boot a container here.'
    exit 0
fi
inside systemctl is-system-running --wait >/dev/null || inside systemctl --failed --no-pager

inside apt-get install -qq -y /packages/old.deb >/dev/null
[ "$(inside systemctl is-enabled till.service till.socket | sort -u)" = enabled ] || fail 'the units are not enabled.'
inside systemd-analyze verify --man=no till.service till.socket
inside sh -c 'echo TILL_DEMO=1 >>/etc/till/till.env && systemctl restart till'
served "$("$work/older/usr/bin/till" --version | cut -d' ' -f2)"
shopper buy "$url" "$work/order"

nsenter -t "$leader" -n /usr/bin/python3 tests/packaging/shopper.py knock "$url" >"$work/knocked" 2>&1 &
knocker=$! # not a function's, so that the signal reaches the shopper itself
inside apt-get install -qq -y /packages/new.deb >/dev/null
served "$(inside till --version | cut -d' ' -f2)"
kill "$knocker"
wait "$knocker" || fail 'the upgrade refused connections:' "$(cat "$work/knocked")"
cat "$work/knocked"
shopper read "$url" "$work/order"
shopper buy "$url" "$work/order2"
inside runuser -u till -- till audit --db /var/lib/till/shop.db
[ "$(inside systemctl show -P NRestarts till)" = 0 ] || fail 'the service crashed.'
inside grep -q TILL_DEMO=1 /etc/till/till.env || fail 'the upgrade changed /etc/till/till.env.'

inside apt-get remove -qq -y till >/dev/null
inside test -s /var/lib/till/shop.db || fail 'removing the package removed the shop.'
inside touch /var/lib/till/backup.db
inside apt-get purge -qq -y till </dev/null >/dev/null 2>&1
[ "$(inside ls -A /var/lib/till)" = backup.db ] || fail "the purge left or removed too much: $(inside ls -A /var/lib/till)"
inside test ! -e /etc/till || fail 'the purge left /etc/till.'
echo 'installed, sold, upgraded, purged'
