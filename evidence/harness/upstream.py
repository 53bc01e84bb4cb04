"""The servers behind Envoy: they say who they are, and can be made to wait."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PATIENCE = 5.0  # seconds; nothing here waits longer
SLOW = 1.0  # seconds until a slow answer; a callout is answered long before


class Gates:
    """Requests that an upstream has received, and those that it may answer."""

    def __init__(self):
        self.changed = threading.Condition()
        self.arrived = set()
        self.released = set()

    def arrive(self, key):
        with self.changed:
            self.arrived.add(key)
            self.changed.notify_all()

    def release(self, key):
        with self.changed:
            self.released.add(key)
            self.changed.notify_all()

    def wait_arrived(self, key, seconds=PATIENCE):
        """Whether the request got to an upstream in that time."""
        with self.changed:
            return self.changed.wait_for(lambda: key in self.arrived, seconds)

    def wait_released(self, key):
        with self.changed:
            return self.changed.wait_for(lambda: key in self.released, PATIENCE)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """A proxy that gives up a request closes the connection: nothing to tell."""


class Upstream:
    """A server on a port of its own that answers `status` and `x-served-by: name`.

    A request with `x-key` is reported to the gates; with `x-hold` too it is answered only when
    released, and with `x-slow` after a while. `x-note` comes back in the answer, so that one can see what a plugin sent.
    """

    def __init__(self, name, gates, status=200):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                key = self.headers.get("x-key")
                if key:
                    gates.arrive(key)
                    if "x-hold" in self.headers:
                        gates.wait_released(key)
                    if "x-slow" in self.headers:
                        time.sleep(SLOW)
                self.rfile.read(int(self.headers.get("content-length", 0)))
                self.send_response(status)
                self.send_header("x-served-by", name)
                if "x-note" in self.headers:
                    self.send_header("x-note", self.headers["x-note"])
                self.send_header("content-length", "3")
                self.end_headers()
                self.wfile.write(b"ok\n")

            do_GET = do_POST = answer

            def log_message(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
