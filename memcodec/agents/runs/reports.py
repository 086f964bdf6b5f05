"""What came of executing a run again, as JSON for whoever started it, or a line for people."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Protocol

from memcodec.agents.runs.differences import Cause, Divergence, Side, written
from memcodec.agents.runs.history import History
from memcodec.printable import line


class Played(Protocol):
    """What gave recorded answers."""

    run: History
    divergence: Divergence | None
    reused: int
    made: int
    is_changed: bool

    @property
    def answers(self) -> int: ...


def tell(player: Played, mode: str, status: str, path: str | None) -> None:
    """Write a report to ``path``; or, without one, a line to standard error."""
    if path:
        Path(path).write_text(json.dumps(report(player, mode, status)), "utf-8")
        return
    found = player.divergence
    told = found.line() if found is not None else "no difference"
    sys.stderr.write(
        line(f"memcodec: {player.reused} of {player.answers} recorded answers given; {told}") + "\n"
    )


def report(player: Played, mode: str, status: str) -> dict[str, Any]:
    """The counts, and the first difference."""
    found = player.divergence
    return {
        "run": player.run.id,
        "mode": mode,
        "status": status,
        "answers": player.answers,
        "reused": player.reused,
        "made": player.made,
        "divergence": None if found is None else divergence(found, is_changed=player.is_changed),
    }


def divergence(found: Divergence, *, is_changed: bool = False) -> dict[str, Any]:
    """A difference as JSON."""
    notes = [found.note, "the program has changed since it was recorded" if is_changed else ""]
    return {
        "kind": found.kind,
        "step": found.step,
        "task": found.task,
        "ordinal": found.ordinal,
        "recorded": _side(found.recorded),
        "now": _side(found.now),
        "parts": [each._asdict() for each in found.parts],
        "cause": _cause(found.cause),
        "note": "; ".join(filter(None, notes)),
        "line": found.line(),
    }


def _side(side: Side | None) -> dict[str, Any] | None:
    if side is None:
        return None
    return {"kind": side.kind, "name": side.name, "request": written(side.request, 2000)}


def _cause(cause: Cause | None) -> dict[str, Any] | None:
    if cause is None:
        return None
    return {"step": cause.step, "kind": cause.kind, "name": cause.name, "line": cause.line()}
