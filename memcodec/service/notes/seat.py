"""One who edits a note, or watches: his connection, what he is sent, and how he is let go when he does not take it."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable

from starlette.websockets import WebSocket, WebSocketDisconnect

from memcodec.errors import MemcodecError
from memcodec.service.access import Client
from memcodec.service.faults import Refused
from memcodec.service.notes.wire import Malformed

AGAIN = 1013  #: RFC 6455's registry: come back later
_BEHIND = 4 << 20  # bytes that may wait for one who reads slowly
_SLOW = 10.0  # seconds that he may take for one message


class Seat:
    """A connection. ``may_write``: he edits; else he watches."""

    def __init__(self, socket: WebSocket, client: Client, *, may_write: bool) -> None:
        self.client, self.may_write = client, may_write
        self.greeted = False  # whether he said what he has
        self.taken = 0  # updates of his so far
        self._socket = socket
        self._out, self._size, self._wake = deque[bytes](), 0, asyncio.Event()
        self._end: tuple[int, str] | None = None

    def send(self, message: bytes) -> None:
        """Have him told; waits for nobody. One too far behind is let go: he gets all of it when he comes back."""
        if self._end is not None:
            return
        if self._size and self._size + len(message) > _BEHIND:
            self.drop(AGAIN, "too slow")
            return
        self._out.append(message)
        self._size += len(message)
        self._wake.set()

    def drop(self, code: int, reason: str) -> None:
        """Let him go, with a reason."""
        if self._end is None:
            self._end = code, reason[:120]
            if code == AGAIN:
                self._out.clear()
            self._wake.set()

    async def sit(self, take: Callable[[bytes], Awaitable[None]]) -> None:
        """Have every message of his taken, until he goes or is let go."""
        sending = asyncio.create_task(self._send_all())
        receiving = asyncio.create_task(self._receive_all(take))
        try:
            await asyncio.wait({sending, receiving}, return_when=asyncio.FIRST_COMPLETED)
            if self._end is not None:
                await asyncio.wait({sending}, timeout=_SLOW)
        finally:
            self._end = self._end or (1000, "")
            for task in (sending, receiving):
                task.cancel()
            await asyncio.gather(sending, receiving, return_exceptions=True)

    async def _receive_all(self, take: Callable[[bytes], Awaitable[None]]) -> None:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError, OSError):
            while self._end is None:
                try:
                    message = await self._socket.receive()
                    if message["type"] != "websocket.receive":
                        return
                    if not isinstance(data := message.get("bytes"), bytes):
                        raise Malformed("messages about notes are binary")
                    await take(data)
                except Malformed as error:
                    self.drop(4400, f"not understood: {error}")
                except Refused as error:
                    self.drop(4000 + error.status, str(error))
                except MemcodecError as error:
                    self.drop(AGAIN, str(error))

    async def _send_all(self) -> None:
        with contextlib.suppress(TimeoutError, WebSocketDisconnect, RuntimeError, OSError):
            while True:
                while self._out:
                    message = self._out.popleft()
                    self._size -= len(message)
                    async with asyncio.timeout(_SLOW):
                        await self._socket.send_bytes(message)
                if self._end is not None:
                    async with asyncio.timeout(_SLOW):
                        await self._socket.close(*self._end)
                    return
                self._wake.clear()
                await self._wake.wait()
