#!/bin/bash
# Builds Till's image without Docker, and sells from a container of it: container.sh [storefront]. With storefront, that image too: its pages
# are served from a container beside Till's, which is on PostgreSQL then, and something is bought through their address.
#
# Both need npm's registry. The builds get this machine's ~/.npmrc and its certificates as secrets, with a mark in each that is looked for in
# the images.
#
# buildah reads the Dockerfile. What it begins with, debian:12-slim, is a Debian of debootstrap here, so that no registry of images is needed;
# it and the images are kept in TILL_IMAGES (/var/tmp/till-images). The containers share the network of this machine. Not for compose.yaml.
set -eu
cd "$(dirname "$0")/.."

if [ "$(id -u)" -ne 0 ]; then
    echo 'container: skipped: only root can make a chroot.'
    exit 0
fi
. tools/chroot.sh
tools/setup.sh container
base=${TILL_DEBIAN12:-/var/tmp/till-debian12}
images=${TILL_IMAGES:-/var/tmp/till-images}
work=$(mktemp -d)
servers=()
trap 'stop; b rm --all >/dev/null || true; rm -rf "$work"' EXIT
mark='# a mark of tools/container.sh'

b() { buildah --root "$images/root" --runroot "$images/run" "$@"; }

fail() {
    printf 'container: %s\n' "$@" >&2
    exit 1
}

# secret NAME FILE: a secret of the builds, which has what is in a file of this machine, if there is one, and the mark.
secret() {
    if [ -f "$2" ]; then cat "$2"; fi >"$work/$1"
    printf '\n%s\n' "$mark" >>"$work/$1"
}

# image TARGET: builds it, and looks for the secrets' mark in its layers and its configuration.
image() {
    echo "Building the image $1 …"
    b rmi "$1" >/dev/null 2>&1 || true # buildah does not see that the package has changed which the last layer installs
    b build --quiet --isolation chroot --pull=never --layers --format docker --secret "id=npmrc,src=$work/npmrc" --secret "id=ca,src=$work/ca" \
        --target "$1" --tag "$1" . >"$work/build" 2>&1 || {
        tail -n 40 "$work/build" >&2
        exit 1
    }
    b push --quiet --disable-compression "$1" "dir:$work/image"
    if grep -rlaF "$mark" "$work/image"; then fail "a secret of its build is in the image $1."; fi
    rm -r "$work/image"
}

# start IMAGE NAME COMMAND…: runs a command in a container, as the user of its image. Settings are in $settings, as options.
start() {
    local image=$1 name=$2
    shift 2
    b from --pull-never --name "$name" "$image" >/dev/null
    b run --isolation chroot "${settings[@]}" "$name" -- "$@" >"$work/$name.log" 2>&1 &
    servers+=($!)
}

# leaf PID: the program that runs below buildah, which does not pass signals on.
leaf() {
    local child
    child=$(pgrep -P "$1" | head -n 1)
    if [ -n "$child" ]; then leaf "$child"; else echo "$1"; fi
}

# Ends all servers.
stop() {
    local server
    for server in "${servers[@]}"; do
        kill "$(leaf "$server")" 2>/dev/null || true
        wait "$server" || true
    done
    servers=()
}

# healthy NAME COMMAND…: waits until the image's health check passes.
healthy() {
    local name=$1
    shift
    for _ in $(seq 60); do
        if b run --isolation chroot "${settings[@]}" "$name" -- "$@" >/dev/null 2>&1; then return; fi
        sleep 0.5
    done
    fail "$name did not become healthy:" "$(tail -n 20 "$work/$name.log")"
}

# shows_products URL: whether a storefront answers there with a home page that leads to products.
shows_products() {
    /usr/bin/python3 -c 'import sys, urllib.request as r; sys.exit(b"/product/" not in r.urlopen(sys.argv[1], timeout=30).read())' "$1" 2>/dev/null
}

free_port() { /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

chroot_make bookworm "$base"
if ! b inspect --type image debian:12-slim >/dev/null 2>&1; then
    scratch=$(b from scratch)
    b add --quiet "$scratch" "$base" / >/dev/null
    b commit --quiet --rm "$scratch" debian:12-slim >/dev/null
fi
secret npmrc ~/.npmrc
secret ca "${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}"

image till
port=$(free_port)
mkdir "$work/shop"
chown 10001 "$work/shop"
settings=(--env "TILL_LISTEN=127.0.0.1:$port" --env TILL_DEMO=1 --volume "$work/shop:/var/lib/till")
start till shop till serve
healthy shop healthy
[ "$(stat -c %u "$work/shop/shop.db")" = 10001 ] || fail 'Till does not run as user 10001.'
/usr/bin/python3 tests/packaging/shopper.py buy "http://127.0.0.1:$port" "$work/order"
b run --isolation chroot "${settings[@]}" shop -- till audit

# A new container on the same volume.
stop
start till shop2 till serve
healthy shop2 healthy
/usr/bin/python3 tests/packaging/shopper.py read "http://127.0.0.1:$port" "$work/order"

if [ "${1:-}" = storefront ]; then
    image storefront
    stop
    coproc database { /usr/bin/python3 tools/with_postgres.py sh -c 'echo "$TILL_TEST_DB_URL" && exec cat'; } # until its input ends
    read -r url <&"${database[0]}"
    settings+=(--env "TILL_DB=$url")
    start till shop3 till serve
    healthy shop3 healthy
    pages=$(free_port)
    settings=(--env HOST=127.0.0.1 --env "PORT=$pages" --env "TILL_URL=http://127.0.0.1:$port")
    start storefront pages node server.mjs
    for _ in $(seq 60); do
        if shows_products "http://127.0.0.1:$pages"; then break; fi
        sleep 0.5
    done
    shows_products "http://127.0.0.1:$pages" || fail 'the storefront shows no products:' "$(tail -n 20 "$work/pages.log")"
    /usr/bin/python3 tests/packaging/shopper.py buy "http://127.0.0.1:$pages/api" "$work/order"
fi
