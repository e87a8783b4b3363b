#!/bin/sh
# Makes the release build of the program, or of the targets named. Prints nothing if there is nothing to do.
set -eu
cd "$(dirname "$0")/.."
if [ $# -eq 0 ]; then set -- till; fi # before version 1.7, Meson builds every test too if no target is named

if [ ! -f build/build.ninja ]; then
    output=$(meson setup build --buildtype=release 2>&1) || {
        printf '%s\n' "$output" | grep -E 'ERROR|full log' >&2 || printf '%s\n' "$output" >&2
        exit 1
    }
fi
if ninja -C build -n "$@" | grep -q 'no work to do'; then exit 0; fi

echo 'Building …'
if [ -t 1 ] && [ "${TERM:-dumb}" != dumb ]; then quiet=; else quiet=--quiet; fi
# shellcheck disable=SC2086 # empty, or a flag
if ! NINJA_STATUS='  %f of %t: ' ninja -C build $quiet "$@"; then
    echo 'build: failed. If this system was upgraded since the last build, run make clean first.' >&2
    exit 1
fi
