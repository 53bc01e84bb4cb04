"""Sends requests as a scenario says."""

import http.client
import threading
import time

from .upstream import PATIENCE

# Seconds for a request to get to its upstream where a plugin may be holding it.
SETTLE = 0.3


class Sent:
    """A request on its way, in a thread of its own."""

    def __init__(self, envoy, key, request, number, hold):
        self.envoy, self.key, self.request, self.hold = envoy, key, request, hold
        self.id = f"{key}/{number}"
        self.status, self.headers, self.body, self.error = None, {}, "", None
        self.log_start = len(envoy.log())
        self.log = ""
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        try:
            self.exchange()
        except (OSError, http.client.HTTPException) as error:
            self.error = type(error).__name__

    def exchange(self):
        r = self.request
        connection = http.client.HTTPConnection("127.0.0.1", self.envoy.ports[self.key], timeout=2 * PATIENCE)
        connection.putrequest(r.method, r.path, skip_host="host" in r.headers,
                              skip_accept_encoding=True)
        headers = {"x-key": self.id, "connection": "close", **r.headers}
        if self.hold:
            headers["x-hold"] = "1"
        if r.slow:
            headers["x-slow"] = "1"
        if r.body:
            headers["content-length"] = str(len(r.body))
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        if r.body:
            connection.send(r.body[:1].encode())
            self.envoy.gates.wait_arrived(self.id, SETTLE)
            time.sleep(0.05)
            if r.midway:
                self.envoy.act(self.key, r.midway)
            connection.send(r.body[1:].encode())
        answer = connection.getresponse()
        self.body = answer.read().decode(errors="replace")
        self.status, self.headers = answer.status, dict(answer.getheaders())
        connection.close()

    def join(self):
        self.thread.join(4 * PATIENCE)
        if self.thread.is_alive():
            self.error = "no answer"
        time.sleep(0.02)  # for `on_log`
        self.log = self.envoy.log()[self.log_start:]
        return self


def send_all(envoy, key, requests):
    """Sends the requests of a case to the listener `key`; gives what came back, in their order."""
    sent = []
    held = None
    for number, request in enumerate(requests):
        if request.before:
            envoy.act(key, request.before)
        hold = number + 1 < len(requests) and requests[number + 1].during
        one = Sent(envoy, key, request, number, hold)
        sent.append(one)
        if hold:
            held = one
            envoy.gates.wait_arrived(one.id)
            continue
        one.join()
        if held:
            envoy.gates.release(held.id)
            held.join()
            held = None
    return sent
