"""Firefox, driven by Marionette, the protocol that it has for tests: lines of JSON over a socket."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from tests.support.browser import PATIENCE, Page, PageError
from tests.support.needs import needs

_PREFERENCES = {
    "marionette.port": 0,  # any that is free: it writes which into its profile
    "app.update.auto": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "toolkit.telemetry.enabled": False,
}
_RUN = """const done = arguments[arguments.length - 1];
(async () => (%s))().then(value => done({ value }), error => done({ error: `${error}` }));"""


class Firefox(Page):
    """A browser of one page, with a profile of its own, for as long as its context lasts."""

    def __init__(self, connection: socket.socket, lines: BinaryIO) -> None:
        self._lines, self._connection, self._number = lines, connection, 0
        self._next()  # what it is
        self.send("WebDriver:NewSession", capabilities={})
        self.send("WebDriver:SetTimeouts", script=1000 * PATIENCE, pageLoad=1000 * PATIENCE)

    def send(self, command: str, **parameters: Any) -> Any:
        """A command of Marionette, and its answer."""
        self._number += 1
        data = json.dumps([0, self._number, command, parameters]).encode()
        self._connection.sendall(b"%d:%s" % (len(data), data))
        _, number, error, result = self._next()
        assert number == self._number
        if error:
            raise PageError(f"{command}: {error['message']}")
        return result

    def _next(self) -> Any:
        size = b""
        while (byte := self._lines.read(1)) != b":":
            assert byte, "firefox ended"
            size += byte
        return json.loads(self._lines.read(int(size)))

    def go(self, url: str) -> None:
        self.send("WebDriver:Navigate", url=url)

    def run(self, script: str) -> Any:
        answer = self.send("WebDriver:ExecuteAsyncScript", script=_RUN % script, args=[])["value"]
        if "error" in answer:
            raise PageError(answer["error"])
        return answer.get("value")


@contextlib.contextmanager
def firefox(**preferences: bool | int | str) -> Iterator[Firefox]:
    """A browser, with preferences beside those that keep it from asking anybody anything."""
    program = needs("firefox-esr")
    with tempfile.TemporaryDirectory(prefix="memcodec-firefox-", ignore_cleanup_errors=True) as profile:
        lines = [
            f"user_pref({json.dumps(name)}, {json.dumps(value)});"
            for name, value in {**_PREFERENCES, **preferences}.items()
        ]
        (Path(profile) / "user.js").write_text("\n".join(lines))
        process = subprocess.Popen(
            [str(program), "--headless", "--marionette", "--no-remote", "--profile", profile],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": profile},
        )
        try:
            port = Path(profile) / "MarionetteActivePort"
            with (
                contextlib.closing(_connected(process, port)) as connection,
                connection.makefile("rb") as lines,
            ):
                yield Firefox(connection, lines)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _connected(process: subprocess.Popen[bytes], told: Path) -> socket.socket:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, "firefox ended as it started"
        with contextlib.suppress(OSError, ValueError):
            return socket.create_connection(("127.0.0.1", int(told.read_text())), timeout=2 * PATIENCE)
        time.sleep(0.1)
    raise AssertionError("firefox does not listen")
