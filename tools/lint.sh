#!/bin/bash
# Checks the code without running it: layout (clang-format 19, because Debian 12 and 13 both have it), the order of
# rooms, the words of comments, whether each planted bug still fits the code, cppcheck and clang-tidy.
#
# clang-tidy takes two minutes of processor time for all of src/. A file is checked again only if it was compiled again
# since: a stamp in build/tidy/ is newer than the object file, which ninja rebuilds for every change of a header too.
set -eu
cd "$(dirname "$0")/.."

tidy() { # SOURCE
    local name=${1//\//_} stamp object
    stamp=build/tidy/$name
    object=$(echo build/*.p/"$name".o)
    if [ "$stamp" -nt "$object" ] && [ "$stamp" -nt .clang-tidy ]; then return; fi
    # On standard error it counts the warnings that it does not show, so that is for failures only.
    if ! clang-tidy --quiet -p build "$1" 2>"$stamp.log"; then
        cat "$stamp.log"
        return 1
    fi
    mv "$stamp.log" "$stamp"
}
export -f tidy

find src tests/*.c tests/unit tests/fuzz bench -name '*.[ch]' -print0 | xargs -0 clang-format-19 --dry-run --Werror
python3 tools/layers.py
python3 tools/style.py
tests/planted/planted.py --check
tools/build.sh
cppcheck --quiet --std=c11 --inline-suppr --error-exitcode=1 --enable=warning,performance,portability \
    --suppress=missingIncludeSystem --suppress=normalCheckLevelMaxBranches -Isrc -Ibuild/src src
mkdir -p build/tidy
find src -name '*.c' -print0 | xargs -0 -P "$(nproc)" -I '{}' bash -c 'tidy "$1"' tidy '{}'
