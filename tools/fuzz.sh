#!/bin/sh
# Runs every fuzz target for hours: HOURS=8 tools/fuzz.sh, or HOURS=0.1 (1 if it is absent), as many at a time as there are processors.
# The time is that of the whole run. What is found grows in build-fuzz/corpus; an input that breaks something is left in
# build-fuzz, and the run then fails. To keep new inputs for everybody, merge them:
#
#     build-fuzz/tests/fuzz_NAME -merge=1 tests/fuzz/corpus/NAME build-fuzz/corpus/NAME
set -eu
cd "$(dirname "$0")/.."

export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
names=$(basename -s .c -a tests/fuzz/fuzz_*.c | sed 's/^fuzz_//')
count=$(echo "$names" | wc -l)
rounds=$(((count + $(nproc) - 1) / $(nproc)))
seconds=$(awk "BEGIN { print int(${HOURS:-1} * 3600 / $rounds) }")

[ -f build-fuzz/build.ninja ] || CC=clang meson setup build-fuzz -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false
# shellcheck disable=SC2046 # the names of targets
ninja -C build-fuzz --quiet $(echo "$names" | sed 's|^|tests/fuzz_|')
echo "$count targets, $seconds s each"
# shellcheck disable=SC2016 # the inner shell's
echo "$names" | xargs -P "$(nproc)" -I NAME sh -c '
    mkdir -p build-fuzz/corpus/NAME
    if build-fuzz/tests/fuzz_NAME build-fuzz/corpus/NAME tests/fuzz/corpus/NAME -dict=tests/fuzz/till.dict \
        -max_total_time='"$seconds"' -rss_limit_mb=2048 -artifact_prefix=build-fuzz/ >build-fuzz/NAME.log 2>&1
    then echo "NAME: $(ls build-fuzz/corpus/NAME | wc -l) new inputs"
    else echo "NAME: FAILED, see build-fuzz/NAME.log"; exit 1; fi'
