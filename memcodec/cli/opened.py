"""Memory files opened for reading, with a warning where part of one is gone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from memcodec.cli import console, remote_options
from memcodec.cli.options import (
    State,
)

if TYPE_CHECKING:
    from memcodec.collection import Collection
    from memcodec.config.settings import Settings
    from memcodec.file.reader import Reader
    from memcodec.memory import Memory


def opened(file: str, as_of: State = None) -> Memory:
    """A memory file opened as the settings say: its newest state, or an older one."""
    import memcodec

    settings = remote_options.settings()
    memory = memcodec.open(
        file, cache=settings.read.cache, as_of=as_of, spans=remote_options.span_cache(settings)
    )
    warn(memory.reader)
    return memory


def warn(reader: Reader) -> None:
    """Tell the user that what is read is not what was last written."""
    from memcodec.file.reader import BROKEN

    if reader.media.broken:
        console.note(f"{reader.source.name}: {BROKEN}; this is the state before it")


def collection_of(files: Sequence[str], settings: Settings) -> Collection:
    """The files opened as the settings say; tells the user that one of them is not what was last written."""
    from memcodec.collection import Collection

    made = Collection(
        remote_options.distinct(files), settings=settings, spans=remote_options.span_cache(settings)
    )
    for text in made.warnings():
        console.note(text)
    return made
