"""All notes of a service by a clock that is set here: when they are committed, and when they are let go."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from memcodec import Settings
from memcodec.service.access import Client, Role
from memcodec.service.metrics import Metrics
from memcodec.service.notes import hub, wire
from memcodec.service.notes.changes import Change
from memcodec.service.notes.hub import Notes
from memcodec.service.notes.pace import Pace
from memcodec.service.notes.shared import Shared
from memcodec.service.shelf import Shelf
from tests.service.conftest import made
from tests.service.notes.conftest import commits, held, in_file

LOCAL = Client("local", Role.ADMIN)


class Socket:
    """One who edits, in this process."""

    def __init__(self, client: Client = LOCAL) -> None:
        self.state = type("State", (), {"client": client})
        self.shared, self.stored, self.closed, self.is_here = Shared(), 0, 0, False
        self._in: asyncio.Queue[bytes | None] = asyncio.Queue()

    async def accept(self) -> None:
        self.say(wire.step1(self.shared.vector()))

    def say(self, message: bytes | None) -> None:
        self._in.put_nowait(message)

    def type(self, text: str) -> None:
        self.say(wire.update(self.shared.edit([Change(0, 0, text)])))

    async def receive(self) -> dict[str, Any]:
        data = await self._in.get()
        return (
            {"type": "websocket.disconnect"} if data is None else {"type": "websocket.receive", "bytes": data}
        )

    async def send_bytes(self, data: bytes) -> None:
        reader = wire.Reader(data)
        kind = reader.number()
        if kind == wire.STORED:
            self.stored = reader.number()
        elif kind == wire.SYNC and reader.number() != wire.STEP1:
            self.shared.apply(reader.bytes())
            self.is_here = True

    async def close(self, code: int, reason: str) -> None:
        self.closed = code
        self.say(None)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@contextlib.asynccontextmanager
async def notes(path: Path, clock: Clock) -> AsyncIterator[Notes]:
    shelf = Shelf([str(path)], Settings(), writable=True)

    async def nothing() -> None:
        pass

    made_notes = Notes(shelf, Metrics(), nothing, Pace(), clock)
    await made_notes.begin()
    try:
        yield made_notes
    finally:
        await made_notes.close()
        shelf.close()


async def until(is_so: Any) -> None:
    async with asyncio.timeout(30):
        while not is_so():
            await asyncio.sleep(0.01)


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


def test_after_five_seconds_of_rest_after_sixty_at_the_latest_and_let_go_after_ten_minutes(
    tmp_path: Path, state: Path
) -> None:
    path, clock = made(tmp_path / "birds.mp4", 1), Clock()

    async def work() -> None:
        async with notes(path, clock) as found:
            one = Socket()
            sitting = asyncio.create_task(found.serve(one, "birds.mp4", "a.md"))  # type: ignore[arg-type]
            await until(lambda: one.is_here)
            one.type("first ")
            await until(lambda: one.stored == 1)
            assert len(held(state)) == 1
            for seconds, count in ((4.9, 1), (0.2, 2), (100, 2)):
                clock.now += seconds
                await asyncio.sleep(0.5)
                await until(lambda count=count: len(commits(path)) == count)
            begun, typed = clock.now, 1
            while clock.now < begun + 59:
                one.type("more ")
                typed += 1
                await until(lambda typed=typed: one.stored == typed)
                clock.now += 4
            assert len(commits(path)) == 2
            clock.now += 1
            await until(lambda: len(commits(path)) == 3)
            one.say(None)
            await sitting
            clock.now += 599
            await asyncio.sleep(0.5)
            assert len(held(state)) == 1
            clock.now += 2
            await until(lambda: not held(state))
            assert in_file(path, "a.md") == one.shared.text

    asyncio.run(work())


def test_notes_and_people_are_bounded(tmp_path: Path, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, clock = made(tmp_path / "birds.mp4", 1), Clock()
    monkeypatch.setattr(hub, "ROOMS", 3)
    monkeypatch.setattr(hub, "SEATS", 2)

    async def work() -> None:
        async with notes(path, clock) as found:
            people = list[tuple[Socket, asyncio.Task[None]]]()
            for uri in ("a", "a", "a", "b", "c", "d"):
                one = Socket()
                sitting = asyncio.create_task(found.serve(one, "birds.mp4", uri))  # type: ignore[arg-type]
                people.append((one, sitting))
                await asyncio.sleep(0.2)
            assert [each.closed for each, _ in people] == [0, 0, 1013, 0, 0, 1013]
            people[3][0].say(None)  # nobody is at b any more, and nothing was written there
            await people[3][1]
            one = Socket()
            people.append((one, asyncio.create_task(found.serve(one, "birds.mp4", "d"))))  # type: ignore[arg-type]
            await until(lambda: one.is_here)
            one.type("x")
            await until(lambda: one.stored == 1)
        for _, sitting in people:
            await sitting
        assert {each.closed for each, _ in people[:3]} == {1012, 1013}

    asyncio.run(work())
    assert in_file(path, "d") == "x"
