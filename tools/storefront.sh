#!/bin/bash
# Builds, runs or tests the storefront with a shop behind it: storefront.sh [build | run | test | screenshots | measure].
# Next.js needs a newer Node.js than Debian 12's: if node is too old, npm fetches one into storefront/.node.
set -eu
cd "$(dirname "$0")/.."
export NEXT_TELEMETRY_DISABLED=1
root=$PWD
newer_than='20.9'

fail() {
    printf 'storefront: %s\n' "$@" >&2
    exit 1
}

node_will_do() {
    local version
    version=$("$1" --version 2>/dev/null) || return 1
    [ "$(printf '%s\n' "$newer_than" "${version#v}" | sort -V | head -n 1)" = "$newer_than" ]
}

use_node() {
    node_will_do node && return
    export PATH="$root/storefront/.node/node_modules/node/bin:$PATH"
    hash -r
    node_will_do node && return
    echo 'Fetching a newer Node.js into storefront/.node …'
    npm install --silent --no-audit --no-fund --no-save --prefix "$root/storefront/.node" node@22 ||
        fail 'npm could not fetch the package `node`.' "It needs the network. Or install Node.js $newer_than or newer yourself."
    hash -r
    node_will_do node || fail "the package \`node\` has nothing for this machine: install Node.js $newer_than or newer yourself."
}

# Does nothing if the packages are newer than their list.
install() {
    [ node_modules/.package-lock.json -nt package-lock.json ] && return
    echo 'Installing what the storefront needs …'
    npm ci --silent --no-audit --no-fund || fail 'npm ci failed: see above. It needs the network.'
}

build() {
    local sources='app components lib scripts next.config.ts package-lock.json postcss.config.mjs proxy.ts tsconfig.json ../clients/typescript/src'
    # shellcheck disable=SC2086 # a list
    [ -f .next/BUILD_ID ] && [ -z "$(find $sources -newer .next/BUILD_ID -print -quit)" ] && return
    echo 'Building the storefront …'
    local output
    output=$(flock ../clients/typescript/package.json npm run --silent build 2>&1) || fail 'the build failed:' "$output"
}

# listening FILE PID: waits until the server has printed its URL to the file, and prints that; nothing if it ends before.
listening() {
    local url=
    for _ in $(seq 300); do
        url=$(sed -n 's/^listening on //p' "$1")
        [ -n "$url" ] && break
        kill -0 "$2" 2>/dev/null || break
        sleep 0.1
    done
    echo "$url"
}

run() {
    local out till shop till_url shop_url
    out=$(mktemp -d)
    trap 'kill "${till:-}" "${shop:-}" 2>/dev/null; wait; rm -rf "$out"' EXIT
    trap 'exit 0' INT TERM
    "$root/build/till" serve --db "${TILL_DB:-$root/till.db}" --demo --listen 127.0.0.1:0 --log none >"$out/till" &
    till=$!
    till_url=$(listening "$out/till" "$till")
    [ -n "$till_url" ] || fail 'Till did not start: see above.'
    TILL_URL=$till_url PORT=${PORT:-3000} NODE_ENV=production node server.mjs >"$out/shop" &
    shop=$!
    shop_url=$(listening "$out/shop" "$shop")
    [ -n "$shop_url" ] || fail "the storefront did not start: see above. Is port ${PORT:-3000} taken? make storefront PORT=3001 takes another."
    grep '^Admin token' "$out/till" || true
    echo "Till         $till_url/docs"
    echo "Storefront   $shop_url"
    wait -n "$till" "$shop" || true
    fail 'one of the two has ended, so the other is stopped.'
}

use_node
cd storefront
install
build
case ${1:-run} in
build) ;;
run) run ;;
test) TILL=$root/build/till npm test --silent ;;
screenshots | measure) TILL=$root/build/till node "scripts/$1.mjs" ;;
*) fail "no such command: $1" ;;
esac
