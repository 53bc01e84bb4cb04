"""Scenarios: what is sent through which filters, and what has to be seen.

A file of `evidence/scenarios/` belongs to the rule that it is named after:

    about = "one sentence: what the host does behind the plugin's back"
    [[case]]
    name = "later-filter-reroutes"
    story = "what happens, for readers"
    filters = ["plugin", "lua x-to=paid"]   # see filters.py
    look = ["x-route"]                      # response headers (or `body`) that tell what the plugin did
    requests = [{ path = "/" }]             # see Request
    [[case.run]]
    plugin = "bad 1"                        # see sources.py
    sees = ["200 from paid, x-route: free"] # for each request, see observe.py
    says = "acts on the old route"
"""

import tomllib
from dataclasses import dataclass, field

from . import sources
from .paths import EVIDENCE


@dataclass(frozen=True)
class Request:
    """A request, and what happens around it."""

    method: str = "GET"
    path: str = "/"
    headers: dict = field(default_factory=dict)
    # Sent in two parts, so that the body's callback runs after the headers were let go.
    body: str = ""
    # Sent while the request before it waits for its upstream's answer.
    during: bool = False
    # The upstream takes its time.
    slow: bool = False
    # Done first: `configure TEXT` or `routes SUFFIX`.
    before: str = ""
    # Done after the head was sent and before the body.
    midway: str = ""


@dataclass(frozen=True)
class Run:
    """One plugin under the circumstances of a case."""

    kind: str  # bad, fixed or good
    plugin: sources.Plugin
    sees: list
    says: str
    source: str


@dataclass(frozen=True)
class Case:
    """Circumstances: filters and requests, for one or more plugins."""

    rule: str
    name: str
    story: str
    filters: list
    look: list
    requests: list
    configuration: str
    own_routes: bool
    runs: list


@dataclass(frozen=True)
class Scenario:
    """All cases of a rule."""

    rule: str
    about: str
    cases: list


def load(only=None):
    """All scenarios, sorted by rule; `only` picks one rule. Raises ValueError on a bad file."""
    files = sorted((EVIDENCE / "scenarios").glob("*.toml"))
    return [read(file) for file in files if only in (None, file.stem)]


def read(file):
    rule = file.stem
    try:
        data = tomllib.loads(file.read_text())
        cases = [case(rule, entry) for entry in data.pop("case")]
        return Scenario(rule, data.pop("about"), cases, **data)
    except (KeyError, TypeError, LookupError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"{file}: {error!r}") from error


def case(rule, entry):
    requests = [Request(**r) for r in entry.pop("requests")]
    runs = [run(rule, r, len(requests)) for r in entry.pop("run")]
    actions = [action for r in requests for action in (r.before, r.midway)]
    return Case(
        rule=rule,
        requests=requests,
        runs=runs,
        look=entry.pop("look", []),
        configuration=entry.pop("configuration", ""),
        own_routes=any(action.startswith("routes ") for action in actions),
        **entry,
    )


def run(rule, entry, requests):
    source = entry.pop("plugin")
    # A `bad` example can be right where nothing reroutes: such a run says `kind = "good"`.
    kind = entry.pop("kind", source.split()[0].removesuffix(".rs").split("_")[0])
    if kind not in ("bad", "fixed", "good"):
        raise ValueError(f"`{source}` is neither bad, fixed nor good")
    if len(entry["sees"]) != requests:
        raise ValueError(f"`{source}`: `sees` needs an entry for each request")
    return Run(kind=kind, plugin=sources.plugin(rule, source), source=source, **entry)
