#!/usr/bin/env bash
# Builds the wheel. What is given is passed on to maturin, for instance `--release --out "$PWD/dist"`; relative paths start
# at the folder `wheel`, where maturin has to run to find its settings. MATURIN names another maturin than the one on the PATH.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

cp "$here"/../LICENSE-* "$here/wheel/"
cd "$here/wheel"
exec "${MATURIN:-maturin}" build "$@"
