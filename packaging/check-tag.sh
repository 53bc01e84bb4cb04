#!/usr/bin/env bash
# Prints the version in Cargo.toml; with a tag as its argument, fails unless that is the tag of this version.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$root/Cargo.toml" | head -n 1)
if [ $# -gt 0 ] && [ "$1" != "v$version" ]; then
    echo "error: the tag is \`$1\`, and the version in Cargo.toml is $version" >&2
    exit 1
fi
echo "$version"
