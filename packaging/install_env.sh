#!/bin/sh
# Installs the sample of the service's environment, unless there is one: install_env.sh SAMPLE FOLDER, below DESTDIR.
set -eu
folder=${DESTDIR:-}$2
[ -e "$folder/till.env" ] || install -D -m 0600 "$1" "$folder/till.env"
