"""``Run``: what an agent does, recorded in a memory file as it does it, or executed again from what was recorded."""

from __future__ import annotations

import contextlib
import contextvars
import random
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TypeVar, overload

from memcodec.agents.runs import records, tasks
from memcodec.agents.runs.calling import Client, called
from memcodec.agents.runs.opening import Begun, Request, begin
from memcodec.agents.runs.paths import root
from memcodec.agents.runs.player import Ask, Player, asked
from memcodec.agents.runs.records import Record
from memcodec.agents.runs.stores import KV, Events, State
from memcodec.agents.runs.streams import Tape
from memcodec.agents.runs.transactions import Buffer
from memcodec.agents.runs.values import decode
from memcodec.agents.runs.view import View
from memcodec.errors import Closed, ConfigError

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")

_running: contextvars.ContextVar[Run | None] = contextvars.ContextVar("memcodec_run", default=None)


class Run:
    """A run, made by ``memcodec.run``: use it in a ``with`` or an ``async with``, whose end says how it ended.

    For many threads and tasks. What is put, appended and compared is in the file when the method returns, and on
    stable storage as the file's durability has it; at the end of the ``with`` all is.
    """

    def __init__(self, request: Request) -> None:
        self._request = request
        self._begun: Begun | None = None
        self._ended: Begun | None = None
        self._task: tasks.Task | None = None
        self._ends = contextlib.ExitStack()
        self._buffers: contextvars.ContextVar[Buffer | None] = contextvars.ContextVar(
            "transaction", default=None
        )
        self._lock = threading.Lock()
        self._is_live = False
        self.tapes: set[Tape] = set()  #: streams that are being read
        self.kv = KV(self)  #: keys and values
        self.events = Events(self)  #: what happened, in order

    @property
    def id(self) -> str:
        """Its ULID."""
        return self._known.scribe.run

    @property
    def tags(self) -> dict[str, str]:
        """What it is marked with."""
        return dict(self._known.tags)

    @property
    def parent(self) -> str | None:
        """The run that it was forked from, or that it began inside."""
        return self._known.parent

    @property
    def status(self) -> str:
        """``running``, ``done``, ``failed``, or what ``end`` was given."""
        return self._open.scribe.refresh().status

    @property
    def mode(self) -> str:
        """``record``, ``replay`` or ``fork``; ``apart`` for a further run of a process that replays one."""
        return self._known.mode

    # Its life

    def __enter__(self) -> Run:
        if self._begun is not None or self._ended is not None:
            raise ConfigError("a run begins once; make another with memcodec.run")
        outer = _running.get()
        with contextlib.ExitStack() as ends:
            begun = begin(self._request, outer.id if outer is not None else None, ends)
            self._task = tasks.Task(root(begun.worker))
            ends.enter_context(tasks.within(self._task))
            token = _running.set(self)
            ends.callback(_left, token)
            self._begun = begun
            self._ends = ends.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        begun = self._open
        with self._ends:
            for tape in list(self.tapes):
                tape.end()
            self._begun, self._ended = None, begun
            begun.finish(kind, value)

    async def __aenter__(self) -> Run:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.__exit__(kind, value, trace)

    def end(self, status: str) -> None:
        """Say how it ended, where that is neither ``done`` nor ``failed``; the end of the ``with`` adds nothing
        then.
        """
        self._open.status = status

    def sync(self) -> None:
        """All that was written is on stable storage when this returns."""
        self._open.scribe.ledger.sync()

    # What is recorded

    @overload
    def call(self, function: F) -> F: ...
    @overload
    def call(self, *, name: str | None = None, key: Callable[..., Any] | None = None) -> Callable[[F], F]: ...
    def call(
        self, function: F | None = None, *, name: str | None = None, key: Callable[..., Any] | None = None
    ) -> Any:
        """A function whose calls are recorded, and answered from the record in a replay: ``@run.call``.

        It may be ``async``, and it may give its answer piece by piece. A call is known by its ``name``, the
        function's own, and by its arguments; ``key`` is called with them and says what it depends on instead.
        Arguments and answers must be what JSON, dataclasses or pydantic can write. What it raises is recorded and
        raised again.
        """
        if function is None:
            return lambda each: called(self, each, name, key)
        return called(self, function, name, key)

    def wrap(self, client: T, *, name: str = "") -> T:
        """A client, as of OpenAI or Anthropic, whose calls are recorded: ``client = run.wrap(OpenAI())``.

        Each public method of it and of what it consists of is a call, ``chat.completions.create``; streams are
        recorded as they are read. Attributes are as they were. The object that is given stays as it is.
        """
        return Client(self, client, name)  # type: ignore[return-value]

    def now(self) -> datetime:
        """The time, in UTC; in a replay what it was then."""
        return datetime.fromtimestamp(self._given("now", lambda: datetime.now(UTC).timestamp()), UTC)

    def random(self) -> float:
        """A number from 0 to below 1; in a replay the same."""
        return float(self._given("random", random.random))

    def uuid(self) -> uuid.UUID:
        """A random UUID; in a replay the same."""
        return uuid.UUID(self._given("uuid", lambda: str(uuid.uuid4())))

    def _given(self, kind: str, make: Callable[[], Any]) -> Any:
        ask = self.ask(kind, kind, None)
        found = self.recorded(ask)
        if found is not None:
            return self.answer_of(found)
        value = make()
        self.write([self.answered(ask, answer=value)])
        return value

    # What it is about

    def state(self, name: str) -> State:
        """A state machine: ``run.state("task:1").cas("pending", "claimed")``."""
        return State(self, name)

    def trace(
        self,
        thought: str,
        *,
        confidence: float | None = None,
        alternatives: Sequence[Any] | None = None,
        **more: Any,
    ) -> None:
        """What the agent thought, how sure it was, and what else it considered."""
        tree = self._open.scribe.tree
        fields = {"thought": tree(thought, "thought"), "confidence": tree(confidence, "confidence")}
        fields["alternatives"] = tree(alternatives, "alternatives")
        fields["more"] = tree(more, "trace") if more else None
        self.own("trace", **fields)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """What is written inside is written together at its end, or not at all.

        That is after an exception, or, with a ``Conflict``, when a ``cas`` inside found another value than it expected.
        Calls are recorded when they are made: they cannot be taken back.
        """
        if self._buffers.get() is not None:
            raise ConfigError("a transaction stands in no other")
        buffer = Buffer(self)
        token = self._buffers.set(buffer)
        try:
            yield
        finally:
            self._buffers.reset(token)
        buffer.commit()

    # For the modules beside this one

    @property
    def _open(self) -> Begun:
        if self._begun is None:
            raise Closed("the run is not under way; use it in a with")
        return self._begun

    @property
    def _known(self) -> Begun:
        """As ``_open``, after its end too."""
        return self._ended or self._open

    @property
    def player(self) -> Player | None:
        """What gives recorded answers, in a replay or a fork."""
        return self._open.player

    @property
    def buffer(self) -> Buffer | None:
        """The transaction that is open here."""
        return self._buffers.get()

    @property
    def model(self) -> str | None:
        """The model that a fork asks instead of the one that is named."""
        return self._known.model

    def encoded(self, value: Any, what: str, *, asked: bool = False) -> Any:
        """A value as JSON, without secrets."""
        return self._open.scribe.tree(value, what, asked=asked)

    def place(self, what: str) -> tuple[str, int]:
        """The task that asks, and the next number there of what it does."""
        self._open  # noqa: B018 - the run must be under way
        assert self._task is not None
        task = tasks.current_of(self._task)
        return task.path, task.next(what)

    def ask(self, kind: str, name: str, request: Any) -> Ask:
        """Something that a replay answers, at its place."""
        return asked(kind, name, request, *self.place("step"))

    def ask_instead(self, ask: Ask, request: Any) -> Ask:
        """Something else at the same place."""
        return asked(ask.kind, ask.name, request, ask.path, ask.ordinal)

    def recorded(self, ask: Ask, instead: Ask | None = None) -> Record | None:
        """What was recorded of it, or of what a fork asks ``instead``; None when it is to be done. Raises Diverged."""
        begun = self._open
        if begun.player is None:
            return None
        found = begun.player.find(ask, instead)
        if found is not None:
            return found[1]
        self._go_live()
        if (given := begun.given_answer(ask)) is not None:
            self.write([self.answered(ask, **given)])
            return Record(-1, ask.kind, given)
        return None

    def _go_live(self) -> None:
        """From here on things are done: what other processes had done before is there, too."""
        begun = self._open
        with self._lock:
            if self._is_live or begun.player is None:
                return
            self._is_live = True
            for each in begun.player.foreign:
                if each.kind in ("put", "delete", "state", "cas"):
                    begun.scribe.view.unpacker.learn(each.data)
                    begun.scribe.view.take(each)
            begun.scribe.follows = True

    def answer_of(self, record: Record, packages: Sequence[str] = ()) -> Any:
        """The recorded answer, as the call gave it."""
        return decode(self.field_of(record, "answer"), packages)

    def field_of(self, record: Record, name: str) -> Any:
        """A field of a recorded step, as JSON."""
        value, player = record.data.get(name), self._open.player
        return value if record.number < 0 or player is None else player.run.unpacker.unpack(value)

    def take(self, record: Record) -> None:
        """Have what a record says, without writing it."""
        self._open.scribe.view.take(record)

    def answered(self, ask: Ask, **fields: Any) -> dict[str, Any]:
        """The record of something that was done now."""
        return records.made(
            ask.kind,
            path=ask.path,
            ordinal=ask.ordinal,
            name=None if ask.name == ask.kind else ask.name,
            hash=ask.hash,
            request=ask.request,
            **fields,
        )

    def write(self, made: Sequence[dict[str, Any]], check: Callable[[View], None] | None = None) -> None:
        """Append records."""
        self._open.scribe.append(made, check)

    def own(self, kind: str, **fields: Any) -> None:
        """Something that the agent writes itself."""
        path, ordinal = self.place(kind)
        made = records.made(kind, path=path, ordinal=ordinal, **fields)
        if (buffer := self.buffer) is not None:
            buffer.add(made)
        else:
            self.put_down(made)

    def put_down(self, made: dict[str, Any]) -> None:
        """Write a record of the agent's own, unless it is one that a fork has from its parent."""
        if not self.was_there(made):
            self.write([made])

    def was_there(self, made: dict[str, Any]) -> bool:
        """Whether a record stands in the run that is executed again; the view has it then."""
        begun = self._open
        if begun.player is None:
            return False
        record = begun.player.own(made.get("path", ""), made["kind"], made.get("ordinal", -1), made)
        if record is None:
            return False
        self.take(Record(record.number, made["kind"], made))
        return True

    def view(self) -> View:
        """The run as it is now."""
        return self._open.scribe.refresh()

    def __repr__(self) -> str:
        return f"<Run {self.id}>" if self._begun or self._ended else "<Run, not under way>"


def _left(token: contextvars.Token[Run | None]) -> None:
    with contextlib.suppress(ValueError):  # its end is in another context, as that of a generator may be
        _running.reset(token)
