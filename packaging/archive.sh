#!/usr/bin/env bash
# Packs a built binary for a release: a `.tar.gz` with its checksum beside it. Named as Cargo.toml tells cargo-binstall,
# and as `action/install.sh` looks for it.
#
#     packaging/archive.sh TARGET BINARY FOLDER
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
if [ $# != 3 ]; then
    sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
    exit 2
fi
target=$1 binary=$2 folder=$3

version=$("$root/packaging/check-tag.sh")
name=cargo-wasm-route-lint-$version-$target
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/$name/completions" "$folder"
folder=$(cd "$folder" && pwd)

cp "$binary" "$root"/LICENSE-* "$root/README.md" "$root/CHANGELOG.md" "$work/$name/"
# What the binary says of itself, unless it is for another kind of machine.
if "$binary" --version >/dev/null 2>&1; then
    "$binary" man >"$work/$name/cargo-wasm-route-lint.1"
    "$binary" completions bash >"$work/$name/completions/cargo-wasm-route-lint.bash"
    "$binary" completions elvish >"$work/$name/completions/cargo-wasm-route-lint.elv"
    "$binary" completions fish >"$work/$name/completions/cargo-wasm-route-lint.fish"
    "$binary" completions powershell >"$work/$name/completions/_cargo-wasm-route-lint.ps1"
    "$binary" completions zsh >"$work/$name/completions/_cargo-wasm-route-lint"
fi

# Not by its whole name: to tar, `D:` is a machine.
cd "$work"
tar -czf "$name.tar.gz" "$name"
mv "$name.tar.gz" "$folder/"
cd "$folder"
if command -v sha256sum >/dev/null; then
    sha256sum "$name.tar.gz" >"$name.tar.gz.sha256"
else
    shasum -a 256 "$name.tar.gz" >"$name.tar.gz.sha256"
fi
echo "$folder/$name.tar.gz"
