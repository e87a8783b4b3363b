#!/bin/bash
# Runs every test: lint, unit tests, API tests against three builds of the program, the owner's desk and the docs
# page in a browser, the client package, the storefront in a browser, fuzzers.
#
# ONE=NAME runs one test, with its output. TILL_TEST_ONLY=unit,api,… runs only these groups of steps. CI=true fuzzes longer,
# and runs the long tests and all combinations.
#
# Most of a test's time is spent waiting. So after the build two steps run at a time, the longest first, and each of the
# API's has more workers than there are processors. A worker takes a file at a time.
set -u
cd "$(dirname "$0")/.."

at_once=2
workers=$(($(nproc) + 1))
log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT
trap 'trap - TERM; kill 0; exit 130' INT TERM
touch "$log/passed" "$log/failed"

wanted() { [ -z "${TILL_TEST_ONLY:-}" ] || [[ ",$TILL_TEST_ONLY," == *",$1,"* ]]; }

# step NAME COMMAND…: runs a command quietly, and reports how it went, with its output if it failed, or did at first.
step() {
    local name=$1 start=$SECONDS out
    shift
    out=$(mktemp -p "$log")
    if "$@" >"$out" 2>&1; then
        echo "$name" >>"$log/passed"
        printf '%-48sok    %4d s  %s\n' "$name" $((SECONDS - start)) "$(grep -aoE 'skipped: .*|[0-9]+ passed[^=]*|# pass [0-9]+|^Ok: +[0-9]+' "$out" | tail -n 1)"
        if grep -qa '^second try:' "$out"; then tail -n 200 "$out"; fi
    else
        echo "$name" >>"$log/failed"
        { printf '%-48sFAILED %3d s\n' "$name" $((SECONDS - start)) && tail -n 200 "$out"; } >"$out.report"
        cat "$out.report"
    fi
}

# beside GROUP NAME COMMAND…: runs a step beside another one, if its group is wanted.
beside() {
    wanted "$1" || return 0
    while [ "$(jobs -pr | wc -l)" -ge $at_once ]; do wait -n; done
    shift
    step "$@" &
}

# Waits for the last steps, and ends the run with a line that counts them. What failed stands there once more, because of a long
# run often only the end is kept.
finish() {
    wait
    for report in "$log"/*.report; do
        [ ! -f "$report" ] || { head -n 1 "$report" && tail -n 60 "$report"; }
    done
    echo "$(wc -l <"$log/passed") passed, $(wc -l <"$log/failed") failed"
    [ ! -s "$log/failed" ]
    exit
}

configure() { # DIRECTORY OPTIONS…
    [ -f "$1/build.ninja" ] || meson setup "$@"
}

configure_fuzz() { CC=clang configure build-fuzz -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false; }

# shellcheck disable=SC2046 # the names of targets
build_all() {
    configure build --buildtype=release &&
        configure build-asan -Db_sanitize=address,undefined -Db_lundef=false &&
        configure build-tsan -Db_sanitize=thread -Db_lundef=false &&
        configure_fuzz &&
        tools/desk.sh if-possible &&
        for dir in build build-asan build-tsan; do ninja -C $dir till tests/probe_server tests/probe_totals || return 1; done &&
        ninja -C build tests/cuts tests/till_sim &&
        ninja -C build installed &&
        ninja -C build-fuzz $(basename -s .c -a tests/fuzz/fuzz_*.c | sed 's|^|tests/|')
}

# The unit tests; those that use a database also on PostgreSQL.
unit() {
    meson test -C "$1" --print-errorlogs &&
        /usr/bin/python3 tools/with_postgres.py meson test -C "$1" --print-errorlogs shop search spell index api postgres_transactions
}

# Runs pytest. Up to three tests that fail get a second try, one at a time: where two processors are shared with other steps,
# a test may wait longer than its patience. Both outcomes are shown. What a sanitizer finds gets no second try, and a hang ends
# with the time limit.
suite() { # OPTIONS… TESTS…
    local first failed
    first=$(mktemp -d -p "$log")
    timeout 2700 /usr/bin/python3 -m pytest -q --no-header -o addopts=--tb=short -o cache_dir="$first" "$@" 2>&1 | tee "$first/output"
    [ "${PIPESTATUS[0]}" -ne 0 ] || return 0
    failed=$(/usr/bin/python3 -c 'import json, sys; print(len(json.load(open(sys.argv[1]))))' "$first/v/cache/lastfailed" 2>/dev/null)
    if [ "${failed:-0}" -lt 1 ] || [ "$failed" -gt 3 ] || grep -qa 'Sanitizer:' "$first/output"; then return 1; fi
    echo "second try: $failed"
    timeout 2700 /usr/bin/python3 -m pytest -q --no-header -o addopts=--tb=short -o cache_dir="$first" --last-failed --last-failed-no-failures none "$@" -n 0
}

# Runs tests in a browser: COMMAND takes the files to run, or none for all. The files of one or two tests that fail get a second
# try, for the reason that suite() gives.
in_browser() { # COMMAND…
    local first failed files
    first=$(mktemp -p "$log")
    "$@" 2>&1 | tee "$first"
    [ "${PIPESTATUS[0]}" -ne 0 ] || return 0
    failed=$(grep -ac '^not ok' "$first")
    if [ "$failed" -gt 2 ] || ! grep -qax "# fail $failed" "$first"; then return 1; fi # or the runner itself has ended
    mapfile -t files < <(grep -a -A 5 '^not ok' "$first" | sed -nE "s/^ *location: '(.*):[0-9]+:[0-9]+'$/\\1/p" | sort -u)
    [ ${#files[@]} -gt 0 ] || return 1
    echo "second try: ${files[*]##*/}"
    "$@" "${files[@]}"
}

api() { # BUILD long|short TESTS…
    # The long tests (hundreds of kills, time limits of half a minute) run once only.
    local build=$1
    [ "$2" = long ] || unset CI
    shift 2
    TILL=$PWD/$build/till TILL_PROBE=$PWD/$build/tests/probe_server suite -n "$workers" --dist "${distribution:-loadfile}" "${@:-tests/api}"
}

# The API tests on PostgreSQL.
api_postgres() { # BUILD TESTS…
    local build=$1
    shift
    TILL_TEST_DB=postgres api "$build" short "$@"
}

# The shop that is compared with a model of it. It is one file, so its parts go to the workers one by one.
whole_shop() { distribution=load api build long tests/api/test_state_machine.py; }

# Three nodes behind a balancer: tests of their own, and some of the API's with the three as their server.
nodes() {
    local through=(tests/api/test_{contention,leaks,idempotency}.py tests/api/test_refunds.py::test_{of_clerks_who_each_give_a_third_three_succeed,one_of_two_has_the_unit})
    if [ -n "${CI:-}" ]; then through+=(tests/api/test_state_machine.py); fi
    TILL=$PWD/build/till suite tests/nodes &&
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

# The desk that the build has embedded: its types against the document, then all of it in a browser.
desk() {
    tools/desk.sh check && (cd tests/desk && npm ci --no-audit --no-fund) || return 1
    in_browser desk_tests
}

desk_tests() { # [FILES…]
    if [ $# -gt 0 ]; then set -- node --test --test-concurrency=1 "$@"; fi
    tests/desk/run.sh "$PWD/build/till" "$@"
}

# Takes a lock, because the storefront's build reads the package that this builds.
client() {
    (cd clients/typescript && npm ci --no-audit --no-fund && TILL=$PWD/../../build/till flock package.json npm test)
}

payments() {
    (cd tests/payments && npm ci --no-audit --no-fund && TILL=$PWD/../../build/till npm test)
}

storefront() { in_browser tools/storefront.sh test; }

# Power cuts and failing calls in what writes; first, that a shop that does not sync is found.
faults() { # MODE
    { [ "$1" != power ] || build/tests/cuts bite; } && build/tests/cuts "$1"
}

# A simulated shop with faults: a million operations in CI, other seeds than these in make soak.
simulator() { build/tests/till_sim --operations "$sim_operations"; }

# The examples, on the storefront's packages. The client's test builds the client anew, so that one waits for the other.
examples() {
    local found="$PWD/storefront/.node/node_modules/node/bin:$PATH" # if Debian's node is too old for Next.js
    tools/storefront.sh build && (flock 9 && PATH=$found TILL=$PWD/build/till suite tests/examples) 9<clients/typescript/package.json
}

packaging() { suite tests/packaging; }

# ---- One test.

# Builds and runs a unit test; TILL_TEST_DB=postgres gives it a PostgreSQL.
one_unit() { # NAME
    configure build --buildtype=release >/dev/null && tools/build.sh "tests/test_$1" || return 1
    local with=()
    if [ "${TILL_TEST_DB:-}" = postgres ]; then with=(/usr/bin/python3 tools/with_postgres.py); fi
    "${with[@]}" "build/tests/test_$1"
}

one_python() { # PATH[::TEST]
    tools/build.sh till tests/probe_server tests/probe_totals || return 1
    TILL=$PWD/build/till TILL_PROBE=$PWD/build/tests/probe_server /usr/bin/python3 -m pytest -q -p no:cacheprovider "$1"
}

one_fuzz() { # NAME
    configure_fuzz >/dev/null && ninja -C build-fuzz --quiet "tests/fuzz_$1" || return 1
    fuzz "$1"
}

names_of() { # PREFIX FILES…: the names of the tests that these files hold
    local prefix=$1
    shift
    printf ' %s' $(basename -a "$@" | sed "s/^$prefix//; s/\..*//" | sort)
    echo
}

one() { # NAME
    local name=${1##*/}
    case $1 in
    tests/api/*.py | tests/api/*.py::* | tests/nodes/*.py | tests/nodes/*.py::* | tests/packaging/*.py | tests/packaging/*.py::* | tests/examples/*.py | tests/examples/*.py::*) [ ! -f "${1%%::*}" ] || { one_python "$1"; return; } ;;
    fuzz/* | tests/fuzz/*)
        name=${name#fuzz_} name=${name%.c}
        [ ! -f "tests/fuzz/fuzz_$name.c" ] || { one_fuzz "$name"; return; }
        ;;
    *)
        name=${name#test_} name=${name%.c}
        [ -z "$(find tests/unit -name "test_$name.c")" ] || { one_unit "$name"; return; }
        ;;
    esac
    echo "test: there is no test '$1'. ONE is one of these:" >&2
    echo "  unit/NAME, or NAME   $(names_of test_ $(find tests/unit -name 'test_*.c'))" >&2
    echo "  fuzz/NAME            $(names_of fuzz_ tests/fuzz/fuzz_*.c)" >&2
    echo "  a file, or FILE::TEST $(echo tests/{api,nodes,packaging,examples}/test_*.py)" >&2
    return 2
}

# ---- All of them.

export ASAN_OPTIONS=abort_on_error=0:detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 TSAN_OPTIONS=halt_on_error=1:suppressions=$PWD/tests/tsan.supp
fuzz_seconds=10 sim_operations=100000
if [ -n "${CI:-}" ]; then fuzz_seconds=60 sim_operations=1000000; fi

if [ -n "${ONE:-}" ]; then
    one "$ONE"
    exit
fi

if [ -n "${CI:-}" ]; then tools/setup.sh histories || exit; fi
step 'build: release, sanitizers, fuzzers' build_all
[ ! -s "$log/failed" ] || finish

# Under TSan the tests in which threads meet. Without CI, in ten minutes, fewer of them, and on PostgreSQL those of what differs
# there.
threads=(tests/api/test_{cache,cart,contention,faults,idempotency,import,import_rows,import_served,kill,orders,payments,server}.py)
engine=(tests/api/test_{cart,contention,orders,payments,postgres,products,search,search_filters,search_index,search_words,seed_stays,suggest}.py)
if [ -n "${CI:-}" ]; then
    threads+=(tests/api/test_{admin_listen,calls,desk_events,histories,limits,mail,payments_crash,payments_webhook,refunds,restart,search,slow_disk,staff_login,webhooks}.py)
    engine=(tests/api) # tests of what only a file has skip themselves; the rest of these is before any database
    for name in documents front_door front_page hardening http11probe jsontestsuite openapi proxies pydantic; do
        engine+=(--ignore="tests/api/test_$name.py")
    done
fi

beside api 'API tests, release' api build long tests/api --ignore=tests/api/test_state_machine.py
beside api 'API tests, release, PostgreSQL' api_postgres build "${engine[@]}"
beside api 'API tests, TSan' api build-tsan short "${threads[@]}"
beside api 'API tests, ASan + UBSan' api build-asan short
beside api 'API tests, TSan, PostgreSQL' api_postgres build-tsan tests/api/test_{contention,orders,postgres}.py
if [ -n "${CI:-}" ]; then
    beside api 'API tests, ASan + UBSan, PostgreSQL' api_postgres build-asan tests/api/test_{contention,idempotency,import,import_rows,import_served,orders,postgres}.py
fi
beside api 'a whole shop and its model, release' whole_shop
beside sim "a simulated shop, $sim_operations operations" simulator
beside nodes 'nodes behind HAProxy' nodes
beside storefront 'storefront in Chromium' storefront
beside examples 'examples, each run' examples
beside desk 'desk in Chromium' desk
beside docs 'docs page in Chromium, tools on the document' docs
beside client 'client package' client
beside payments "Stripe's client against the mock's port" payments
beside packaging 'what make install installs' packaging
beside lint 'lint' tools/lint.sh
if [ -n "${CI:-}" ]; then beside deb 'Debian 12: package installed, upgraded, purged' tools/deb_test.sh; fi
if [ -n "${CI:-}" ]; then beside debian13 'Debian 13: packaged, every endpoint called' tools/debian13.sh; fi
beside faults 'power cuts in every request that writes' faults power
beside faults 'power cuts in every command that writes' faults commands
beside faults 'failing calls in every request that writes' faults calls
beside faults 'failing calls in every request that reads' faults reading
beside faults 'failing calls in every command' faults failing
beside unit 'unit tests, ASan + UBSan' unit build-asan
beside unit 'unit tests, TSan' unit build-tsan
for source in tests/fuzz/fuzz_*.c; do
    name=$(basename "$source" .c)
    beside fuzz "fuzz ${name#fuzz_}, $fuzz_seconds s" fuzz "${name#fuzz_}"
done
finish
