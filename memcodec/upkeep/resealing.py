"""A sealed copy of a plain file, a plain copy of a sealed one, one that is sealed with another key: all of it anew."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import cast

from memcodec.arguments import checked
from memcodec.config.settings import Options, Settings
from memcodec.errors import ConfigError
from memcodec.file.reader import read_file
from memcodec.media import registry
from memcodec.model import FilePath, Progress
from memcodec.seal.asked import unlocked
from memcodec.storage import PlaceLike
from memcodec.storage.open import place_of
from memcodec.upkeep.convert import ConvertReport, convert


@checked
def seal(
    file: PlaceLike,
    out: PlaceLike,
    *,
    seal: Sequence[str] = (),
    passphrase: str | None = None,
    anew: bool = False,
    unlock: FilePath | Sequence[FilePath] | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> ConvertReport:
    """Write a sealed copy of a plain file; ``anew``: of a sealed one, with a new key.

    That is for the same recipients unless others are named. Codec, profile and all it holds stay as they are.

    Raises ConfigError for a file that is sealed already, or, ``anew``, is not.
    """
    settings, names = _like(file, out, unlock, sealed=anew)
    if anew:
        from memcodec.seal.age import same_or

        to = same_or(names, seal, passphrase, place_of(file).name)
        seal, passphrase = to.keys, to.passphrase
    elif not seal and passphrase is None:
        raise ConfigError("say for whom the new file is sealed, by `seal='age1...'` or `passphrase='...'`")
    return convert(
        file,
        out,
        settings=settings,
        force=force,
        progress=progress,
        seal=seal,
        passphrase=passphrase,
        unlock=unlock,
    )


@checked
def unseal(
    file: PlaceLike,
    out: PlaceLike,
    *,
    unlock: FilePath | Sequence[FilePath] | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> ConvertReport:
    """Write a plain copy of a sealed file. Raises Sealed, WrongKey; ConfigError for a file that is not sealed."""
    settings, _ = _like(file, out, unlock, sealed=True)
    return convert(file, out, settings=settings, force=force, progress=progress, unseal=True, unlock=unlock)


def _like(
    file: PlaceLike, out: PlaceLike, unlock: FilePath | Sequence[FilePath] | None, *, sealed: bool
) -> tuple[Settings, tuple[str, ...]]:
    """Settings to write a file like another one, and for whom that is sealed."""
    place = place_of(file)
    with (
        unlocked(unlock) as keys,
        contextlib.closing(read_file(place, keys=keys, journal=False, use="copy")) as reader,
    ):
        if reader.sealed and not sealed:
            raise ConfigError(f"{place.name}: is sealed already")
        if sealed and not reader.sealed:
            raise ConfigError(f"{place.name}: is not sealed")
        record = reader.record
        codec = registry.for_file(place_of(out).name, record.codec)
        settings = Settings().with_options(codec=codec, profile=record.profile)
        if codec == record.codec:
            settings = settings.with_options(**cast("Options", dict(reader.media.options)))
        return settings, record.recipients
