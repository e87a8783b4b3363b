#!/bin/bash
# Removes what `make install` has installed: uninstall.sh LIST. Each installation adds the paths of its files, and of the folders that it
# made, to the list. A folder goes if it is empty by then. What was no part of an installation stays, and so do /etc/till and the shop.
set -eu
list=$1

fail() {
    printf 'uninstall: %s\n' "$@" >&2
    exit 1
}

[ -f "$list" ] || fail 'this folder knows of no installation there, because it was installed from another folder, or make clean came after.' \
    'Run make install again, with the same PREFIX and DESTDIR; then make uninstall.'
if grep -qx '/.*/systemd/system/till\.service' "$list" && systemctl is-enabled --quiet till.socket till.service 2>/dev/null &&
    grep -qxF "$(systemctl show -P FragmentPath till.service)" "$list"; then
    fail 'the service is enabled. First: systemctl disable --now till.socket till.service'
fi

folders=()
while IFS= read -r path; do
    if [ -d "$path" ] && [ ! -L "$path" ]; then
        folders+=("$path")
        continue
    fi
    rm -f "$path"
    while [[ $path == */share/doc/till/* ]]; do # of Till alone, also if an earlier installation made it that is not on the list
        path=${path%/*}
        folders+=("$path")
    done
done < <(sort -u "$list")
for path in "${folders[@]}"; do echo "$path"; done | sort -ru | while IFS= read -r path; do
    if [ -d "$path" ]; then rmdir --ignore-fail-on-non-empty "$path"; fi
done
rm "$list"
