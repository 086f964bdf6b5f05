"""Runs of agents: which there are, what they did, what became of one that was executed again. ``agents/runs`` fills
them.
"""

from __future__ import annotations

from typing import Any

from memcodec.answers.typed import TypedDict


class RunAnswer(TypedDict):
    """A run. ``at``: the step of ``parent`` that it was forked before; null for one that began inside its parent."""

    id: str
    parent: str | None
    at: int | None
    tags: dict[str, str]
    status: str
    began: str
    seconds: float
    steps: int
    calls: int


class RunsAnswer(TypedDict):
    """``runs list``."""

    file: str
    runs: list[RunAnswer]


class StepAnswer(TypedDict):
    """A step: ``own`` unless it is the parent's. ``data``: its record, every value whole."""

    step: int
    time: str
    task: str
    kind: str
    name: str
    own: bool
    data: dict[str, Any]


class RunShowAnswer(TypedDict):
    """``runs show``."""

    file: str
    run: RunAnswer
    steps: list[StepAnswer]


class ValueAnswer(TypedDict):
    """A key, or a machine, what it is, and the number of the event that set it."""

    key: str
    value: Any
    version: int


class KvAnswer(TypedDict):
    """``runs kv``: the keys, and the states of machines."""

    file: str
    run: str
    values: list[ValueAnswer]
    states: list[ValueAnswer]


class EventAnswer(TypedDict):
    """An event of a run."""

    number: int
    time: str
    type: str
    body: Any


class EventsAnswer(TypedDict):
    """``runs events``."""

    file: str
    run: str
    events: list[EventAnswer]


class SideAnswer(TypedDict):
    """One side of a difference: what was asked, as text."""

    kind: str
    name: str
    request: str


class PartAnswer(TypedDict):
    """Where two values differ, and what stands there in each."""

    where: str
    recorded: str
    now: str


class CauseAnswer(TypedDict):
    """The first value that an agent wrote and that differed."""

    step: int
    kind: str
    name: str
    line: str


class DivergenceAnswer(TypedDict):
    """The first thing that was done otherwise; ``line`` says it."""

    kind: str
    step: int
    task: str
    ordinal: int
    recorded: SideAnswer | None
    now: SideAnswer | None
    parts: list[PartAnswer]
    cause: CauseAnswer | None
    note: str
    line: str


class ReplayAnswer(TypedDict):
    """``runs replay``: of ``answers`` recorded ones so many were given, and so many calls were made. ``exit``: the
    command's exit code."""

    file: str
    run: str
    mode: str
    status: str
    answers: int
    reused: int
    made: int
    exit: int
    divergence: DivergenceAnswer | None


class ForkAnswer(TypedDict):
    """``runs fork``: the new run, and what became of the command, if there was one."""

    file: str
    run: str
    parent: str
    at: int
    replay: ReplayAnswer | None


class FirstAnswer(TypedDict):
    """The first difference of two runs, with its step in each."""

    kind: str
    a: int | None
    b: int | None
    task: str
    name: str
    parts: list[PartAnswer]
    cause: str


class KeyAnswer(TypedDict):
    """A key whose values differ; null where there is none."""

    key: str
    a: Any
    b: Any


class RunDiffAnswer(TypedDict):
    """``runs diff``: ``shared`` steps at the beginning are the same ones; ``status`` of both."""

    file: str
    a: str
    b: str
    shared: int
    first: FirstAnswer | None
    keys: list[KeyAnswer]
    status: list[str]


class PutAnswer(TypedDict):
    """The MCP tool ``run_put``: whether the key was set; its value and version now, 0 where there is none."""

    file: str
    run: str
    key: str
    done: bool
    value: Any
    version: int


class EndAnswer(TypedDict):
    """``runs end``, and the MCP tools ``run_begin`` and ``run_end``."""

    file: str
    run: str
    status: str


class RunsGcAnswer(TypedDict):
    """``runs gc``: the runs that were dropped, how many contents with them, and how many runs stay."""

    file: str
    dropped: list[str]
    contents: int
    kept: int
