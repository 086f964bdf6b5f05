"""The tools of the MCP server for runs: what agents did, and a run that is recorded by these calls themselves."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Callable, Iterator
from typing import Annotated, Any

from mcp.types import CallToolResult, TextContent
from pydantic import Field

from memcodec.agents.mcp import told_runs
from memcodec.agents.mcp.arguments import OneFile, Texts
from memcodec.agents.runs import comparing, history, keeping, opening, records, telling
from memcodec.agents.runs.ledger import Ledger
from memcodec.agents.runs.paths import root
from memcodec.agents.runs.redaction import Redactor
from memcodec.agents.runs.scribe import Scribe
from memcodec.agents.runs.view import RUNNING, View
from memcodec.answers.runs import (
    EndAnswer,
    EventsAnswer,
    KvAnswer,
    PutAnswer,
    RunDiffAnswer,
    RunsAnswer,
    RunShowAnswer,
)
from memcodec.answers.words import MCP, in_answer
from memcodec.collection import Collection
from memcodec.config.tags import parse_tags
from memcodec.errors import ConfigError, Conflict, NotFound

RunName = Annotated[str, Field(description="Its id, the beginning or end of one, or last.")]
Key = Annotated[str, Field(min_length=1, max_length=1000)]
Limit = Annotated[int, Field(ge=1, le=1000)]
Version = Annotated[
    int | None,
    Field(ge=0, description="Only if the key still has that version; 0: only if it is not there."),
]


class RunTools:
    """Tools over the runs of a collection's files. Their docstrings are what a model is told of them."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._path, self._ordinals = root(f"mcp{os.getpid()}"), itertools.count()

    @contextlib.contextmanager
    def _ledger(self, file: str | None) -> Iterator[tuple[str, Ledger]]:
        with contextlib.closing(self._collection.ledger(file=file)) as ledger:
            yield file or self._collection.names[0], ledger

    def runs(
        self,
        status: Annotated[str | None, Field(description="Only those: running, done, failed ...")] = None,
        tag: Annotated[
            Texts, Field(description="Only runs marked so, KEY=VALUE; or with all of several.")
        ] = None,
        limit: Limit = 20,
        file: OneFile = None,
    ) -> Annotated[CallToolResult, RunsAnswer]:
        """List the recorded runs of agents, the newest first."""
        tags = parse_tags([tag] if isinstance(tag, str) and tag else tag or []).items()
        with self._ledger(file) as (name, ledger):
            newest = (
                each for run in reversed(history.ids(ledger)) for each in history.summaries(ledger, [run])
            )
            fitting = (
                each
                for each in newest
                if tags <= each.tags.items() and (status or each.status) == each.status
            )
            answer = telling.runs(name, itertools.islice(fitting, limit))
        return _result(answer, told_runs.runs(answer))

    def run(
        self,
        run: RunName,
        first: Annotated[int, Field(ge=0, description="The step to begin with.")] = 0,
        count: Annotated[int, Field(ge=1, le=200, description="How many steps.")] = 30,
        file: OneFile = None,
    ) -> Annotated[CallToolResult, RunShowAnswer]:
        """Show a run and its steps: what was called, what it answered, what was written."""
        with self._ledger(file) as (name, ledger):
            found = history.load(ledger, run)
            if first >= len(found.steps):
                raise NotFound(
                    f"run {found.id} has steps 0 to {len(found.steps) - 1}; it has no step {first}"
                )
            steps = range(first, min(len(found.steps), first + count))
            answer = telling.show(name, history.summary(found), found, steps)
        return _result(answer, told_runs.steps(answer))

    def run_kv(
        self,
        run: RunName,
        key: Annotated[str | None, Field(description="That one alone.")] = None,
        before: Annotated[int | None, Field(ge=1, description="As they were before that step.")] = None,
        file: OneFile = None,
    ) -> Annotated[CallToolResult, KvAnswer]:
        """Read the keys of a run, or one, each with the version that run_put may ask for; and its states."""
        with self._ledger(file) as (name, ledger):
            found = history.load(ledger, run)
            answer = telling.kv(name, found if before is None else found.until(before), key or None)
        return _result(answer, told_runs.kv(answer))

    def run_events(
        self,
        run: RunName,
        type: Annotated[str | None, Field(description="Only events of that type.")] = None,  # noqa: A002 - the field's name
        after: Annotated[int, Field(ge=-1, description="Only those behind the event of that number.")] = -1,
        limit: Limit = 100,
        file: OneFile = None,
    ) -> Annotated[CallToolResult, EventsAnswer]:
        """Read the events of a run, in order."""
        with self._ledger(file) as (name, ledger):
            answer = telling.events(name, history.load(ledger, run), type or None)
        answer["events"] = [each for each in answer["events"] if each["number"] > after][:limit]
        return _result(answer, told_runs.events(answer))

    def run_diff(
        self, a: RunName, b: RunName, file: OneFile = None
    ) -> Annotated[CallToolResult, RunDiffAnswer]:
        """Name the first thing that one run did otherwise than another, with its cause, and the keys that differ."""
        with self._ledger(file) as (name, ledger):
            answer = telling.diff(name, comparing.compare(history.load(ledger, a), history.load(ledger, b)))
        return _result(answer, told_runs.diff(answer))

    def run_begin(
        self, tags: dict[str, str] | None = None, file: OneFile = None
    ) -> Annotated[CallToolResult, EndAnswer]:
        """Begin a run: what this conversation does is kept under its id by run_put and run_event, until run_end."""
        with self._ledger(file) as (name, ledger):
            asked = opening.Request("", tags or {}, None, None, (), "batched")
            begun = opening.recorded(asked, ledger, Redactor(()), None, 0)
            ledger.sync()
        answer: EndAnswer = {"file": name, "run": begun.scribe.run, "status": RUNNING}
        return _result(answer, told_runs.ended(answer))

    def run_put(
        self,
        run: RunName,
        key: Key,
        value: Annotated[Any, Field(description="JSON.")],
        version: Version = None,
        file: OneFile = None,
    ) -> Annotated[CallToolResult, PutAnswer]:
        """Set a key of a run that is under way. With version it is compare-and-swap: nothing is written when another
        process was first, and the answer has what it wrote."""

        def check(view: View) -> None:
            held = view.kv.get(key)
            if version is not None and version != (0 if held is None else held.version):
                raise Conflict("another version")

        with self._ledger(file) as (name, ledger):
            scribe = self._scribe(ledger, run)
            done = True
            try:
                self._write(scribe, "put", check, key=key, value=scribe.tree(value, f"kv {key}"))
            except Conflict:
                done = False
            held = scribe.view.kv.get(key)
            answer: PutAnswer = {
                "file": name,
                "run": scribe.run,
                "key": key,
                "done": done,
                "value": scribe.view.value("kv", key),
                "version": 0 if held is None else held.version,
            }
        return _result(answer, told_runs.put(answer))

    def run_event(
        self,
        run: RunName,
        type: Annotated[str, Field(min_length=1, max_length=200)],  # noqa: A002 - the field's name
        body: Annotated[Any, Field(description="JSON.")] = None,
        file: OneFile = None,
    ) -> Annotated[CallToolResult, EventsAnswer]:
        """Say that something happened in a run that is under way. Answers with the event as it is kept."""
        with self._ledger(file) as (name, ledger):
            scribe = self._scribe(ledger, run)
            self._write(scribe, "event", _any, type=type, body=scribe.tree(body, f"event {type}"))
            answer = telling.events(name, history.load(ledger, scribe.run))
        answer["events"] = answer["events"][-1:]
        return _result(answer, told_runs.events(answer))

    def run_end(
        self,
        run: RunName,
        status: Annotated[str, Field(description="How it ended: done, failed ...")] = "done",
        file: OneFile = None,
    ) -> Annotated[CallToolResult, EndAnswer]:
        """Say that a run has ended."""
        with self._ledger(file) as (name, ledger):
            ended = keeping.end(ledger, run, status)
            ledger.sync()
        answer: EndAnswer = {"file": name, "run": ended, "status": status}
        return _result(answer, told_runs.ended(answer))

    def _scribe(self, ledger: Ledger, run: str) -> Scribe:
        return Scribe(ledger, history.find(ledger, run), Redactor(()))

    def _write(self, scribe: Scribe, kind: str, check: Callable[[View], None], **fields: Any) -> None:
        """Append a record to a run that has not ended, if ``check`` raises nothing; it is on stable storage then."""

        def under_way(view: View) -> None:
            if view.status != RUNNING:
                raise ConfigError(f"run {scribe.run} has ended: {view.status}")
            check(view)

        made = records.made(kind, path=self._path, ordinal=next(self._ordinals), **fields)
        scribe.append([made], under_way)
        scribe.ledger.sync()


def _any(_: View) -> None:
    """Whatever the run is."""


def _result(value: Any, text: str) -> CallToolResult:
    return CallToolResult(
        content=[TextContent(type="text", text=text)], structured_content=in_answer(value, MCP)
    )
