#!/usr/bin/env bash
# Runs the tool in a workflow. From the environment: LINT_FORMAT, LINT_ARGS (words, split at blanks, nothing expanded),
# LINT_WORKING_DIRECTORY, LINT_SARIF_FILE (where a SARIF report goes as well, relative to the workspace), and what GitHub
# sets: GITHUB_OUTPUT.
set -euo pipefail

args=()
while read -r -a words; do
    args+=(${words[@]+"${words[@]}"})
done <<<"${LINT_ARGS:-}"
sarif=${LINT_SARIF_FILE:-}
case $sarif in
'' | /* | [A-Za-z]:*) ;;
*) sarif=$PWD/$sarif ;;
esac
if ! cd "${LINT_WORKING_DIRECTORY:-.}"; then
    echo "::error title=cargo-wasm-route-lint::the working directory does not exist"
    exit 2
fi

lint() {
    local format=$1
    shift
    cargo-wasm-route-lint check --format "$format" ${args[@]+"${args[@]}"} "$@"
}

status=0
lint "${LINT_FORMAT:-github}" || status=$?
# Once more for the file; a run that failed has said so already, and its report says so too.
if [ -n "$sarif" ]; then
    mkdir -p "$(dirname "$sarif")"
    lint sarif >"$sarif" || true
fi
if [ -n "${GITHUB_OUTPUT:-}" ]; then
    printf 'exit-code=%s\nsarif-file=%s\n' "$status" "$sarif" >>"$GITHUB_OUTPUT"
fi
exit "$status"
