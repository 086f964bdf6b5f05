"""The runs of a file: which there are, and one as a list of steps, with what it has from the run it was forked from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from memcodec.agents.runs import records
from memcodec.agents.runs.identity import JSON, is_run
from memcodec.agents.runs.ledger import Ledger
from memcodec.agents.runs.packing import Unpacker
from memcodec.agents.runs.records import Record
from memcodec.agents.runs.view import View
from memcodec.errors import ConfigError, Damaged, NotFound

_DEEPEST = 100  # forks of forks


@dataclass
class History:
    """A run's steps: step 0 is how it began, and each record after it is one. Those before ``own`` are its parent's."""

    id: str
    steps: list[Record]
    own: int
    unpacker: Unpacker
    _view: View | None = field(default=None, repr=False)

    @property
    def begin(self) -> dict[str, Any]:
        """The record that began it."""
        return self.steps[0].data

    @property
    def instead(self) -> dict[str, Any]:
        """What a fork was told to do otherwise: ``answer`` at a ``place``, ``model``."""
        found = self.unpacker.unpack(self.begin.get("instead"))
        return found if isinstance(found, dict) else {}

    @property
    def view(self) -> View:
        """What it came to."""
        if self._view is None:
            self._view = View(self.unpacker)
            for each in self.steps:
                self._view.take(each)
        return self._view

    def field(self, record: Record, name: str) -> JSON:
        """A field of a record, unpacked."""
        return self.unpacker.unpack(record.data.get(name))

    def until(self, step: int) -> History:
        """As it was before a step."""
        return History(self.id, self.steps[:step], min(self.own, step), self.unpacker)


@dataclass(frozen=True, slots=True)
class Summary:
    """A run in a list. ``at``: the step of ``parent`` that it was forked before; None for one that it began inside."""

    id: str
    parent: str | None
    at: int | None
    tags: dict[str, str]
    status: str
    began: float
    seconds: float
    steps: int
    calls: int


def load(ledger: Ledger, name: str) -> History:
    """A run by its id, or by what an id begins or ends with. Raises NotFound, ConfigError when several do."""
    wanted = name.upper()
    return _loaded(ledger, wanted if is_run(wanted) else find(ledger, name), Unpacker(ledger), _DEEPEST)


def _loaded(ledger: Ledger, run: str, unpacker: Unpacker, deep: int) -> History:
    own = list(records.read(ledger, run))
    if not own:
        raise NotFound(f"no run {run!r} in the file")
    if own[0].kind != "begin":
        raise Damaged(f"run {run}: how it began is not in the file; check it with `verify()`")
    for each in own:
        unpacker.learn(each.data)
    begin = own[0].data
    parent, at = begin.get("parent"), begin.get("at")
    before: list[Record] = []
    if isinstance(parent, str) and isinstance(at, int):
        if not deep or not is_run(parent):
            raise Damaged(f"run {run}: is forked from no run; check the file with `verify()`")
        before = [
            each
            for each in _loaded(ledger, parent, unpacker, deep - 1).steps[1 : max(1, at)]
            if each.kind != "end"
        ]
    return History(run, [own[0], *before, *own[1:]], 1 + len(before), unpacker)


def find(ledger: Ledger, name: str) -> str:
    """The id of the run that a name means: an id, the beginning or the end of one, or ``last``."""
    wanted = name.upper()
    if is_run(wanted) and next(ledger.events(wanted), None) is not None:
        return wanted
    runs = ids(ledger)
    if name == "last" and runs:
        return runs[-1]
    found = (
        [each for each in runs if each.startswith(wanted) or each.endswith(wanted)] if len(wanted) > 3 else []
    )
    if not found:
        raise NotFound(f"no run {name!r} in the file; it has {len(runs):,}")
    if len(found) > 1:
        raise ConfigError(
            f"run {name!r}: {len(found):,} are named so: {', '.join(found[:3])}; give more of the id"
        )
    return found[0]


def ids(ledger: Ledger) -> list[str]:
    """The runs of a file in the order in which they began."""
    return [each for each in ledger.scopes() if is_run(each)]


def summaries(ledger: Ledger, runs: Sequence[str] | None = None) -> Iterator[Summary]:
    """What each run is."""
    for run in ids(ledger) if runs is None else runs:
        yield summary(_loaded(ledger, run, Unpacker(ledger), _DEEPEST))


def summary(run: History) -> Summary:
    """What a run is."""
    begin, view = run.begin, run.view
    parent, at, tags = begin.get("parent"), begin.get("at"), begin.get("tags")
    return Summary(
        run.id,
        parent if isinstance(parent, str) else None,
        at if isinstance(at, int) else None,
        {str(key): str(value) for key, value in tags.items()} if isinstance(tags, dict) else {},
        view.status,
        view.began,
        max(0.0, run.steps[-1].seconds - view.began),
        len(run.steps) - 1,
        view.calls,
    )
