"""The control API of credits-emulator, as far as these tests need it; specs/emulator.yaml of the package has all of it."""

import json
import os
import shutil
import subprocess
from urllib.error import HTTPError
from urllib.request import Request, urlopen


class Refused(Exception):
    """The emulator says what is wrong and what can be done."""


class Sandbox:
    """An isolated copy of everything."""

    def __init__(self, url, name, **options):
        """Makes it, or makes it anew; options are clock, fixtures, randomSeed, ttl and from."""
        self.name = name
        self.url = f"{url}/_sandbox/{name}/_emulator"
        self._call("PUT", f"/sandboxes/{name}", options)

    def env(self):
        """The variables that point clients at it."""
        return self._call("GET", "/env")

    def add_fault(self, **rule):
        return self._call("POST", "/faults", rule)

    def advance(self, by):
        """Everything that is due on the way happens; `by` is ISO 8601, such as PT1H."""
        return self._call("POST", "/clock/advance", {"by": by})

    def verify(self, match, **count):
        """Raises with what came nearest, where there were not so many such requests: exactly, atLeast or atMost."""
        return self._call("POST", "/requests/verify", {"match": match, "count": count or {"atLeast": 1}})

    def ledger(self, account):
        return self._call("GET", f"/ledger?account={account}")["entries"]

    def delete(self):
        self._call("DELETE", f"/sandboxes/{self.name}")

    def _call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = Request(self.url + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urlopen(request, timeout=10) as answer:
                text = answer.read()
                return json.loads(text) if text else None
        except HTTPError as error:
            raise Refused(json.dumps(json.load(error), indent=2)) from None


def start(*flags):
    """Starts an emulator on free ports; gives its process, and its URL once it is ready."""
    command = shutil.which("credits-emulator", path=os.path.join("node_modules", ".bin"))
    if command is None:
        raise RuntimeError("credits-emulator is not installed here: npm install")
    words = [command, "start", "--port", "0", "--log-format", "json", *flags]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        said = json.loads(line)
        if said.get("msg") == "ready":
            return process, said["url"]
    raise RuntimeError(f"The emulator ended with {process.wait()}.")
