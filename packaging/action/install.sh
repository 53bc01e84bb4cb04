#!/usr/bin/env bash
# Puts the tool on the path of the workflow's later steps: a release for this machine, checked against its checksum; where
# there is none, a build of the source that this script lies in.
#
# From the environment: LINT_VERSION (empty: that of this source), LINT_RELEASES (address of the releases), and what
# GitHub sets: RUNNER_TEMP, GITHUB_PATH.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

fail() {
    echo "::error title=cargo-wasm-route-lint::$*"
    exit 2
}

own=$("$root/packaging/check-tag.sh")
version=${LINT_VERSION:-$own}
version=${version#v}
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+[0-9A-Za-z.+-]*$ ]] || fail "the input version is no version"

folder=$RUNNER_TEMP/cargo-wasm-route-lint-$version
mkdir -p "$folder/bin"

# Gets the file $1 of the release.
get() {
    curl --fail --silent --show-error --location --retry 3 --proto '=https,file' \
        --output "$folder/$1" "$LINT_RELEASES/download/v$version/$1"
}

# Whether the release is there. Whether it is what it should be is another question.
download() {
    local target
    target=$("$root/packaging/target.sh") || return 1
    name=cargo-wasm-route-lint-$version-$target
    get "$name.tar.gz" && get "$name.tar.gz.sha256"
}

check() {
    cd "$folder"
    if command -v sha256sum >/dev/null; then
        sha256sum --check --quiet "$1"
    else
        shasum -a 256 --check --quiet "$1"
    fi
}

if [ -n "${LINT_RELEASES:-}" ] && download; then
    (check "$name.tar.gz.sha256") || fail "the release does not fit its checksum"
    # From within the folder: to tar, `D:` is a machine.
    (cd "$folder" && tar -xzf "$name.tar.gz")
    for binary in cargo-wasm-route-lint cargo-wasm-route-lint.exe; do
        if [ -f "$folder/$name/$binary" ]; then
            mv "$folder/$name/$binary" "$folder/bin/"
        fi
    done
elif command -v cargo >/dev/null; then
    echo "no release of version $version for this machine: building it"
    if [ "$version" = "$own" ]; then
        cargo install --quiet --locked --root "$folder" --path "$root"
    else
        cargo install --quiet --locked --root "$folder" --version "=$version" cargo-wasm-route-lint
    fi
else
    fail "no release of version $version for this machine, and no cargo to build it with"
fi

"$folder/bin/cargo-wasm-route-lint" --version
echo "$folder/bin" >>"$GITHUB_PATH"
