"""Which runs a file keeps: ended by hand when their process is gone, and dropped when nobody wants them any more."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass

from memcodec.agents.runs import history, records
from memcodec.agents.runs.identity import JSON, is_content
from memcodec.agents.runs.ledger import Ledger
from memcodec.agents.runs.records import written
from memcodec.agents.runs.values import TAG
from memcodec.agents.runs.view import RUNNING
from memcodec.errors import ConfigError

_DAY = 86400.0
_NAME = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")  # too much is kept sooner than too little


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be dropped, and what stays: runs, and contents that no run refers to any more."""

    runs: tuple[str, ...]
    contents: tuple[str, ...]
    kept: int

    def paths(self) -> list[str]:
        """Globs of the documents that they are."""
        return [f"run/{scope}/*" for scope in (*self.runs, *self.contents)]


def end(ledger: Ledger, name: str, status: str) -> str:
    """Say that a run has ended; its id. Raises ConfigError for one that has, or for no status."""
    run = history.load(ledger, name)
    if run.view.status != RUNNING:
        raise ConfigError(f"run {run.id} has ended already: {run.view.status}")
    if not status or status == RUNNING or len(status) > 64:
        raise ConfigError(f"status {status[:64]!r}: give a word such as done, failed or cancelled")
    ledger.append([(run.id, written(records.made("end", status=status)))])
    return run.id


def plan(ledger: Ledger, *, keep: int | None = None, older: float | None = None) -> Plan:
    """What is dropped so that the newest ``keep`` runs stay, and those of the last ``older`` days.

    A run that has not ended stays, and so does one that a run that stays was forked from. Raises ConfigError when
    neither number is given.
    """
    if keep is None and older is None:
        raise ConfigError("say which runs to keep: how many of the newest, or those of the last days")
    runs = history.ids(ledger)
    now = time.time()
    newest = set(runs[len(runs) - keep :] if keep else []) if keep is not None else None
    staying = set[str]()
    parents: dict[str, str] = {}
    for run in runs:
        told = next(history.summaries(ledger, [run]))
        if told.parent is not None and told.at is not None:
            parents[run] = told.parent
        is_new = newest is not None and run in newest
        is_young = older is not None and now - told.began < older * _DAY
        if is_new or is_young or told.status == RUNNING:
            staying.add(run)
    for run in list(staying):
        while run in parents and parents[run] not in staying:
            run = parents[run]
            staying.add(run)
    gone = tuple(run for run in runs if run not in staying)
    used = _contents(ledger, staying)
    lost = tuple(scope for scope in ledger.scopes() if is_content(scope) and scope not in used)
    return Plan(gone, lost if gone else (), len(runs) - len(gone))


def _contents(ledger: Ledger, scopes: Iterable[str]) -> set[str]:
    """The contents that runs refer to, and those that these do."""
    found, waiting = set[str](), list(scopes)
    while waiting:
        scope = waiting.pop()
        bodies = [json.loads(event.body) for event in ledger.events(scope)]
        if is_content(scope):  # JSON in several parts, it may be
            names = set(_NAME.findall("".join(str(each.get("text", "")) for each in bodies)))
        else:
            names = {name for each in bodies for name in _references(each)}
        waiting += names - found
        found |= names
    return found


def _references(value: JSON) -> Iterable[str]:
    left = [value]
    while left:
        each = left.pop()
        if isinstance(each, dict):
            names = [each.get("v"), each.get("c")] if each.get(TAG) in ("text", "json", "list") else []
            yield from (name for name in names if isinstance(name, str) and is_content(name))
            left += each.values()
        elif isinstance(each, list):
            left += each
