"""Runs of agents, recorded in a memory file and executed again from it. docs/RUNS.md shows it at work.

``recording.py`` is the face. ``calling.py``, ``streams.py``, ``failures.py`` and ``tasks.py``: what is called, and by
which task. ``stores.py``, ``transactions.py`` and ``view.py``: keys, events, machines, and what they are now.
``scribe.py`` appends, ``records.py`` says what; ``values.py``, ``redaction.py`` and ``packing.py`` make JSON of
values, without secrets, each stored once. ``player.py`` gives recorded answers and finds the first difference;
``opening.py``, ``forking.py`` and ``network.py`` begin such a run. ``history.py``, ``comparing.py``, ``exporting.py``
and ``keeping.py`` are what one does with recorded runs; ``proxy/`` records programs that cannot be changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from memcodec.agents.runs.opening import Request
from memcodec.agents.runs.recording import Run
from memcodec.arguments import checked
from memcodec.memory import Memory
from memcodec.model import FilePath

__all__ = ["Run", "run"]

Durability = Literal["strict", "batched", "none"]


@checked
def run(
    file: FilePath | Memory,
    *,
    tags: Mapping[str, str] | None = None,
    id: str | None = None,  # noqa: A002 - a run's
    worker: str | None = None,
    redact: Sequence[str] = (),
    durability: Durability = "batched",
) -> Run:
    """A run of an agent, recorded in a memory file: ``with memcodec.run("a.mp4", tags={"task": "mail"}) as run:``.

    ``file`` is made if it is not there; a Memory that is open may be given. ``id`` joins a run that another process
    began, as ``worker``, whose name is the same in every execution. ``redact``: regular expressions of secrets beside
    those that are known. ``durability``: what an append waits for, ``strict`` stable storage, ``batched`` the system
    (at most 100 ms are lost when the power fails), ``none`` nothing.

    Where the environment has MEMCODEC_RUN, as ``memcodec runs replay`` and ``fork`` set it, a recorded run is executed
    again instead. Beginning it raises what ``memcodec.open`` raises, and NotFound for an ``id`` that is not there.
    """
    return Run(Request(file, dict(tags or {}), id, worker, tuple(redact), durability))
