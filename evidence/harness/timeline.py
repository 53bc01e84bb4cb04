"""Draws `docs/evidence-timeline.svg`: one observed request, callback by callback.

What is drawn was logged while the request went through Envoy: by the plugin in each callback
(`evidence/plugins/timeline.rs`), and by the Lua filter that reroutes.
"""

import re
from dataclasses import dataclass
from html import escape

from . import sources
from .scenario import Case, Request, Run

EVENT = re.compile(r"EVIDENCE (?:callback (\w+) (\S+) (\S+)|reroute (.+))$", re.M)


@dataclass(frozen=True)
class Event:
    """A callback with what the plugin held and the host had, or (`callback` empty) a reroute."""

    callback: str
    held: str
    host: str
    reroute: str


def case():
    """The request that is drawn."""
    run = Run("bad", sources.helper("timeline"), ["200 from paid, x-route: free"], "", "timeline.rs")
    return Case("timeline", "one-request", "", ["plugin", "lua x-to=paid"], ["x-route"],
                [Request(method="POST", body="hello")], "", False, [run])


def events(log):
    """What a part of Envoy's log tells, in its order."""
    return [Event(*(group or "" for group in found)) for found in EVENT.findall(log)]


LEFT, STEP, WIDTH, HEIGHT = 120, 150, 1040, 330
AXIS, HOST, HELD, BAR = 120, 160, 225, 34
REACH = 66  # of a callback to either side
COLOURS = {"free": "#9ecae1", "paid": "#fdae6b"}
STALE = "#b30000"
STYLE = """\
text { font: 13px ui-monospace, Menlo, Consolas, monospace; fill: #222 }
.small { font-size: 11.5px; fill: #555 }
.lane { font-weight: bold }
.stale { fill: #b30000; font-weight: bold }
"""


def svg(seen, versions):
    """The picture of `seen`."""
    xs = [LEFT + 80 + STEP * n for n in range(len(seen))]
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        "<title>One observed request: the plugin's field keeps the old route</title>",
        f"<style>\n{STYLE}</style>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        text(20, 28, f"POST / through Envoy {' and '.join(versions)}, as observed; "
             "self.route is stored in on_http_request_headers", "lane"),
        line(LEFT, AXIS, WIDTH - 20, AXIS, "#222"),
        text(20, HOST + 22, "the host", "lane"),
        text(20, HELD + 22, "self.route", "lane"),
    ]
    for x, event in zip(xs, seen):
        out += heading(x, event)
    out += lane(xs, seen, HOST, lambda e: e.host)
    out += lane(xs, seen, HELD, lambda e: e.held)
    for x, event in zip(xs, seen):
        if event.callback and event.held != event.host:
            out.append(f'<rect x="{x - REACH + 4}" y="{HELD - 4}" width="{2 * REACH - 8}" height="{BAR + 8}" fill="none" '
                       f'stroke="{STALE}" stroke-width="2.5"/>')
            out.append(text(x, HELD + BAR + 26, "stale", "stale", "middle"))
    out.append(text(20, HEIGHT - 16, "At the reroute the host drops the route; the router finds the new one. "
                    "Written by evidence/run.py.", "small"))
    return "\n".join(out) + "\n</svg>\n"


def heading(x, event):
    """The name of a callback, or what happens between two of them."""
    if event.callback:
        prefix, _, name = event.callback.rpartition("on_http_")
        lines = ["on_http_", name] if event.callback.startswith("on_http_") else ["", event.callback]
        style = ""
    else:
        lines, style = ["another filter:", event.reroute], "stale"
    mark = "#222" if event.callback else STALE
    return [text(x, 70, lines[0], style or "small", "middle"), text(x, 88, lines[1], style, "middle"),
            line(x, AXIS - 22, x, HELD + BAR if not event.callback else HOST - 8, mark, dashed=not event.callback),
            f'<circle cx="{x}" cy="{AXIS}" r="4.5" fill="{mark}"/>']


def lane(xs, seen, y, value):
    """What one side has from callback to callback."""
    out = []
    stops = [(x, value(e)) for x, e in zip(xs, seen) if e.callback]
    start = stops[0][0] - REACH
    for (x, now), following in zip(stops, [*stops[1:], None]):
        if following is None:
            out.append(bar(start, x + REACH, y, now))
        elif following[1] != now:
            # It changed in between: at the reroute.
            cut = next(r for r, e in zip(xs, seen) if x < r < following[0] and not e.callback)
            end = following[0] - REACH
            out.append(bar(start, cut, y, now))
            out.append(f'<rect x="{cut}" y="{y}" width="{end - cut}" height="{BAR}" fill="none" stroke="#999" '
                       'stroke-dasharray="4 3"/>')
            out.append(text((cut + end) / 2, y + 22, "dropped", "small", "middle"))
            start = end
    return out + [text(x, y + 22, now, "", "middle") for x, now in stops]


def bar(start, end, y, route):
    return (f'<rect x="{start}" y="{y}" width="{end - start}" height="{BAR}" '
            f'fill="{COLOURS.get(route, "#ddd")}"/>')


def line(x1, y1, x2, y2, colour, dashed=False):
    dash = ' stroke-dasharray="4 3"' if dashed else ""
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{colour}" stroke-width="1.5"{dash}/>'


def text(x, y, words, style="", anchor="start"):
    return f'<text x="{x:g}" y="{y}" class="{style}" text-anchor="{anchor}">{escape(words)}</text>'
