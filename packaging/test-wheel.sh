#!/usr/bin/env bash
# Builds the wheel, installs it with pip in a fresh environment, and runs what was installed.
# Needs Python 3, cargo, and the package index once for maturin. With `--keep FOLDER` the wheel stays there.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
wheels=$work/wheels
if [ "${1:-}" = --keep ]; then
    mkdir -p "$2"
    wheels=$(cd "$2" && pwd)
fi

fail() {
    echo "error: $*" >&2
    exit 1
}

echo "== build"
python3 -m venv "$work/build"
"$work/build/bin/pip" install --quiet 'maturin>=1.8,<2'
# Unoptimised: what is tested is the package, and a release takes its time.
MATURIN=$work/build/bin/maturin "$root/packaging/build-wheel.sh" --out "$wheels"

echo "== install"
python3 -m venv "$work/user"
"$work/user/bin/pip" install --quiet --no-index "$wheels"/cargo_wasm_route_lint-*.whl
installed=$work/user/bin/cargo-wasm-route-lint

echo "== run"
version=$("$root/packaging/check-tag.sh")
[ "$("$installed" --version)" = "cargo-wasm-route-lint $version" ] || fail "not version $version"
status=0
"$installed" check "$root/testdata/example-plugin" --format short || status=$?
[ "$status" = 1 ] || fail "exit code $status where 1 was expected"
# The way that cargo calls it.
status=0
PATH=$work/user/bin:$PATH cargo wasm-route-lint "$root/testdata/example-plugin" --quiet >/dev/null || status=$?
[ "$status" = 1 ] || fail "exit code $status where 1 was expected"
for licence in LICENSE-APACHE LICENSE-MIT; do
    compgen -G "$work/user/lib/python3*/site-packages/cargo_wasm_route_lint-*/licenses/$licence" >/dev/null ||
        fail "$licence is not in the wheel"
done
echo "== all passed"
