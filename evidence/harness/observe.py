"""What was seen of a request, as one line of text.

`200 from paid, x-route: free` is an answer of the upstream `paid`; `by envoy` one that no upstream
gave; `no x-route` a header that is missing; `plugin trapped` what the proxy's log says.
"""

# What Envoy logs when a plugin's machine code ended in a trap.
TRAPS = ("Function: ", "Uncaught RuntimeError")


def line(sent, look):
    """The line for one request; `look` are the response headers to tell of."""
    if sent.error:
        return f"no answer ({sent.error})"
    headers = {k.lower(): v for k, v in sent.headers.items()}
    if "body" in look:
        headers["body"] = sent.body.strip()
    server = headers.get("x-served-by")
    parts = [f"{sent.status} from {server}" if server else f"{sent.status} by envoy"]
    parts += [f"{name}: {headers[name]}" if name in headers else f"no {name}" for name in look]
    if any(all(word in entry for word in TRAPS) for entry in sent.log.splitlines()):
        parts.append("plugin trapped")
    return ", ".join(parts)


def lines(sent, look):
    """The lines for all requests of a run."""
    return [line(one, look) for one in sent]
