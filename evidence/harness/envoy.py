"""A running Envoy with a listener for each run of a case."""

import json
import os
import subprocess
import time
import urllib.request

from . import filters, routes
from .upstream import Gates, Upstream

READY = 60.0  # seconds
# Whatever proxy the environment names is not for this machine.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
ROUTER = filters.typed("envoy.filters.http.router", "envoy.extensions.filters.http.router.v3.Router")
MANAGER = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"


class Envoy:
    """An Envoy of one version, its upstreams, and what it is configured with.

    `runs` are pairs of a case and a run. Use it in a `with`: leaving it ends the process.
    """

    def __init__(self, binary, folder, runs, modules):
        self.binary, self.folder, self.modules = binary, folder, modules
        folder.mkdir(parents=True, exist_ok=True)
        self.log_path = folder / "envoy.log"
        self.gates = Gates()
        self.runs = {key(c, r): (c, r) for c, r in runs}
        # All sockets get the port that the system picks: a guessed one may be taken meanwhile.
        self.admin = None
        self.ports = {}
        self.texts = {k: c.configuration for k, (c, _) in self.runs.items()}
        self.suffixes = {k: "" for k, (c, _) in self.runs.items() if c.own_routes}
        self.process = None
        self.upstreams = {}

    def __enter__(self):
        names = [n for n in routes.CLUSTERS if n != "flap"]
        self.upstreams = {n: Upstream(n, self.gates) for n in names}
        self.upstreams["busy"] = Upstream("busy", self.gates, status=503)
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def start(self):
        self.write("lds.json", self.listeners())
        for k, suffix in self.suffixes.items():
            self.write_routes(k, suffix)
        hosts = {n: [(n, u.port)] for n, u in self.upstreams.items()}
        hosts["flap"] = [*hosts.pop("busy"), *hosts["free"]]
        bootstrap = self.write("bootstrap.json", {
            "node": {"id": "evidence", "cluster": "evidence"},
            "admin": {"address": routes.address(0)},
            "dynamic_resources": {"lds_config": file_source(self.folder / "lds.json")},
            "static_resources": {"clusters": [routes.cluster(n, h) for n, h in hosts.items()]},
        })
        admin = self.folder / "admin"
        admin.unlink(missing_ok=True)
        command = [str(self.binary), "-c", str(bootstrap), "--admin-address-path", str(admin),
                   "--concurrency", "1", "--use-dynamic-base-id",
                   "--disable-hot-restart", "-l", "warn", "--component-log-level", "wasm:info",
                   "--log-format", "[%l][%n] %v"]
        with open(self.log_path, "w") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        end = time.monotonic() + READY
        while time.monotonic() < end and self.process.poll() is None:
            try:
                self.admin = admin.read_text().strip()
                if self.ask("/ready").strip() == "LIVE":
                    self.ports = self.listening()
                    return
            except (OSError, ValueError):
                time.sleep(0.1)
        raise RuntimeError(f"envoy did not get ready:\n{self.log()[-2000:]}")

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for upstream in self.upstreams.values():
            upstream.close()

    def listening(self):
        """The port of each listener. Raises ValueError when one is missing."""
        statuses = json.loads(self.ask("/listeners?format=json"))["listener_statuses"]
        ports = {s["name"]: s["local_address"]["socket_address"]["port_value"] for s in statuses}
        if set(ports) != set(self.runs):
            raise ValueError("not all listeners are there yet")
        return ports

    def log(self):
        return self.log_path.read_text(errors="replace")

    def ask(self, path):
        """What the admin interface answers."""
        with DIRECT.open(f"http://{self.admin}{path}", timeout=2) as answer:
            return answer.read().decode()

    def write(self, name, content):
        """Writes a file at once, as Envoy watches for."""
        path = self.folder / name
        draft = path.with_suffix(".draft")
        draft.write_text(json.dumps(content))
        os.replace(draft, path)
        return path

    def listeners(self):
        return {"resources": [self.listener(k) for k in self.runs]}

    def listener(self, k):
        case, run = self.runs[k]
        chain = [filters.make(words, k, self.modules[run.plugin.name], self.modules["helper_second"],
                              self.texts[k]) for words in case.filters]
        manager = {"@type": routes.TYPE + MANAGER, "stat_prefix": "evidence", "http_filters": [*chain, ROUTER]}
        if k in self.suffixes:
            manager["rds"] = {"route_config_name": "routes",
                              "config_source": file_source(self.folder / f"{k}.routes.json")}
        else:
            manager["route_config"] = routes.configuration()
        network = {"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}
        return {"@type": routes.TYPE + "envoy.config.listener.v3.Listener", "name": k,
                "address": routes.address(0), "filter_chains": [{"filters": [network]}]}

    def write_routes(self, k, suffix):
        kind = {"@type": routes.TYPE + "envoy.config.route.v3.RouteConfiguration"}
        resource = kind | routes.configuration(suffix)
        self.write(f"{k}.routes.json", {"version_info": suffix or "first", "resources": [resource]})

    def act(self, k, action):
        """Does what a request of a scenario asks for: `configure TEXT` or `routes SUFFIX`."""
        word, _, argument = action.partition(" ")
        if word == "configure":
            self.texts[k] = argument
            self.write("lds.json", self.listeners())
            self.wait_for("/config_dump?resource=dynamic_listeners", f'"value": "{argument}"')
        elif word == "routes":
            self.write_routes(k, argument)
            self.wait_for("/config_dump?resource=dynamic_route_configs", f'"free{argument}"')
        else:
            raise ValueError(f"no action `{action}`")

    def wait_for(self, path, text):
        end = time.monotonic() + 5
        while text not in self.ask(path):
            if time.monotonic() > end:
                raise RuntimeError(f"envoy does not show `{text}`")
            time.sleep(0.05)
        # Worker threads take it over a moment after the main thread shows it.
        time.sleep(0.3)


def file_source(path):
    return {"path_config_source": {"path": str(path)}, "resource_api_version": "V3"}


def key(case, run):
    """The name of the listener of a run."""
    return f"{case.rule}.{case.name}.{run.source}".replace(" ", "-").replace("/", "-")
