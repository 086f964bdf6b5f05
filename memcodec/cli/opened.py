"""Memory files opened for reading, with a warning where part of one is gone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from memcodec.cli import console, remote_options
from memcodec.cli.options import State

if TYPE_CHECKING:
    from memcodec import Collection, Memory
    from memcodec.config.settings import Settings
    from memcodec.storage import PlaceLike


def opened(file: PlaceLike, as_of: State = None) -> Memory:
    """A memory file opened as the settings say: its newest state, or an older one."""
    import memcodec

    settings = remote_options.settings()
    memory = memcodec.open(
        file, cache=settings.read.cache, as_of=as_of, spans=remote_options.span_cache(settings)
    )
    console.notes(memory.warnings())
    return memory


def collection_of(
    files: Sequence[str], settings: Settings, as_of: State = None, *, quiet: bool = False
) -> Collection:
    """The files, those in folders too, opened as the settings say; tells the user what of them is not read."""
    from memcodec import Collection

    made = Collection(files, as_of=as_of, settings=settings, spans=remote_options.span_cache(settings))
    console.notes([*([] if quiet else made.notes), *made.warnings()])
    return made
