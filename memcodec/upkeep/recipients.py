"""Who may open a sealed file: told, changed, and the key changed for what is written from now on.

A change is a commit that changes nothing else: its seal holds from then on. What stood in the file before stands there
still: whoever could open it then can open what was written until then. ``convert`` writes everything anew.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from memcodec.arguments import Seconds, checked
from memcodec.config.settings import Settings
from memcodec.errors import ConfigError, Damaged, NotFound, Sealed
from memcodec.file.reader import read_file
from memcodec.file.writer import Writer
from memcodec.format.envelope import MOST_FILES, Seal
from memcodec.model import FilePath, Progress
from memcodec.seal.asked import unlocked
from memcodec.storage import PlaceLike
from memcodec.storage.open import place_of
from memcodec.upkeep.keyless import sealed_seal

if TYPE_CHECKING:
    from memcodec.seal.sealing import Sealing


@dataclass(frozen=True, slots=True)
class RecipientsReport:
    """Who may open ``file``, as far as it can be told: with a key by name, without one (``known`` is false) not at all.

    ``key``: the name of the key that later commits are sealed with; ``passphrase``: whether one opens it; ``files``:
    age files in the seal; ``commit``: the number of the commit that made it so, if one was written.
    """

    file: str
    key: str
    files: int
    passphrase: bool
    known: bool = False
    names: tuple[str, ...] = ()
    commit: int | None = None


@checked
def recipients(
    file: PlaceLike, *, unlock: FilePath | Sequence[FilePath] | None = None, passphrase: str | None = None
) -> RecipientsReport:
    """Who may open a sealed file. Raises ConfigError for one that is not sealed, WrongKey."""
    place = place_of(file)
    with unlocked(unlock, passphrase) as keys:
        try:
            with contextlib.closing(read_file(place, keys=keys, journal=False, use="any")) as reader:
                if reader.seal is None:
                    raise _plain(place.name)
                return _report(place.name, reader.seal, reader.record.recipients, known=True)
        except Sealed as error:
            if type(error) is not Sealed:
                raise
    with contextlib.closing(place.open()) as source:
        seal = sealed_seal(source)
    if seal is None:
        raise Damaged(f"{place.name}: its seal cannot be read")
    return _report(place.name, seal, (), known=False)


def _plain(name: str) -> ConfigError:
    return ConfigError(f"{name}: is not sealed")


@contextlib.contextmanager
def _writing(
    file: PlaceLike,
    unlock: FilePath | Sequence[FilePath] | None,
    wait: float,
    progress: Progress | None,
) -> Iterator[tuple[Writer, Sealing]]:
    """A sealed file that is written to, and what it is sealed with."""
    with (
        unlocked(unlock) as keys,
        contextlib.closing(
            Writer.append(file, Settings(), wait=wait, progress=progress, keys=keys)
        ) as writing,
    ):
        if writing.sealing is None:
            raise _plain(writing.name)
        yield writing, writing.sealing


def _report(
    name: str, seal: Seal, names: Sequence[str], *, known: bool, commit: int | None = None
) -> RecipientsReport:
    from memcodec.seal.age import needs_passphrase

    by_passphrase = any(map(needs_passphrase, seal.files))
    return RecipientsReport(
        name, seal.name.hex(), len(seal.files), by_passphrase, known, tuple(names), commit
    )


@checked
def change_recipients(
    file: PlaceLike,
    *,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
    passphrase: str | None = None,
    unlock: FilePath | Sequence[FilePath] | None = None,
    wait: Seconds = 0.0,
    progress: Progress | None = None,
) -> RecipientsReport:
    """Seal what is written from now on for other recipients, too, or for fewer, with the same key.

    ``passphrase`` adds one. Those in ``remove`` are named as ``recipients`` has them; "passphrase" takes away all of
    these. They keep what they had: with a copy of the file, or what stands in this one from before, they read all that
    is sealed with this key. ``rotate`` and ``reseal`` take another. Raises NotFound for one that is no recipient.
    """
    from memcodec.seal import age

    new = age.recipients(add, passphrase) if add or passphrase is not None else None
    with _writing(file, unlock, wait, progress) as (writing, old):
        gone = [each for each in remove if each not in old.names]
        if gone:
            raise NotFound(f"{writing.name}: is not sealed for {gone[0][:40]}")
        files, names = list(old.key.seal.files), [each for each in old.names if each not in remove]
        if remove:
            by_passphrase = [each for each in files if age.needs_passphrase(each)]
            kept = tuple(each for each in names if each != age.PASSPHRASE)
            files = list(age.wrap(old.key.exposed(), age.Recipients(kept))) if kept else []
            files += by_passphrase if age.PASSPHRASE in names else []
        if new is not None:
            files += age.wrap(old.key.exposed(), new)
            names += [each for each in new.names if each not in names]
        if not files:
            raise ConfigError(f"{writing.name}: nobody would be left who could open it")
        writing.sealing = _sealed_for(writing.name, old, files, names)
        made = writing.renew()
        return _report(writing.name, old.key.seal, names, known=True, commit=made.commit)


def _sealed_for(name: str, old: Sealing, files: Sequence[bytes], names: Sequence[str]) -> Sealing:
    """With the same key, in these age files. Raises ConfigError."""
    if len(files) > MOST_FILES:
        raise ConfigError(f"{name}: its seal has no more room; seal it anew")
    old.key.seal = replace(old.key.seal, files=tuple(files))
    return old._replace(names=tuple(names))


def seal_too(writing: Writer, add: Sequence[str]) -> bool:
    """Have what a sealed file is written from now on sealed for these recipients, too; tells whether any is new.

    Raises ConfigError for a file that is not sealed, and for what is no recipient.
    """
    from memcodec.seal import age

    old = writing.sealing
    if old is None:
        raise ConfigError(
            f"{writing.name}: is not sealed, and what is in it stays plain; `memcodec seal` writes a sealed copy"
        )
    new = tuple(each for each in age.recipients(add).keys if each not in old.names)
    if new:
        files = [*old.key.seal.files, *age.wrap(old.key.exposed(), age.Recipients(new))]
        writing.sealing = _sealed_for(writing.name, old, files, [*old.names, *new])
    return bool(new)


@checked
def rotate(
    file: PlaceLike,
    *,
    seal: Sequence[str] = (),
    passphrase: str | None = None,
    unlock: FilePath | Sequence[FilePath] | None = None,
    wait: Seconds = 0.0,
    progress: Progress | None = None,
) -> RecipientsReport:
    """Seal what is written from now on with a new key, for these recipients, or else for those that there are.

    Whoever had the old key alone reads nothing of what is written from now on, not even what documents there are; what
    was written before they read still. Raises ConfigError where a passphrase that there is would have to be known.
    """
    from memcodec.seal.age import same_or
    from memcodec.seal.sealing import sealing

    with _writing(file, unlock, wait, progress) as (writing, old):
        writing.sealing = sealing(same_or(old.names, seal, passphrase, writing.name), old.keys)
        made = writing.renew()
        names = writing.sealing.names
        return _report(writing.name, writing.sealing.key.seal, names, known=True, commit=made.commit)
