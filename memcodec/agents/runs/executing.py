"""Programs that are executed as a recorded run, from another process: their environment, and what came of it."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from memcodec.agents.runs.opening import FIRST, LIVE, REPORT, VARIABLE
from memcodec.errors import StorageError
from memcodec.process import children

_LARGEST_REPORT = 64 << 20


class Executed(NamedTuple):
    """A program's exit code, and the report of the run that it executed; None when it began none."""

    code: int
    report: dict[str, Any] | None


def execute(
    command: Sequence[str],
    mode: str,
    file: str,
    run: str,
    *,
    live: bool = False,
    first: bool = False,
    stdout: int | None = None,
) -> Executed:
    """Run a program that executes ``run`` again, as the ``first`` of its runs or as it was recorded. Raises
    StorageError when there is no such program.
    """
    place = file if "://" in file else str(Path(file).absolute())
    with tempfile.TemporaryDirectory(prefix="memcodec-") as folder:
        report = Path(folder) / "report.json"
        given = variables(mode, place, run, str(report), live=live)
        given |= {FIRST: "1"} if first else {}
        code = start(command, given, stdout)
        return Executed(code, _read(report))


def variables(mode: str, file: str, run: str, report: str, *, live: bool = False) -> dict[str, str]:
    """The variables that make a program execute a run again."""
    made = {VARIABLE: f"{mode}:{file}#{run}", REPORT: report}
    return {**made, LIVE: "1"} if live else made


def start(command: Sequence[str], variables: Mapping[str, str], stdout: int | None = None) -> int:
    """Run a program with variables beside its environment; its exit code, as a shell has it."""
    try:
        code = children.program(command, {**os.environ, **variables}, stdout)
    except OSError as error:
        raise StorageError(f"{command[0]}: cannot be run: {error.strerror or error}") from error
    return code if code >= 0 else 128 - code


def _read(path: Path) -> dict[str, Any] | None:
    try:
        with path.open("rb") as file:
            found = json.loads(file.read(_LARGEST_REPORT))
    except (FileNotFoundError, ValueError):
        return None
    return found if isinstance(found, dict) else None
