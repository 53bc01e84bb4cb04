#!/usr/bin/env python3
"""Shows the rules' bugs and cures in real Envoys.

Builds the examples of `rules/*.md` and the plugins of `evidence/plugins/` to Wasm, runs each in the
circumstances that `evidence/scenarios/` describes, and compares what is seen with what the
scenario says.

Exit codes: 0 all as expected, 1 something else was seen, 2 wrong usage or a broken scenario,
3 skipped because something can't be had on this machine.
"""

import argparse
import sys

from harness import build, client, envoys, observe, scenario, sources
from harness.envoy import Envoy, key
from harness.missing import Missing
from harness.paths import KEPT

SKIPPED = 3


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--rule", help="only this rule; nothing is written")
    parser.add_argument("--envoy", help="only this version of Envoy; nothing is written")
    parser.add_argument("--install", action="store_true", help="install missing Debian packages (apt-get)")
    return parser.parse_args()


def main():
    options = arguments()
    try:
        scenarios = scenario.load(options.rule)
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    runs = [(c, r) for s in scenarios for c in s.cases for r in c.runs]
    try:
        if options.install:
            build.install()
        versions = [options.envoy] if options.envoy else envoys.VERSIONS
        binaries = {v: envoys.install(v) for v in versions}
        modules = build.build([r.plugin for _, r in runs] + [sources.helper("second")])
    except Missing as reason:
        print(f"SKIPPED: no evidence was produced: {reason}", file=sys.stderr)
        return SKIPPED
    wrong = 0
    for version, binary in binaries.items():
        with Envoy(binary, KEPT / "run" / version, runs, modules) as envoy:
            for c, r in runs:
                seen, log = observe.run(envoy, key(c, r), c, client.send_all)
                good = seen == r.sees
                wrong += not good
                print(f"{'ok' if good else 'WRONG'} {version} {key(c, r)}: {seen}")
                if not good:
                    print(f"  expected {r.sees}\n  {log[:1500]}")
    print(f"{len(runs) * len(binaries) - wrong} passed, {wrong} failed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
