"""One who edits a note as y-websocket would: pycrdt over a WebSocket, who comes back when he is cut off."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pycrdt
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from memcodec.service.notes import wire


class Client:
    """A note as one has it. ``stored`` of the ``sent`` updates of this connection are on stable storage."""

    def __init__(self, url: str, headers: dict[str, str] | None = None) -> None:
        self.url, self.headers = url, headers
        self.doc: pycrdt.Doc[pycrdt.Text] = pycrdt.Doc()
        self.body = self.doc.get("text", type=pycrdt.Text)
        self.sent = self.stored = 0
        self.waiting: list[
            tuple[int, str]
        ] = []  # edits, by what they are called, and in which update they are
        self.safe: list[str] = []  # those on stable storage
        self.standing: dict[str, Any] = {}
        self.states: list[bytes] = []
        self.is_open = False  # all that the service had is here, and it has all from here
        self.is_answered = False
        self.ended: tuple[int, str] | None = None
        self._socket: ClientConnection | None = None
        self._news = asyncio.Event()

    @property
    def text(self) -> str:
        return str(self.body)

    async def run(self, *, again: bool = False) -> None:
        """Until the connection ends; with ``again`` for ever."""
        while True:
            with contextlib.suppress(OSError, InvalidHandshake, ConnectionClosed, TimeoutError):
                async with connect(
                    self.url, additional_headers=self.headers, max_size=None, open_timeout=5
                ) as socket:
                    await self._speak(socket)
            self.is_open = self.is_answered = False
            self._socket = None
            self.waiting = [(0, name) for _, name in self.waiting]
            self._news.set()
            if not again:
                return
            await asyncio.sleep(0.05)

    async def _speak(self, socket: ClientConnection) -> None:
        self._socket, self.sent, self.stored = socket, 0, 0
        try:
            await socket.send(wire.step1(self.doc.get_state()))
            async for message in socket:
                assert isinstance(message, bytes)
                await self._take(message)
                self._news.set()
        finally:
            self.ended = socket.close_code or 1006, socket.close_reason or ""

    async def _take(self, message: bytes) -> None:
        reader = wire.Reader(message)
        kind = reader.number()
        if kind == wire.SYNC:
            part, data = reader.number(), reader.bytes()
            if part == wire.STEP1:
                self.is_answered, update = True, self.doc.get_update(data)
                self.waiting = [(number or self.sent + 1, name) for number, name in self.waiting]
                await self.send(wire.step2(update))
                return
            if data != b"\0\0":
                self.doc.apply_update(data)
            self.is_open = self.is_open or part == wire.STEP2
        elif kind == wire.STORED:
            self.stored = reader.number()
            self.safe += [name for number, name in self.waiting if 0 < number <= self.stored]
            self.waiting = [each for each in self.waiting if not 0 < each[0] <= self.stored]
        elif kind == wire.STANDING:
            self.standing = json.loads(reader.text())
        elif kind == wire.AWARENESS:
            self.states.append(reader.bytes())

    async def send(self, message: bytes) -> int:
        """Send a message; of an update its number."""
        assert self._socket is not None
        if message[0] == wire.SYNC and message[1] != wire.STEP1:
            self.sent += 1
        number = self.sent
        await self._socket.send(message)
        return number

    async def edit(self, at: int, text: str = "", remove: int = 0, *, name: str = "") -> None:
        """Change the text here, and tell the service if it is there. ``at``, ``remove``: in bytes."""
        before = self.doc.get_state()
        with self.doc.transaction():
            if remove:
                del self.body[at : at + remove]
            if text:
                self.body.insert(at, text)
        self.waiting.append((self.sent + 1 if self.is_answered else 0, name))
        if self.is_answered:
            with contextlib.suppress(ConnectionClosed):
                await self.send(wire.update(self.doc.get_update(before)))

    async def until(self, is_so: Callable[[], bool], patience: float = 30) -> None:
        """Return when something is so."""
        async with asyncio.timeout(patience):
            while not is_so():
                self._news.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), 0.05)

    async def settled(self) -> None:
        """Return when all that was written is on stable storage."""
        await self.until(lambda: self.is_open and self.sent == self.stored)

    async def committed(self) -> int | None:
        """Return when it is in the memory file; the number of the last commit."""
        await self.settled()
        await self.until(lambda: self.standing.get("committed") is True)
        found: int | None = self.standing["commit"]
        return found


@contextlib.asynccontextmanager
async def editing(url: str, file: str, uri: str, token: str | None = None) -> AsyncIterator[Client]:
    """One who edits."""
    client = Client(
        f"{url.replace('http', 'ws', 1)}/live/{file}/{uri}",
        {"Authorization": f"Bearer {token}"} if token is not None else None,
    )
    running = asyncio.create_task(client.run())
    try:
        await client.until(lambda: client.is_open or running.done())
        yield client
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
