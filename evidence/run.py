#!/usr/bin/env python3
"""Shows the rules' bugs and cures in real Envoys.

Builds the examples of `rules/*.md` and the plugins of `evidence/plugins/` to Wasm, runs each in the
circumstances that `evidence/scenarios/` describes, and compares what is seen with what the
scenario says.

Writes `docs/evidence.md` and its picture when all was seen as expected; `UPDATE=1 cargo test --test evidence` then
takes it over into the rule documents.

Exit codes: 0 all as expected, 1 something else was seen or a page is out of date, 2 wrong usage or
a broken scenario, 3 skipped because something can't be had on this machine.
"""

import argparse
import sys

SKIPPED = 3
if sys.version_info < (3, 11):
    print("SKIPPED: no evidence was produced: it needs Python 3.11", file=sys.stderr)
    sys.exit(SKIPPED)

# After the check: older Pythons can't even read these.
from harness import build, client, document, envoys, observe, scenario, sources, timeline
from harness.envoy import Envoy, key
from harness.missing import Missing
from harness.paths import DOCS, KEPT


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--rule", help="only this rule; nothing is written")
    parser.add_argument("--envoy", help="only this version of Envoy; nothing is written")
    parser.add_argument("--check", action="store_true", help="write nothing; fail where a page is out of date")
    parser.add_argument("--install", action="store_true", help="install missing Debian packages (apt-get)")
    return parser.parse_args()


def main():
    options = arguments()
    try:
        scenarios = scenario.load(options.rule)
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    cases = [c for s in scenarios for c in s.cases] + [timeline.case()]
    runs = [(c, r) for c in cases for r in c.runs]
    try:
        if options.install:
            build.install()
        versions = [options.envoy] if options.envoy else envoys.VERSIONS
        binaries = {v: envoys.install(v) for v in versions}
        modules = build.build([r.plugin for _, r in runs] + [sources.helper("second")])
    except Missing as reason:
        print(f"SKIPPED: no evidence was produced: {reason}", file=sys.stderr)
        return SKIPPED
    pictures = []
    wrong = sum(observe_all(v, b, runs, modules, pictures) for v, b in binaries.items())
    print(f"{len(runs) * len(binaries) - wrong} passed, {wrong} failed")
    if wrong:
        return 1
    if options.rule or options.envoy:
        return 0
    if any(seen != pictures[0] for seen in pictures):
        print(f"error: the versions differ in the time line: {pictures}", file=sys.stderr)
        return 1
    pages = {
        DOCS / "evidence.md": document.page(scenarios, versions),
        DOCS / "evidence-timeline.svg": timeline.svg(pictures[0], versions),
    }
    return bring(pages, options.check)


def observe_all(version, binary, runs, modules, pictures):
    """Runs everything in one Envoy; gives how many runs showed something else than expected.

    What is to be drawn is added to `pictures`.
    """
    wrong = 0
    with Envoy(binary, KEPT / "run" / version, runs, modules) as envoy:
        for c, r in runs:
            name = key(c, r)
            sent = client.send_all(envoy, name, c.requests)
            seen = observe.lines(sent, c.look)
            if c.rule == "timeline":
                pictures.append(timeline.events(sent[0].log))
            print("ok   " if seen == r.sees else "WRONG", version, name)
            if seen != r.sees:
                wrong += 1
                print(f"  expected {r.sees}\n  seen     {seen}\n{sent[0].log[:1500]}")
    return wrong


def bring(pages, check):
    """Writes the pages, or only tells whether they are up to date. Gives the exit code."""
    old = [path for path, text in pages.items() if not path.exists() or path.read_text() != text]
    for path in old:
        if check:
            print(f"error: {path} is out of date; run evidence/run.py", file=sys.stderr)
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(pages[path])
            print("wrote", path)
    return 1 if check and old else 0


if __name__ == "__main__":
    sys.exit(main())
