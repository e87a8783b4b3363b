#!/bin/bash
# Every test: layers, unit tests, API tests against three builds of the binary, the docs page in a browser,
# the client package, the storefront in a browser, fuzzers.
# TILL_TEST_ONLY=unit,api,… runs only these; CI=true fuzzes longer and runs the long tests and all combinations.
#
# After the build, steps run two at a time, the longest first: most of a test's time is a wait for somebody.
set -u
cd "$(dirname "$0")/.."

at_once=2
log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT
trap 'trap - TERM; kill 0; exit 130' INT TERM
touch "$log/passed" "$log/failed"

wanted() { [ -z "${TILL_TEST_ONLY:-}" ] || [[ ",$TILL_TEST_ONLY," == *",$1,"* ]]; }

# step NAME COMMAND…: runs it quietly, then says how it went, with its output where it failed.
step() {
    local name=$1 start=$SECONDS out
    shift
    out=$(mktemp -p "$log")
    if "$@" >"$out" 2>&1; then
        echo "$name" >>"$log/passed"
        printf '%-48sok    %4d s  %s\n' "$name" $((SECONDS - start)) "$(grep -aoE '[0-9]+ passed[^=]*|# pass [0-9]+|^Ok: +[0-9]+' "$out" | tail -n 1)"
    else
        echo "$name" >>"$log/failed"
        { printf '%-48sFAILED %3d s\n' "$name" $((SECONDS - start)) && tail -n 200 "$out"; } >"$out.said"
        cat "$out.said"
    fi
}

# beside GROUP NAME COMMAND…: a step, beside another, if its group is wanted.
beside() {
    wanted "$1" || return 0
    while [ "$(jobs -pr | wc -l)" -ge $at_once ]; do wait -n; done
    shift
    step "$@" &
}

# Ends the run with the line that counts.
finish() {
    wait
    echo "$(wc -l <"$log/passed") passed, $(wc -l <"$log/failed") failed"
    [ ! -s "$log/failed" ]
    exit
}

configure() { # DIRECTORY OPTIONS…
    [ -f "$1/build.ninja" ] || meson setup "$@"
}

# shellcheck disable=SC2046 # the names of targets
build_all() {
    configure build --buildtype=release &&
        configure build-asan -Db_sanitize=address,undefined -Db_lundef=false &&
        configure build-tsan -Db_sanitize=thread -Db_lundef=false &&
        CC=clang configure build-fuzz -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false &&
        for dir in build build-asan build-tsan; do ninja -C $dir till tests/probe_server || return 1; done &&
        ninja -C build-fuzz $(basename -s .c -a tests/fuzz/fuzz_*.c | sed 's|^|tests/|')
}

# Those whose database may be another engine's are run on PostgreSQL too.
unit() {
    meson test -C "$1" --print-errorlogs &&
        /usr/bin/python3 tools/with_postgres.py meson test -C "$1" --print-errorlogs shop search search_index api
}

api() { # BUILD long|short TESTS…
    # The time limit is for a test that hangs. The long tests (hundreds of kills, time limits of half a minute) once are enough.
    local build=$1
    [ "$2" = long ] || unset CI
    shift 2
    TILL=$PWD/$build/till TILL_PROBE=$PWD/$build/tests/probe_server timeout 1800 /usr/bin/python3 -m pytest -q --no-header -p no:cacheprovider "${@:-tests/api}"
}

# All that has to do with a database; the threads of it under TSan.
api_postgres() { # BUILD TESTS…
    local build=$1
    shift
    TILL_TEST_DB=postgres api "$build" short "$@"
}

# Three nodes behind a balancer: tests of their own, and the API's with a fleet for their server.
nodes() {
    local through=(tests/api/test_{contention,leaks,idempotency}.py)
    if [ -n "${CI:-}" ]; then through+=(tests/api/test_state_machine.py); fi
    TILL=$PWD/build/till timeout 1800 /usr/bin/python3 -m pytest -q --no-header -p no:cacheprovider tests/nodes &&
        TILL_TEST_NODES=1 api_postgres build "${through[@]}"
}

fuzz() { # TARGET
    local work="$log/$1"
    mkdir -p "$work"
    "build-fuzz/tests/fuzz_$1" "$work" "tests/fuzz/corpus/$1" -dict=tests/fuzz/till.dict -max_total_time="$fuzz_seconds" -rss_limit_mb=2048 -artifact_prefix=build-fuzz/ -print_final_stats=1
}

docs() {
    (cd tests/docs && npm ci --no-audit --no-fund) || return 1
    tests/docs/run.sh "$PWD/build/till"
}

# The lock: the storefront's build reads the package that this builds anew.
client() {
    (cd clients/typescript && npm ci --no-audit --no-fund && TILL=$PWD/../../build/till flock package.json npm test)
}

payments() {
    (cd tests/payments && npm ci --no-audit --no-fund && TILL=$PWD/../../build/till npm test)
}

storefront() { tools/storefront.sh test; }

export ASAN_OPTIONS=abort_on_error=0:detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 TSAN_OPTIONS=halt_on_error=1
fuzz_seconds=10
if [ -n "${CI:-}" ]; then fuzz_seconds=60; fi

step 'layers' python3 tools/layers.py
step 'build: release, sanitizers, fuzzers' build_all
[ ! -s "$log/failed" ] || finish

# What runs for people, who have ten minutes: under TSan what threads meet in, on PostgreSQL what differs there. CI runs all of it.
threads=(tests/api/test_{cache,cart,contention,faults,idempotency,import,kill,orders,payments,server}.py)
engine=(tests/api/test_{cart,contention,orders,payments,postgres,products,search}.py)
if [ -n "${CI:-}" ]; then
    threads=()
    engine=() # what is about a file skips itself
fi

beside api 'API tests, release' api build long
beside api 'API tests, release, PostgreSQL' api_postgres build "${engine[@]}"
beside api 'API tests, TSan' api build-tsan short "${threads[@]}"
beside api 'API tests, ASan + UBSan' api build-asan short
beside api 'API tests, TSan, PostgreSQL' api_postgres build-tsan tests/api/test_{contention,orders,postgres}.py
if [ -n "${CI:-}" ]; then
    beside api 'API tests, ASan + UBSan, PostgreSQL' api_postgres build-asan tests/api/test_{contention,idempotency,import,orders,postgres}.py
fi
beside nodes 'nodes behind HAProxy' nodes
beside storefront 'storefront in Chromium' storefront
beside docs 'docs page in Chromium, tools on the document' docs
beside client 'client package' client
beside payments "Stripe's client against the mock's port" payments
beside unit 'unit tests, ASan + UBSan' unit build-asan
beside unit 'unit tests, TSan' unit build-tsan
for source in tests/fuzz/fuzz_*.c; do
    name=$(basename "$source" .c)
    beside fuzz "fuzz ${name#fuzz_}, $fuzz_seconds s" fuzz "${name#fuzz_}"
done
finish
