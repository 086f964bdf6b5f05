"""What a file has decided for whoever writes to it: its settings, and what it is sealed with."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from memcodec.config.settings import Settings
from memcodec.file.indexing import NO_MODEL
from memcodec.file.reader import Reader
from memcodec.index.lexical.segment import LexicalSegment

if TYPE_CHECKING:
    from memcodec.seal.sealing import Sealing


def settings_of(before: Reader, settings: Settings) -> Settings:
    """The settings, with what the file has decided already."""
    record, options = before.record, before.media.options
    encode = replace(
        settings.encode,
        codec=record.codec,
        profile=record.profile,
        bits=options.get("bits", "auto"),
        rate=options.get("rate", "auto"),
    )
    language, model = settings.index.language, settings.index.model
    kept, runs = settings.index.vectors, before.lasting_indexes[::-1]
    if (blob := next(filter(None, (run.lexical for run in runs)), None)) is not None:
        language = LexicalSegment(blob).language
    if any(segment.record.chunks for segment in before.lasting):
        model, kept = next(filter(None, (run.vector_kind for run in runs)), (NO_MODEL, kept))
    index = replace(settings.index, language=language, model=model, vectors=kept)
    return replace(settings, encode=encode, index=index)


def sealing_of(before: Reader) -> Sealing | None:
    """What a file is sealed with, if it is."""
    if before.seal is None or before.keys is None:
        return None
    from memcodec.seal.sealing import Sealing

    return Sealing(before.keys.key(before.seal.name), before.keys, before.record.recipients)
