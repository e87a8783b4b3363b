#!/bin/bash
# Runs the simulator: a million operations, or with a seed that one run.
#
#     tools/sim.sh [SEED [STEPS [STORY]]]
set -eu
cd "$(dirname "$0")/.."
seed=${1:-} steps=${2:-} story=${3:-}

tools/build.sh tests/till_sim
if [ -z "$seed" ]; then exec build/tests/till_sim --operations 1000000; fi
options=(--seed "$seed")
if [ -n "$steps" ]; then options+=(--steps "$steps"); fi
if [ -n "$story" ]; then options+=(--story); fi
exec build/tests/till_sim "${options[@]}"
