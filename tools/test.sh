#!/bin/bash
# Every test: layers, unit tests, API tests against three builds of the binary, the docs page in a browser, fuzzers.
# TILL_TEST_ONLY=unit,api,… runs only these; CI=true fuzzes longer.
set -u
cd "$(dirname "$0")/.."

passed=0
failed=0
log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT

wanted() { [ -z "${TILL_TEST_ONLY:-}" ] || [[ ",$TILL_TEST_ONLY," == *",$1,"* ]]; }

# step NAME COMMAND…: runs it quietly, says how it went, shows its output where it failed.
step() {
    local name=$1 start=$SECONDS
    shift
    printf '%-48s' "$name"
    if "$@" >"$log/out" 2>&1; then
        passed=$((passed + 1))
        printf 'ok    %4d s  %s\n' $((SECONDS - start)) "$(grep -aoE '[0-9]+ passed[^=]*|# pass [0-9]+|^Ok: +[0-9]+' "$log/out" | tail -n 1)"
    else
        failed=$((failed + 1))
        printf 'FAILED %3d s\n' $((SECONDS - start))
        tail -n 200 "$log/out"
    fi
}

configure() { # DIRECTORY OPTIONS…
    [ -f "$1/build.ninja" ] || meson setup "$@"
}

build_all() {
    configure build --buildtype=release &&
        configure build-asan -Db_sanitize=address,undefined -Db_lundef=false &&
        configure build-tsan -Db_sanitize=thread -Db_lundef=false &&
        CC=clang configure build-fuzz -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false &&
        for dir in build build-asan build-tsan; do ninja -C $dir till tests/probe_server || return 1; done &&
        ninja -C build-fuzz tests/fuzz_request tests/fuzz_model tests/fuzz_parser tests/fuzz_event
}

unit() { meson test -C "$1" --print-errorlogs; }

api() { # BUILD
    # The time limit is for a test that hangs.
    TILL=$PWD/$1/till TILL_PROBE=$PWD/$1/tests/probe_server timeout 1200 /usr/bin/python3 -m pytest -q --no-header -o faulthandler_timeout=120 -p no:cacheprovider tests/api
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

payments() {
    (cd tests/payments && npm ci --no-audit --no-fund && TILL=$PWD/../../build/till npm test)
}

export ASAN_OPTIONS=abort_on_error=0:detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 TSAN_OPTIONS=halt_on_error=1
fuzz_seconds=10
if [ -n "${CI:-}" ]; then fuzz_seconds=60; fi

step 'layers' python3 tools/layers.py
step 'build: release, sanitizers, fuzzers' build_all
if [ $failed -gt 0 ]; then
    echo "$passed passed, $failed failed"
    exit 1
fi
if wanted unit; then
    step 'unit tests, ASan + UBSan' unit build-asan
    step 'unit tests, TSan' unit build-tsan
fi
if wanted api; then
    step 'API tests, release' api build
    unset CI # the long ones (hundreds of kills, time limits of half a minute) once are enough
    step 'API tests, ASan + UBSan' api build-asan
    step 'API tests, TSan' api build-tsan
fi
if wanted docs; then
    step 'docs page in Chromium, tools on the document' docs
fi
if wanted payments; then
    step "Stripe's own client against the mock's port" payments
fi
if wanted fuzz; then
    for source in tests/fuzz/fuzz_*.c; do
        name=$(basename "$source" .c)
        step "fuzz ${name#fuzz_}, $fuzz_seconds s" fuzz "${name#fuzz_}"
    done
fi

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
