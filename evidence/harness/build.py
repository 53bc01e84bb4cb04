"""Builds plugins to WebAssembly with Debian's `rustc-web` and `rust-web-src`.

The compiler and the sources of the standard library have to be of one version, so both come from
Debian; cargo and the linker are those of the Rust toolchain at hand.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from .paths import KEPT, ROOT
from .missing import Missing

# What cargo says when it can't download what the plugins and the standard library depend on.
UNREACHABLE = ("failed to download", "failed to fetch", "Unable to update registry", "network failure")
TRIPLE = "wasm32-unknown-unknown"
PACKAGES = ["rustc-web", "rust-web-src"]
MANIFEST = """\
[package]
name = "evidence-plugins"
version = "0.0.0"
edition = "2024"
publish = false
autoexamples = false

[workspace]

[dependencies]
log = "0.4"
proxy-wasm = "=0.2.5"

[profile.release]
panic = "abort"
opt-level = "s"
strip = "debuginfo"
"""
EXAMPLE = '\n[[example]]\nname = "{name}"\ncrate-type = ["cdylib"]\n'


def install():
    """Installs the Debian packages when they are not there. Raises Missing."""
    if not absent():
        return
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    print("installing", *PACKAGES, flush=True)
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *PACKAGES]):
        try:
            done = subprocess.run([*sudo, "apt-get", *command], stdout=subprocess.DEVNULL,
                                  stderr=subprocess.PIPE, text=True, timeout=900)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Missing(f"apt-get: {error}") from error
        if done.returncode:
            raise Missing(f"apt-get {command[0]}: {done.stderr.strip()[-300:]}")


def absent():
    """The Debian packages that are not installed."""
    def there(package):
        query = ["dpkg-query", "-W", "-f", "${Status}", package]
        try:
            done = subprocess.run(query, capture_output=True, text=True)
        except OSError:
            return False
        return done.stdout.startswith("install ok installed")
    return [package for package in PACKAGES if not there(package)]


def compiler():
    """Debian's rustc. Raises Missing."""
    if absent():
        raise Missing(f"the Debian packages {', '.join(absent())} are not installed")
    files = subprocess.run(["dpkg", "-L", "rustc-web"], capture_output=True, text=True).stdout
    found = [f for f in files.splitlines() if f.endswith("bin/rustc")]
    if not found:
        raise Missing("the Debian package rustc-web has no rustc")
    return found[0]


def linker():
    """A linker that knows Wasm: that of the toolchain at hand, or Debian's. Raises Missing."""
    own = subprocess.run(["rustc", "--print", "sysroot"], capture_output=True, text=True, cwd=ROOT)
    found = sorted(Path(own.stdout.strip(), "lib/rustlib").glob("*/bin/rust-lld")) if own.stdout else []
    path = str(found[0]) if found else shutil.which("wasm-ld")
    if not path:
        raise Missing("neither rust-lld nor wasm-ld is here")
    return path


def build(plugins):
    """Builds `plugins`; gives the path of each module by the plugin's name.

    Raises Missing without the packages; ends the run when a plugin does not build.
    """
    folder = KEPT / "plugins"
    examples = folder / "examples"
    examples.mkdir(parents=True, exist_ok=True)
    (folder / "src").mkdir(exist_ok=True)
    names = sorted({p.name for p in plugins})
    keep(folder / "src/lib.rs", "")
    keep(folder / "Cargo.toml", MANIFEST + "".join(EXAMPLE.format(name=n) for n in names))
    for p in plugins:
        keep(examples / f"{p.name}.rs", p.code)
    if not (folder / "Cargo.lock").exists():
        shutil.copy(ROOT / "Cargo.lock", folder / "Cargo.lock")
    environment = {k: v for k, v in os.environ.items() if k not in ("RUSTUP_TOOLCHAIN", "RUSTFLAGS")}
    environment |= {
        "RUSTC": compiler(),
        "RUSTC_BOOTSTRAP": "1",  # `-Z` and the sources of the standard library
        "CARGO_TARGET_DIR": str(KEPT / "wasm"),
        "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER": linker(),
    }
    command = ["cargo", "build", "--release", "--quiet", "--lib", "--examples", "--target", TRIPLE,
               "-Z", "build-std=std,panic_abort"]
    done = subprocess.run(command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True)
    print(done.stderr, end="", file=sys.stderr)
    if done.returncode:
        if any(words in done.stderr for words in UNREACHABLE):
            raise Missing("cargo can't reach its registry")
        sys.exit("error: the plugins do not build")
    out = KEPT / "wasm" / TRIPLE / "release" / "examples"
    return {name: out / f"{name}.wasm" for name in names}


def keep(file, text):
    """Writes a file unless it holds that already: cargo goes by the time of the change."""
    if not file.exists() or file.read_text() != text:
        file.write_text(text)
