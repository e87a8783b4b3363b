#!/bin/bash
# Takes the README's pictures of /docs, and those of the desk: docs/images. Needs `make build` and Debian's chromium.
set -eu
cd "$(dirname "$0")/.."
mkdir -p docs/images
work=$(mktemp -d)
build/till serve --db :memory: --demo --listen 127.0.0.1:0 --log none --as-root >"$work/out" &
pid=$!
trap 'kill $pid; rm -rf "$work"' EXIT
until url=$(sed -n 's/^listening on //p' "$work/out") && [ -n "$url" ]; do sleep 0.1; done

shot() { # NAME PATH WIDTH HEIGHT
    chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
        --disable-component-update --disable-sync --user-data-dir="$work/profile" --hide-scrollbars \
        --virtual-time-budget=4000 --window-size="$3,$4" --screenshot="docs/images/$1.png" "$url$2" 2>/dev/null
}

operation=$(python3 -c 'import json, sys, urllib.request as r; d = json.load(r.urlopen(sys.argv[1] + "/openapi.json")); print(d["paths"]["/products"]["get"]["operationId"])' "$url")
shot docs "/docs#$operation" 1400 900

[ -d tests/desk/node_modules ] || npm ci --prefix tests/desk --silent --no-audit --no-fund
tests/desk/run.sh "$PWD/build/till" node pictures.js "$PWD/docs/images"
