#!/bin/bash
# Builds, runs or tests the storefront with a shop behind it: storefront.sh [build | run | test [FILES] | screenshots | measure].
# `run` reads DB, PORT and TILL_URL, as the Makefile says.
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
    npm install --loglevel error --no-audit --no-fund --no-save --prefix "$root/storefront/.node" node@22 >/dev/null ||
        fail 'npm could not fetch the package `node`: see above.' "It needs the network. Or install Node.js $newer_than or newer yourself."
    hash -r
    node_will_do node || fail "the package \`node\` has nothing for this machine: install Node.js $newer_than or newer yourself."
}

# Does nothing if the packages are newer than their list.
install() {
    [ node_modules/.package-lock.json -nt package-lock.json ] && return
    echo 'Installing what the storefront needs …'
    npm ci --loglevel error --no-audit --no-fund >/dev/null || fail 'npm ci failed: see above. It needs the network.'
}

build() {
    local sources='app components lib scripts next.config.ts package-lock.json postcss.config.mjs proxy.ts tsconfig.json ../clients/typescript/src'
    # shellcheck disable=SC2086 # a list
    [ -f .next/BUILD_ID ] && [ "$(cat .next/currency 2>/dev/null)" = "${NEXT_PUBLIC_CURRENCY:-usd}" ] && [ -z "$(find $sources -newer .next/BUILD_ID -print -quit)" ] && return
    echo 'Building the storefront …'
    local output
    output=$(flock ../clients/typescript/package.json npm run --silent build 2>&1) || fail 'the build failed:' "$output"
    echo "${NEXT_PUBLIC_CURRENCY:-usd}" >.next/currency # which the pages have in them
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

# answers HOST PORT: whether something listens there.
answers() { (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; }

# is_till HOST PORT: whether a Till answers there within two seconds.
is_till() {
    # shellcheck disable=SC2016 # the inner shell's
    timeout 2 bash -c 'exec 3<>"/dev/tcp/$0/$1" && printf "GET /health HTTP/1.1\r\nHost: $0\r\nConnection: close\r\n\r\n" >&3 && cat <&3' "$1" "$2" 2>/dev/null |
        grep -aq '"version":'
}

# is_served FILE: whether a till has this database's file open.
is_served() { [ -f "$1" ] && ! flock -n "$1" true; }

# Decides whose pages these are, before anything is built: of TILL_URL, of the shop that runs on port 8000, or of one that
# this starts. Sets till_url in the first two cases, and `listen` in the third.
choose_shop() {
    local file=${DB:-till.db}
    if answers 127.0.0.1 "$PORT"; then fail "port $PORT is taken. Another one: make storefront PORT=$((PORT + 1))"; fi
    till_url=${TILL_URL:-} listen=127.0.0.1:8000
    unset TILL_URL # the build is of no shop
    [ -z "$till_url" ] || return 0
    if is_till 127.0.0.1 8000 && { [ -z "${DB:-}" ] || is_served "$file"; }; then
        till_url=http://127.0.0.1:8000
    elif is_served "$file"; then
        fail "another till serves $file, and it is not on http://127.0.0.1:8000." \
            'To make these its pages, name its address: make storefront TILL_URL=http://127.0.0.1:8001' \
            'For a shop of its own, name another database: make storefront DB=shop.db'
    elif answers 127.0.0.1 8000; then
        listen=127.0.0.1:0
    fi
}

# Starts a shop for the pages, and sets till_url.
start_till() {
    (cd "$root" && exec build/till serve --db "${DB:-till.db}" --demo --listen "$listen" --shop-url "http://127.0.0.1:$PORT" --log none --as-root) >"$out/till" &
    till=$!
    till_url=$(listening "$out/till" "$till")
    [ -n "$till_url" ] || fail 'Till did not start: see above.'
}

# The currency of the shop at till_url; nothing if it does not say.
currency() {
    node -e 'fetch(process.argv[1] + "/checkout").then(answer => answer.json()).then(({ currency }) => console.log(currency)).catch(() => {})' "$till_url"
}

# Finds the shop, or starts it, before its pages are built in its currency.
prepare() {
    out=$(mktemp -d)
    trap 'kill $till $shop 2>/dev/null || true; wait; rm -rf "$out"' EXIT
    if [ -z "$till_url" ]; then start_till; fi
    NEXT_PUBLIC_CURRENCY=${NEXT_PUBLIC_CURRENCY:-$(currency)}
    export NEXT_PUBLIC_CURRENCY
}

run() {
    TILL_URL=$till_url NODE_ENV=production node server.mjs >"$out/shop" &
    shop=$!
    shop_url=$(listening "$out/shop" "$shop")
    [ -n "$shop_url" ] || fail 'the storefront did not start: see above.'
    echo "Storefront   $shop_url"
    if [ -n "$till" ]; then sed '/^Shop /d; /^listening/d' "$out/till"; else echo "Shop         $till_url, which ran already"; fi
    # shellcheck disable=SC2086 # one or two
    wait -n $till $shop || true
    fail 'one of the two has ended, so the other is stopped.'
}

till='' shop='' command=${1:-run}
if [ "$command" = run ]; then
    trap 'exit 0' INT TERM HUP # as till does; make then has nothing to report
    export PORT=${PORT:-3000}
    choose_shop
    [ -n "$till_url" ] || { tools/setup.sh build && tools/desk.sh if-possible && tools/build.sh; } || exit
    tools/setup.sh storefront
fi
use_node
cd storefront
if [ "$command" = run ]; then prepare; fi
exec 8<package.json
flock 8 # two may be started at once, and build the same folder
install
build
exec 8<&-
case $command in
build) ;;
run) run ;;
test)
    export TILL=$root/build/till
    if [ $# -gt 1 ]; then node --test --test-concurrency=1 "${@:2}"; else npm test --silent; fi
    ;;
screenshots | measure) TILL=$root/build/till node "scripts/$1.mjs" ;;
*) fail "no such command: $command" ;;
esac
