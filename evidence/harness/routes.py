"""Routes and clusters: each route is named after the cluster that serves it."""

TYPE = "type.googleapis.com/"
# What a request's header `x-to` selects; the last is the default.
SELECTED = ["paid", "admin", "canary"]
DEFAULT = "free"
CLUSTERS = [*SELECTED, DEFAULT, "auth", "flap"]


def address(port):
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}


def route(name, match, **action):
    return {"name": name, "match": match, "route": action}


def header(name, value):
    return {"prefix": "/", "headers": [{"name": name, "string_match": {"exact": value}}]}


def virtual_hosts(suffix=""):
    """The routes; a `suffix` to all names makes another version of them."""
    other = {"name": "envoy.retry_priorities.previous_priorities", "typed_config": {
        "@type": TYPE + "envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig",
        "update_frequency": 1}}
    retry = {"retry_on": "5xx", "num_retries": 1, "retry_priority": other}
    nothing = {"name": "nothing", "domains": ["nowhere"], "routes": []}
    return [nothing, {"name": "main", "domains": ["*"], "routes": [
        {"name": "direct" + suffix, "match": {"prefix": "/direct"}, "direct_response": {"status": 200}},
        route("retried" + suffix, {"prefix": "/retry"}, cluster="flap", retry_policy=retry),
        route("by-header" + suffix, header("x-mode", "by-header"), cluster_header="x-cluster"),
        *[route(n + suffix, header("x-to", n), cluster=n) for n in SELECTED],
        route(DEFAULT + suffix, {"prefix": "/"}, cluster=DEFAULT),
    ]}]


def configuration(suffix=""):
    """A route configuration for a listener to hold, or to be served by a file."""
    return {"name": "routes", "virtual_hosts": virtual_hosts(suffix)}


def cluster(name, hosts):
    """A cluster of `hosts`, pairs of a name and a port; the first is tried first, the next on a retry."""
    def endpoint(host, port):
        metadata = {"filter_metadata": {"evidence": {"host": host}}}
        return {"endpoint": {"address": address(port)}, "metadata": metadata}

    levels = [{"priority": n, "lb_endpoints": [endpoint(*host)]} for n, host in enumerate(hosts)]
    return {"name": name, "type": "STATIC", "connect_timeout": "1s",
            "load_assignment": {"cluster_name": name, "endpoints": levels}}
