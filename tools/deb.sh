#!/bin/bash
# Builds the Debian package of the files that git knows, with the desk in it: deb.sh [FOLDER]. It prints the package's path, below dist
# or FOLDER. Debian's files are in packaging/debian; the version is that of meson.build, with 0.2.0-dev as 0.2.0~dev, so that 0.2.0 is newer.
#
# If DEBEMAIL is set, and DEBFULLNAME, as Debian's own tools read them, then that is the package's maintainer: whoever builds packages for
# others.
set -eu
cd "$(dirname "$0")/.."
out=$(realpath -m "${1:-dist}")
version=$(sed -n "s/^  version: '\(.*\)',.*/\1/p" meson.build)
date=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}

# Without git, as in a release's tarball, all files that are there.
files() {
    git ls-files -z 2>/dev/null || find . -path './build*' -prune -o -path ./dist -prune -o -name node_modules -prune -o -type f -printf '%P\0'
    find admin/dist -type f -print0
}

tools/desk.sh >&2
tree=build/deb/till
mkdir -p "$tree" "$out"
find "$tree" -mindepth 1 -maxdepth 1 ! -name build-deb -exec rm -rf {} +
files | sort -zu | tar --null -T - -c | tar -x -C "$tree"
cp -r packaging/debian "$tree/debian"
if [ -n "${DEBEMAIL:-}" ]; then sed -i "s|^Maintainer: .*|Maintainer: ${DEBFULLNAME:-The Till developers} <$DEBEMAIL>|" "$tree/debian/control"; fi
cat >"$tree/debian/changelog" <<END
till (${version/-/\~}) unstable; urgency=medium

  * Till $version. Its changes are in /usr/share/doc/till/changelog.gz.

 -- $(sed -n 's/^Maintainer: //p' "$tree/debian/control")  $(date -u -R -d "@$date")
END

log=build/deb/log
if ! (cd "$tree" && SOURCE_DATE_EPOCH=$date dpkg-buildpackage -b -nc -us -uc) >"$log" 2>&1; then
    tail -n 50 "$log" >&2
    exit 1
fi
package=till_${version/-/\~}_$(dpkg --print-architecture).deb
mv build/deb/"$package" "$out"
echo "$out/$package"
