"""Chromium, driven by the DevTools protocol over a pipe: no package does it but what is here."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.support.browser import Page, PageError
from tests.support.needs import needs

_OPTIONS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-pipe",
]  # fmt: skip


class Tab(Page):
    """One page."""

    leaving = ("navigated or closed", "context was destroyed", "Cannot find context")

    def __init__(self, browser: Chromium, session: str) -> None:
        self._browser, self._session = browser, session
        self.send("Page.enable")
        self.send("Runtime.enable")
        self.send("Log.enable")

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """A command of the protocol."""
        return self._browser.send(method, self._session, **parameters)

    def go(self, url: str) -> None:
        self._browser.events.clear()
        answer = self.send("Page.navigate", url=url)
        assert "errorText" not in answer, answer
        self._browser.wait(lambda event: event["method"] == "Page.loadEventFired")

    def run(self, script: str) -> Any:
        answer = self.send(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True, timeout=60000
        )
        if failure := answer.get("exceptionDetails"):
            raise PageError(failure.get("exception", {}).get("description") or failure["text"])
        return answer["result"].get("value")

    def key(self, name: str, text: str = "") -> None:
        """A key, pressed and let go."""
        for kind in ("keyDown", "keyUp"):
            self.send("Input.dispatchKeyEvent", type=kind, key=name, text=text if kind == "keyDown" else "")

    def type(self, text: str) -> None:
        """Text, as if typed where the focus is."""
        self.send("Input.insertText", text=text)

    def size(self, width: int, height: int, *, scale: float = 1, mobile: bool = False) -> None:
        """The window's size."""
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=scale, mobile=mobile,
        )  # fmt: skip

    def dark(self, *, on: bool) -> None:
        """Whether the system's colours are dark."""
        features = [{"name": "prefers-color-scheme", "value": "dark" if on else "light"}]
        self.send("Emulation.setEmulatedMedia", features=features)

    def offline(self) -> None:
        """No network from now on."""
        self.send("Network.enable")
        self.send(
            "Network.emulateNetworkConditions",
            offline=True, latency=0, downloadThroughput=-1, uploadThroughput=-1,
        )  # fmt: skip

    def picture(self) -> bytes:
        """What is to be seen, as PNG."""
        return base64.b64decode(self.send("Page.captureScreenshot", format="png")["data"])

    @property
    def complaints(self) -> list[str]:
        """What the browser wrote into its log, of refused scripts and the like."""
        self.run("0")
        entries = [each["params"] for each in self._browser.events if each.get("sessionId") == self._session]
        return [each["entry"]["text"] for each in entries if each.get("entry", {}).get("level") == "error"]


class Chromium:
    """A browser with a profile of its own, for as long as its context lasts."""

    def __init__(self, process: subprocess.Popen[bytes], reading: int, writing: int) -> None:
        self._process, self._reading, self._writing = process, reading, writing
        self._number, self._pending = 0, b""
        self.events: list[dict[str, Any]] = []

    @property
    def pid(self) -> int:
        """Of its first process."""
        return self._process.pid

    def tab(self) -> Tab:
        """A new page, which shares nothing with others."""
        context = self.send("Target.createBrowserContext")["browserContextId"]
        target = self.send("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        return Tab(self, self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])

    def send(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """A command, and its answer."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._writing, data) :]
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise PageError(f"{method}: {answer['error']['message']}")
                found: dict[str, Any] = answer["result"]
                return found
            self.events.append(answer)

    def wait(self, is_wanted: Any) -> dict[str, Any]:
        """An event, of those that came since the last ``go`` or that will come."""
        for event in self.events:
            if is_wanted(event):
                return event
        while True:
            event = self._next()
            self.events.append(event)
            if "method" in event and is_wanted(event):
                return event

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._pending:
            data = os.read(self._reading, 1 << 16)
            assert data, "chromium ended"
            self._pending += data
        message, _, self._pending = self._pending.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found


@contextlib.contextmanager
def chromium(*options: str) -> Iterator[Chromium]:
    """A browser."""
    program = needs("chromium")
    to_read, to_write = os.pipe(), os.pipe()
    with tempfile.TemporaryDirectory(prefix="memcodec-chromium-", ignore_cleanup_errors=True) as profile:
        command = [str(program), *_OPTIONS, f"--user-data-dir={profile}", *options]
        script = f'exec "$@" 3<&{to_write[0]} 4>&{to_read[1]}'
        process = subprocess.Popen(
            ["bash", "-c", script, "chromium", *command],
            pass_fds=(to_write[0], to_read[1]),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": profile},
        )
        os.close(to_write[0])
        os.close(to_read[1])
        try:
            yield Chromium(process, to_read[0], to_write[1])
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            os.close(to_read[0])
            os.close(to_write[1])


def save(picture: bytes, path: Path) -> None:
    """A picture as a file."""
    path.write_bytes(picture)
