#!/bin/bash
# Runs the desk's tests against a server of their own: run.sh TILL [COMMAND…]. A command is run in place of the tests.
set -u
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
out=$work/out
token=desk-tests-token-of-their-own
"$1" serve --db "$work/till.db" --demo --listen 127.0.0.1:0 --log none --as-root --admin-token "$token" --webhook-insecure >"$out" &
pid=$!
trap 'kill $pid; wait $pid; rm -rf "$work"' EXIT
shift
for _ in $(seq 100); do
    url=$(sed -n 's/^listening on //p' "$out")
    [ -n "$url" ] && break
    sleep 0.1
done
cd "$here" || exit 1
export TILL_URL=$url TILL_ADMIN_TOKEN=$token TILL_DB=$work/till.db
if [ $# -eq 0 ]; then set -- npm test; fi
"$@"
