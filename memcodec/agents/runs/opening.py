"""How a run begins and ends: recorded into a file, or, as the environment says, executed again from one.

    MEMCODEC_RUN=replay:FILE#ID    the recorded answers are given; nothing is written, no network is reached
    MEMCODEC_RUN=fork:FILE#ID      the answers that run ID has from its parent are given; then it goes on
    MEMCODEC_RUN_REPORT=PATH       what came of it goes there, as JSON
    MEMCODEC_RUN_LIVE=1            what was not recorded is done, over the network too

Of a process that begins several runs, the one is executed again that was recorded as the first, the second ...
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from memcodec.agents.runs import forking, history, network, records, reports
from memcodec.agents.runs.identity import is_run, new_id
from memcodec.agents.runs.ledger import Ledger, Scratch
from memcodec.agents.runs.player import Ask, Player
from memcodec.agents.runs.redaction import Redactor
from memcodec.agents.runs.scribe import Scribe
from memcodec.config.settings import Settings
from memcodec.errors import ConfigError, NotFound, StorageError
from memcodec.version import __version__

if TYPE_CHECKING:
    from memcodec.memory import Memory
    from memcodec.model import FilePath

VARIABLE, REPORT, LIVE = "MEMCODEC_RUN", "MEMCODEC_RUN_REPORT", "MEMCODEC_RUN_LIVE"
_LARGEST_CODE = 16 << 20
_numbers = itertools.count()


class Request(NamedTuple):
    """What ``memcodec.run`` was given."""

    file: FilePath | Memory
    tags: Mapping[str, str]
    id: str | None
    worker: str | None
    redact: Sequence[str]
    durability: str


@dataclass
class Begun:
    """A run that is under way."""

    scribe: Scribe
    mode: str
    worker: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    parent: str | None = None
    player: Player | None = None
    joined: bool = False
    model: str | None = None
    status: str | None = None

    def given_answer(self, ask: Ask) -> dict[str, Any] | None:
        """What a fork was told that a call answers: the one at the step it was forked before."""
        if self.mode != "fork" or self.player is None:
            return None
        return forking.given_answer(self.player.run, ask)

    def finish(self, kind: type[BaseException] | None, value: BaseException | None) -> None:
        """Write how it ended, or tell how the replay went."""
        failed = kind is not None and not (isinstance(value, SystemExit) and value.code in (None, 0))
        status = self.status or ("failed" if failed else "done")
        if self.mode in ("record", "fork") and not self.joined:
            error = self.scribe.text(f"{kind.__name__}: {value}"[:2000]) if failed and kind else None
            self.scribe.append([records.made("end", status=status, error=error)])
        self.scribe.ledger.sync()
        if self.player is not None:
            self.player.finish()
            reports.tell(self.player, self.mode, status, os.environ.get(REPORT))


def begin(request: Request, outer: str | None, ends: contextlib.ExitStack) -> Begun:
    """Begin a run; ``ends`` closes what it opened. ``outer``: the run that it begins inside."""
    nth = next(_numbers)
    asked = os.environ.get(VARIABLE, "")
    redactor = Redactor(request.redact)
    if not asked:
        ledger = opened(request.file, request.durability, ends)
        return recorded(request, ledger, redactor, outer, nth)
    mode, place, name = parsed(asked)
    ledger = opened(place, request.durability, ends, existing=True)
    run = history.load(ledger, name)
    if run.begin.get("nth", 0) != nth:
        return Begun(Scribe(Scratch(), new_id(), redactor), "apart", tags=request.tags)
    if mode == "fork":
        return _forked(run, ledger, redactor, request.worker or "")
    return _replayed(run, ledger, redactor, request.worker or "", ends)


def parsed(text: str) -> tuple[str, str, str]:
    """``replay:FILE#ID``: what is to be done, the file, the run. Raises ConfigError."""
    mode, _, rest = text.partition(":")
    file, _, name = rest.rpartition("#")
    if mode not in ("replay", "fork") or not file or not name:
        raise ConfigError(f"{VARIABLE}: {text!r} is not replay:FILE#ID or fork:FILE#ID")
    return mode, file, name


def opened(
    file: FilePath | Memory, durability: str, ends: contextlib.ExitStack, *, existing: bool = False
) -> Ledger:
    """The ledger of a memory file; one is made where there is none."""
    from memcodec.memory import Memory, create, open

    if isinstance(file, Memory):
        memory = file
    else:
        settings = Settings.of(index="none")  # words can be searched at once; `memcodec index` makes vectors
        if not existing and "://" not in os.fspath(file) and not os.path.lexists(file):
            try:
                with create(file, settings=settings) as new:
                    new.ledger().close()
            except StorageError:
                if not os.path.lexists(file):  # or another process has made it meanwhile
                    raise
        memory = open(file, settings=settings)
        ends.callback(memory.close)
    ledger = memory.ledger(durability)
    ends.callback(ledger.close)
    return ledger


def recorded(request: Request, ledger: Ledger, redactor: Redactor, outer: str | None, nth: int) -> Begun:
    """A new run, or another process's part in one."""
    if request.id is not None:
        return _joined(request, ledger, redactor)
    scribe = Scribe(ledger, new_id(), redactor)
    made = records.made(
        "begin",
        id=scribe.run,
        parent=outer,
        tags=scribe.tree(dict(request.tags), "tags") or None,
        argv=scribe.tree(sys.argv, "argv"),
        code=code_hash(),
        nth=nth,
        worker=request.worker,
        python=platform.python_version(),
        memcodec=__version__,
    )
    scribe.append([made])
    return Begun(scribe, "record", request.worker or "", request.tags, outer)


def _joined(request: Request, ledger: Ledger, redactor: Redactor) -> Begun:
    """Another process's run, in which this one does its part."""
    run = str(request.id).upper()
    if not is_run(run) or next(ledger.events(run), None) is None:
        raise NotFound(f"no run {request.id!r} in the file")
    scribe = Scribe(ledger, run, redactor)
    begin = scribe.refresh().begin
    worker = request.worker or f"p{os.getpid()}"
    return Begun(scribe, "record", worker, begin.get("tags") or {}, begin.get("parent"), joined=True)


def _replayed(
    run: history.History, ledger: Ledger, redactor: Redactor, worker: str, ends: contextlib.ExitStack
) -> Begun:
    live = os.environ.get(LIVE, "") not in ("", "0")
    player = Player(run, worker or str(run.begin.get("worker") or ""), live=live)
    if not live:
        ends.enter_context(network.refused())
    begin = run.begin
    player.is_changed = begin.get("code") not in (None, code_hash())
    scribe = Scribe(Scratch(ledger), run.id, redactor)
    model = run.instead.get("model")
    return Begun(
        scribe, "replay", player.worker, begin.get("tags") or {}, begin.get("parent"), player, model=model
    )


def _forked(run: history.History, ledger: Ledger, redactor: Redactor, worker: str) -> Begun:
    if run.begin.get("parent") is None or not isinstance(run.begin.get("at"), int):
        raise ConfigError(f"run {run.id} is no fork")
    worker = worker or str(run.steps[0].data.get("worker") or "")
    scribe = Scribe(ledger, run.id, redactor)
    scribe.view.apply([run.steps[0]])
    scribe.follows = False  # what stands in it already, the agent meets when the prefix is done
    player = Player(run, worker, until=run.own)
    begin = run.begin
    model = run.instead.get("model")
    return Begun(scribe, "fork", worker, begin.get("tags") or {}, begin.get("parent"), player, model=model)


def code_hash() -> str | None:
    """The SHA-256 of the program that runs, as far as it is one file."""
    path = getattr(sys.modules.get("__main__"), "__file__", None)
    try:
        if not path or os.path.getsize(path) > _LARGEST_CODE:  # noqa: PTH202
            return None
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except OSError:
        return None
