"""Where a plugin's source comes from: a rule document's fenced example, or a file.

The examples are taken out of the documents for every run, so that what is observed is what is
printed there.
"""

import re
from dataclasses import dataclass

from .paths import EVIDENCE, RULES

FENCE = re.compile(r"^```rust (bad|good|fixed)\b.*?\n(.*?)^```$", re.M | re.S)


@dataclass(frozen=True)
class Plugin:
    """A plugin to build."""

    name: str  # of the module: letters, digits and `_`
    title: str  # as the reader of the evidence knows it
    code: str


def fingerprint(code):
    """The 64 bit FNV-1a hash in hexadecimal; `tests/evidence.rs` computes the same."""
    value = 0xCBF29CE484222325
    for byte in code.encode():
        value = (value ^ byte) * 0x100000001B3 % (1 << 64)
    return f"{value:016x}"


def plugin(rule, source):
    """The plugin that a scenario of `rule` calls `source`.

    `bad 2` is the second `bad` example of the rule's document; `name.rs` a file below
    `evidence/plugins/<rule>/`. Raises LookupError when there is none.
    """
    if source.endswith(".rs"):
        file = EVIDENCE / "plugins" / rule / source
        if not file.is_file():
            raise LookupError(f"no file {file}")
        return Plugin(module(rule, source[:-3]), f"`{rule}/{source}`", file.read_text())
    kind, number = source.split()
    document = RULES / f"{rule}.md"
    blocks = FENCE.findall(document.read_text()) if document.is_file() else []
    codes = [code for found, code in blocks if found == kind]
    if not 1 <= int(number) <= len(codes):
        raise LookupError(f"{document} has no example `{source}`")
    return Plugin(module(rule, source), f"`{kind}` example {number}", codes[int(number) - 1])


def helper(name):
    """A plugin of the harness itself, `evidence/plugins/<name>.rs`."""
    code = (EVIDENCE / "plugins" / f"{name}.rs").read_text()
    return Plugin(module("helper", name), name, code)


def module(rule, source):
    return re.sub(r"\W", "_", f"{rule}_{source}")
