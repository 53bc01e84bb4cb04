#!/usr/bin/env bash
# Prints the target triple whose release runs on this machine; fails where there is none.
set -euo pipefail

case "$(uname -s)-$(uname -m)" in
Linux-x86_64) echo x86_64-unknown-linux-musl ;;
Linux-aarch64 | Linux-arm64) echo aarch64-unknown-linux-musl ;;
Darwin-x86_64) echo x86_64-apple-darwin ;;
Darwin-arm64) echo aarch64-apple-darwin ;;
MINGW*-x86_64 | MSYS*-x86_64 | CYGWIN*-x86_64) echo x86_64-pc-windows-msvc ;;
*)
    echo "error: no release for $(uname -s) on $(uname -m)" >&2
    exit 1
    ;;
esac
