"""Where things are."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EVIDENCE = ROOT / "evidence"
RULES = ROOT / "rules"
DOCS = ROOT / "docs"
# Kept between runs, beside what cargo builds: the Envoys, the standard library for Wasm, the plugins.
KEPT = ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "evidence"
