#!/usr/bin/env bash
# The hooks with the real pre-commit, in a throwaway repository with a plugin: a commit that keeps a stale route is
# blocked, a good one passes. Needs Python 3, git, cargo and the package index.
#
#     packaging/test-hooks.sh [system] [rust] [mirror]      all three if none is named
#
# system: the binary on the PATH. rust: built from source by pre-commit. mirror: the wheel, installed through the
# package that the mirror repository holds.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
[ $# -gt 0 ] || set -- system rust mirror

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Neither the caller's settings for git nor those of the commit that this may run in.
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_AUTHOR_NAME=test GIT_AUTHOR_EMAIL=test@localhost
export GIT_COMMITTER_NAME=test GIT_COMMITTER_EMAIL=test@localhost
export PRE_COMMIT_HOME=$work/cache

fail() {
    echo "error: $*" >&2
    exit 1
}

# Makes a repository of what is in a folder.
repository() {
    git -C "$1" init --quiet
    git -C "$1" add --all
    git -C "$1" commit --quiet --message 'Start'
}

# Commits everything with the message $1.
commit() {
    git add --all
    git commit --message "$1" >"$work/log" 2>&1
}

# The hook $2 of the repository $1 in a plugin of its own.
try() {
    local hooks=$1 id=$2 plugin
    plugin=$(mktemp -d "$work/plugin.XXXX")
    cd "$plugin"
    mkdir src
    cat >Cargo.toml <<'EOF'
[package]
name = "plugin"
version = "0.1.0"
edition = "2021"

[lib]
crate-type = ["cdylib"]

[dependencies]
proxy-wasm = "0.2"
EOF
    cat >.pre-commit-config.yaml <<EOF
repos:
  - repo: $hooks
    rev: $(git -C "$hooks" rev-parse HEAD)
    hooks:
      - id: $id
        args: [-D, warnings]
EOF
    git init --quiet
    pre-commit install >"$work/log" 2>&1

    cp "$root/testdata/constructs/good_dispatch.rs" src/lib.rs
    commit 'A good plugin' || fail "$id: a good commit was blocked: $(cat "$work/log")"
    grep -q 'Passed' "$work/log" || fail "$id: the hook did not run: $(cat "$work/log")"

    cp "$root/testdata/constructs/bad_direct.rs" src/lib.rs
    if commit 'A stale route'; then
        fail "$id: a bad commit went through: $(cat "$work/log")"
    fi
    grep -q 'error\[route-in-stream-context\]' "$work/log" ||
        fail "$id: blocked for another reason: $(cat "$work/log")"
    [ "$(git rev-list --count HEAD)" = 1 ] || fail "$id: there is a second commit"

    # A file that nobody can parse is no clean plugin.
    echo 'fn f( {' >src/lib.rs
    if commit 'Broken'; then
        fail "$id: a broken commit went through: $(cat "$work/log")"
    fi

    cp "$root/testdata/constructs/good_guard.rs" src/lib.rs
    commit 'Another good plugin' || fail "$id: a good commit was blocked: $(cat "$work/log")"
    echo 'Words.' >README.md
    commit 'No code' || fail "$id: a commit without code was blocked: $(cat "$work/log")"
    grep -q 'Skipped' "$work/log" || fail "$id: the hook ran without code: $(cat "$work/log")"
    cd "$root"
    echo "$id of $(basename "$hooks"): bad commits blocked, good ones passed"
}

echo "== pre-commit"
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet pre-commit
PATH=$work/venv/bin:$PATH
pre-commit --version

# What lies here, committed or not.
tool=$work/tool
mkdir "$tool"
git -C "$root" ls-files --cached --others --exclude-standard -z |
    (cd "$root" && tar --create --null --files-from=- --ignore-failed-read) | tar --extract --directory="$tool"
repository "$tool"

for way in "$@"; do
    echo "== $way"
    case $way in
    system)
        cargo build --quiet --locked --manifest-path "$root/Cargo.toml"
        built=$(cd "$root" && cargo metadata --format-version 1 --no-deps --offline |
            python3 -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')/debug
        (
            PATH=$built:$PATH
            try "$tool" wasm-route-lint-system
        )
        ;;
    rust)
        # Unoptimised: what is tested is the hook, and a release takes its time.
        (
            export CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off
            try "$tool" wasm-route-lint
        )
        ;;
    mirror)
        "$root/packaging/test-wheel.sh" --keep "$work/wheels" >/dev/null
        cp -R "$root/packaging/pre-commit-mirror" "$work/mirror"
        repository "$work/mirror"
        (
            export PIP_FIND_LINKS=$work/wheels
            # Without cargo: nothing may be compiled.
            PATH=$work/venv/bin:/usr/bin:/bin
            ! command -v cargo >/dev/null || echo "note: cargo is in /usr/bin or /bin"
            try "$work/mirror" wasm-route-lint
        )
        ;;
    *)
        fail "\`$way\` is none of system, rust, mirror"
        ;;
    esac
done
echo "== all passed"
