#!/usr/bin/env bash
# Prints the part of CHANGELOG.md that is about this version; fails if there is none.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

version=$("$root/packaging/check-tag.sh")
notes=$(awk -v heading="## $version" '$0 == heading { on = 1; next } /^## / { on = 0 } on' "$root/CHANGELOG.md")
if [ -z "$notes" ]; then
    echo "error: CHANGELOG.md says nothing of $version" >&2
    exit 1
fi
echo "$notes"
