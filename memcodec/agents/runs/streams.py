"""Answers that come piece by piece: recorded while they are read, with the time between, and given again."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Collection, Iterator
from typing import TYPE_CHECKING, Any

from memcodec.agents.runs import failures
from memcodec.agents.runs.identity import JSON
from memcodec.agents.runs.player import Ask

if TYPE_CHECKING:
    from memcodec.agents.runs.recording import Run

STREAM, ASYNC = "stream", "async stream"


def kind_of(value: Any) -> str | None:
    """What kind of stream something is; None for what is none."""
    if hasattr(value, "__aiter__"):
        return ASYNC
    return STREAM if hasattr(value, "__iter__") and hasattr(value, "__next__") else None


class Tape:
    """A stream on its way: its pieces so far. The run writes those that nobody read to their end when it ends
    itself.
    """

    def __init__(self, run: Run, ask: Ask, began: float, how: str) -> None:
        self._run, self._ask, self._began, self._how = run, ask, began, how
        self._pieces: list[JSON] = []
        self._delays: list[float] = []
        self._last, self._done = began, False
        run.tapes.add(self)

    def add(self, piece: Any) -> None:
        """A piece came."""
        now = time.perf_counter()
        self._pieces.append(self._run.encoded(piece, f"a piece of {self._ask.name}"))
        self._delays.append(round((now - self._last) * 1000, 1))
        self._last = now

    def end(self, error: Exception | None = None, *, whole: bool = False) -> None:
        """No more of it is read."""
        if self._done:
            return
        self._done = True
        self._run.tapes.discard(self)
        told = None if error is None else self._run.encoded(failures.told(error), "the error of a stream")
        ms = round((time.perf_counter() - self._began) * 1000, 3)
        cut = None if whole or error is not None else True
        fields: dict[str, Any] = {"answer": self._pieces, "delays": self._delays, "error": told, "cut": cut}
        self._run.write([self._run.answered(self._ask, how=self._how, ms=ms, **fields)])


class _Recording:
    """What both kinds share: the stream's own attributes, and an end."""

    def __init__(self, inner: Any, tape: Tape) -> None:
        self._inner, self._tape = inner, tape

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class Recording(_Recording):
    """A stream whose pieces are recorded as they are read."""

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        try:
            piece = next(self._inner)
        except StopIteration:
            self._tape.end(whole=True)
            raise
        except Exception as error:
            self._tape.end(error)
            raise
        self._tape.add(piece)
        return piece

    def close(self) -> None:
        """Read no more of it."""
        self._tape.end()
        if hasattr(self._inner, "close"):
            self._inner.close()

    def __enter__(self) -> Recording:
        return self

    def __exit__(self, *given: object) -> None:
        self.close()


class AsyncRecording(_Recording):
    """The same of a stream that is awaited."""

    def __init__(self, inner: Any, tape: Tape) -> None:
        super().__init__(inner, tape)
        self._iterator: Any = None

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    async def __anext__(self) -> Any:
        if self._iterator is None:
            self._iterator = aiter(self._inner)
        try:
            piece = await anext(self._iterator)
        except StopAsyncIteration:
            self._tape.end(whole=True)
            raise
        except Exception as error:
            self._tape.end(error)
            raise
        self._tape.add(piece)
        return piece

    async def aclose(self) -> None:
        """Read no more of it."""
        self._tape.end()
        for name in ("aclose", "close"):
            if hasattr(self._inner, name):
                await getattr(self._inner, name)()
                return

    close = aclose

    async def __aenter__(self) -> AsyncRecording:
        return self

    async def __aexit__(self, *given: object) -> None:
        await self.aclose()


def recording(kind: str, run: Run, ask: Ask, stream: Any, began: float, how: str | None) -> Any:
    """A stream that a call gave, whose pieces are recorded."""
    tape = Tape(run, ask, began, f"{how or ''} {kind}".strip())
    return AsyncRecording(stream, tape) if kind == ASYNC else Recording(stream, tape)


class Replayed:
    """The pieces of a recorded stream, and the error that it ended with."""

    def __init__(self, pieces: list[Any], error: JSON, packages: Collection[str]) -> None:
        self._pieces, self._error, self._packages = iter(pieces), error, packages

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        for piece in self._pieces:
            return piece
        if self._error is not None:
            raise failures.again(self._error, self._packages)
        raise StopIteration

    def close(self) -> None:
        """Read no more of it."""

    def __enter__(self) -> Replayed:
        return self

    def __exit__(self, *given: object) -> None:
        self.close()


class AsyncReplayed:
    """The same for who awaits it."""

    def __init__(self, inner: Replayed) -> None:
        self._inner = inner

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    async def __anext__(self) -> Any:
        for piece in self._inner:
            return piece
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """Read no more of it."""

    close = aclose

    async def __aenter__(self) -> AsyncReplayed:
        return self

    async def __aexit__(self, *given: object) -> None:
        await self.aclose()


def recorded(how: str, pieces: Any, error: JSON, packages: Collection[str]) -> Any:
    """A recorded stream, of the kind it was."""
    replayed = Replayed(list(pieces or []), error, packages)
    return AsyncReplayed(replayed) if how == ASYNC else replayed
