#!/bin/sh
# Formatting, layers, and what clang-tidy and cppcheck find.
set -eu
cd "$(dirname "$0")/.."
clang-format --dry-run --Werror $(git ls-files '*.c' '*.h')
python3 tools/layers.py
[ -f build/build.ninja ] || meson setup build --buildtype=release >/dev/null
ninja -C build --quiet
cppcheck --quiet --std=c11 --inline-suppr --error-exitcode=1 --enable=warning,performance,portability \
    --suppress=missingIncludeSystem --suppress=normalCheckLevelMaxBranches -Isrc src
clang-tidy --quiet -p build src/*/*.c src/main.c
