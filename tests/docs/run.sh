#!/bin/bash
# Runs the docs page's tests against a server of their own: run.sh TILL
set -u
here=$(cd "$(dirname "$0")" && pwd)
out=$(mktemp)
token=docs-page-tests-token
"$1" serve --db :memory: --demo --listen 127.0.0.1:0 --log none --as-root --admin-token "$token" >"$out" &
pid=$!
trap 'kill $pid; rm -f "$out"' EXIT
for _ in $(seq 100); do
    url=$(sed -n 's/^listening on //p' "$out")
    [ -n "$url" ] && break
    sleep 0.1
done
cd "$here" && TILL_URL=$url TILL_ADMIN_TOKEN=$token npm test
