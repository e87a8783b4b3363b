#!/bin/bash
# Makes a release of what is committed, in dist: the source as a tarball, the Debian package, its bill of materials (tools/sbom.py), and
# SHA256SUMS: release.sh [check]. With check, it only says whether this could be released.
#
# The tarball is the same, byte for byte, each time it is made of a commit.
set -eu
cd "$(dirname "$0")/.."
version=$(sed -n "s/^  version: '\(.*\)',.*/\1/p" meson.build)
tag=v$version
fail() {
    printf 'release: %s\n' "$@" >&2
    exit 1
}

[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || fail "meson.build has version $version, which is not one of a release such as 0.2.0."
[ -z "$(git status --porcelain)" ] || fail 'the work tree is not clean:' "$(git status --short | head -n 10)"
[ -n "$(sed -n "/^## $version\$/,/^## /{/^- /p}" CHANGELOG.md)" ] || fail "CHANGELOG.md has no entries below '## $version'."
grep -q "\"version\": \"$version\"" clients/typescript/package.json || fail "clients/typescript has another version than $version: run npm run generate there."
! grep -q '^## Unreleased$' CHANGELOG.md || fail "CHANGELOG.md still has '## Unreleased': put its entries below '## $version'."
# The workflow runs when the tag is there already (TILL_RELEASE_TAG); then it must be this commit's.
if git rev-parse -q --verify "refs/tags/$tag" >/dev/null; then
    [ "${TILL_RELEASE_TAG:-}" = "$tag" ] || fail "the tag $tag exists."
    [ "$(git rev-parse "$tag^{commit}")" = "$(git rev-parse HEAD)" ] || fail "the tag $tag is of another commit."
fi
if [ "${1:-}" = check ]; then
    echo "$version can be released."
    exit 0
fi

rm -rf dist
mkdir dist
git archive --format=tar --prefix="till-$version/" HEAD | gzip -9n >"dist/till-$version.tar.gz"
package=$(tools/deb.sh dist)
unpacked=$(mktemp -d)
trap 'rm -rf "$unpacked"' EXIT
dpkg-deb -x "$package" "$unpacked"
tools/sbom.py "$unpacked/usr/bin/till" >"dist/till-$version.cdx.json"
(cd dist && sha256sum -- * >SHA256SUMS)
cat dist/SHA256SUMS
