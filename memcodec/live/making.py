"""How a ring is made."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Literal

from memcodec.arguments import Count, checked
from memcodec.config.units import parse_duration, parse_size
from memcodec.errors import ConfigError
from memcodec.index.lexical.tokens import DEFAULT_LANGUAGE
from memcodec.live import names
from memcodec.live.clock import Bounds
from memcodec.live.ring import Ring
from memcodec.live.spill import Full, Spill, When
from memcodec.model import FilePath

KEEP = 100_000  #: lines
MOST = 100_000_000  #: lines that may be kept
Lag = Literal["skip", "block"]
_DIMENSIONS = 1 << 14


@checked
def live(
    *,
    keep: Count = KEEP,
    size: str | int | None = None,
    age: str | float | None = None,
    model: str = "static",
    dimensions: Count | None = None,
    language: str = DEFAULT_LANGUAGE,
    words: bool = True,
    lag: Lag = "skip",
    spill: FilePath | None = None,
    spill_when: When = "expired",
    when_full: Full = "block",
    name: str = names.DEFAULT,
) -> Ring:
    """A ring of the newest lines, in memory.

    It keeps ``keep`` lines, no more than ``size`` bytes of their texts ("256MB") and none older than ``age`` ("10m").
    ``model`` makes their vectors: "static", which is quick, "minilm", an embedding model's name or folder, or "none";
    with ``dimensions`` they are given with the lines. What of them comes faster than the model goes is found by words
    alone (``lag="skip"``), or ``add`` waits ("block"). ``words``: whether lines are found by words, of ``language``.

    ``spill`` is a memory file, made if there is none, that gets each line exactly once: when it flows out of the ring,
    or (``spill_when="all"``) soon after it has come. Where that file cannot be written as fast, ``add`` waits, or lines
    are dropped and counted (``when_full="drop"``). A ring of the same ``name`` goes on where the file ends.

    Raises ConfigError for what is not allowed, MissingExtra without `live`, and what ``memcodec.open`` raises.
    """
    if keep > MOST:
        raise ConfigError(f"keep: at most {MOST:,} lines")
    if dimensions is not None and dimensions > _DIMENSIONS:
        raise ConfigError(f"dimensions: at most {_DIMENSIONS:,}")
    seconds = parse_duration(age) if age is not None else None
    if seconds is not None and not 0 < seconds < math.inf:
        raise ConfigError("age: more than 0 seconds")
    bounds, name = Bounds(keep, parse_size(size) if size is not None else None, seconds), names.named(name)
    spilling = None
    if spill is not None:
        spilling = Spill(str(Path(os.fsdecode(spill)).resolve()), name, when=spill_when, full=when_full)
    return Ring(
        bounds,
        name=name,
        model="none" if dimensions is not None else model,
        language=language,
        dimensions=dimensions,
        words=words,
        wait_for_vectors=lag == "block",
        spill=spilling,
    )
