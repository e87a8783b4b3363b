#!/bin/bash
# Builds the owner's desk (admin/) into admin/dist, from where the program's build takes it: desk.sh [if-possible | check | measure]
#
# It needs npm, which it installs if it is missing, and npm's registry once. `if-possible` is for `make run`: if that fails it
# says so, exits with 0, and does not try again for an hour. `check` checks the types too.
# `measure` says how fast its pages show in Chromium, of the program that is built (TILL, or build/till).
set -eu
cd "$(dirname "$0")/.."
failed=admin/.failed
how=${1:-}

fail() {
    printf 'desk: %s\n' "$@" >&2
    [ "$how" = if-possible ] || exit 1
    echo 'desk: the shop runs without it. `make desk` adds it.' >&2
    touch "$failed"
    exit 0
}

# Does nothing if the packages are newer than their list.
install() {
    [ admin/node_modules/.package-lock.json -nt admin/package-lock.json ] && [ -d "admin/node_modules/$1" ] && return
    shift
    npm ci --prefix admin --silent --ignore-scripts --no-audit --no-fund --fetch-retries=1 --fetch-retry-mintimeout=1000 --fetch-timeout=20000 "$@"
}

is_built() {
    local sources='admin/src admin/build.mjs admin/package-lock.json clients/typescript/src/keys.ts clients/typescript/src/money.ts'
    # shellcheck disable=SC2086 # a list
    [ -f admin/dist/desk.html ] && [ -z "$(find $sources -newer admin/dist/desk.html -print -quit)" ]
}

if [ "$how" = measure ]; then
    tools/setup.sh test
    npm ci --prefix tests/desk --silent --no-audit --no-fund
    till=${TILL:-$PWD/build/till}
    exec tests/desk/run.sh "$till" node measure.js
fi
if [ "$how" = check ]; then
    install typescript || fail 'npm ci failed: see above. It needs the network.'
    npm run --prefix admin --silent check
fi
if is_built; then exit 0; fi
if [ "$how" = if-possible ] && [ -n "$(find "$failed" -mmin -60 2>/dev/null)" ]; then exit 0; fi

echo 'Building the desk …'
tools/setup.sh desk || fail 'npm could not be installed.'
install esbuild --omit=dev || fail "npm's registry could not be reached, or it has not what the desk needs."
output=$(npm run --prefix admin --silent build 2>&1) || fail "$output"
rm -f "$failed"
