"""Writes `docs/evidence.md`: what was done, and what was seen.

`tests/evidence.rs` reads it: sections named after rules, a paragraph that starts with `*Observed*`,
and lines that give the fingerprint of each plugin's source.
"""

import textwrap

from .sources import fingerprint

WIDTH = 100
HEAD = """\
# Evidence

What the rules say was seen in real Envoys. `evidence/run.py` wrote this page: it builds the
examples of the rule documents to Wasm as they are printed there, runs each in Envoy {versions}
with the filters and requests of a scenario, and compares what comes back with what the scenario
expects. All versions gave the same answers.

How to read an observation: `200 from paid, x-route: free` is the status, the upstream that
answered (each is named after its route), and the response header by which the plugin shows what
it went by. `by envoy` is an answer that no upstream gave, `no x-route` a header that was not
there, `plugin trapped` a trap of the Wasm machine in the proxy's log. Routes are selected by the
request header `x-to`; without it the route is `free`.

![Time line of one observed run](evidence-timeline.svg)

## Bugs and cures

| rule | scenario | Envoy | observed bad | observed fixed |
| --- | --- | --- | --- | --- |
"""
GOOD = """
## Look-alikes

Right although they look like the bug, or because nothing in the scenario reroutes.

| beside rule | scenario | Envoy | plugin | observed |
| --- | --- | --- | --- | --- |
"""


def page(scenarios, versions):
    """The whole page; everything in it was observed in all `versions`."""
    text = HEAD.format(versions=joined(versions))
    cells = ", ".join(versions)
    good = []
    for c in (c for s in scenarios for c in s.cases):
        columns = {kind: "<br>".join(seen(r) for r in c.runs if r.kind == kind) for kind in ("bad", "fixed")}
        if any(columns.values()):
            text += f"| `{c.rule}` | {c.name} | {cells} | {columns['bad'] or '-'} | {columns['fixed'] or '-'} |\n"
        good += [f"| `{c.rule}` | {c.name} | {cells} | {r.plugin.title} {r.says} | {seen(r)} |\n" for r in c.runs if r.kind == "good"]
    text += GOOD + "".join(good) if good else ""
    return text + "".join(section(s, versions) for s in scenarios)


def section(scenario, versions):
    """Everything about one rule."""
    text = f"\n## {scenario.rule}\n\n{wrapped(observed(scenario, versions))}\n"
    for c in scenario.cases:
        text += f"\n### {c.name}\n\n{wrapped(c.story)}\n\n"
        text += f"- Filters: {', '.join(f'`{f}`' for f in c.filters)}, then the router.\n"
        text += "".join(f"- Request: {request(r)}.\n" for r in c.requests)
        text += "\n"
        text += "".join(f"- {r.plugin.title} (`{fingerprint(r.plugin.code)}`) {r.says}: {seen(r)}\n" for r in c.runs)
    return text


def observed(scenario, versions):
    """The paragraph that the rule's document has too: the first bug and its cure."""
    case = scenario.cases[0]
    first = {kind: next(r for r in case.runs if r.kind == kind) for kind in ("bad", "fixed")}
    noun = {kind: "example" if r.plugin.title.startswith("`" + kind) else "plugin" for kind, r in first.items()}
    return (
        f"*Observed* in Envoy {joined(versions)}: {case.story} "
        + " ".join(f"The `{kind}` {noun[kind]} {r.says}: {seen(r)}." for kind, r in first.items())
    )


def request(r):
    words = f"`{r.method} {r.path}`"
    if r.headers:
        words += " with " + ", ".join(f"`{k}: {v}`" for k, v in r.headers.items())
    if r.body:
        words += ", the body after the head"
    if r.slow:
        words += ", to which the upstream answers late"
    if r.during:
        words += ", while the one before waits for its answer"
    if r.before:
        words += f", after `{r.before}`"
    if r.midway:
        words += f", between head and body `{r.midway}`"
    return words


def seen(run):
    return ", then ".join(f"`{line}`" for line in run.sees)


def joined(versions):
    return " and ".join(versions)


def wrapped(text):
    return textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)
