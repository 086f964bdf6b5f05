"""What callers of public functions give for sealed files: nothing, as a rule, and then no library is loaded."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from memcodec.model import FilePath

if TYPE_CHECKING:
    from memcodec.seal.keyring import Keyring
    from memcodec.seal.rules import Rules
    from memcodec.seal.sealing import Sealing


def sealing_for(seal: Sequence[str], passphrase: str | None, rules: Rules | None = None) -> Sealing | None:
    """What seals a new file, with a new key, for recipients as a user names them; None for nobody. ``rules``: of a
    capsule.

    Raises ConfigError, StorageError, MissingExtra.
    """
    if not seal and passphrase is None:
        return None
    from memcodec.seal.age import recipients
    from memcodec.seal.sealing import sealing

    return sealing(recipients(seal, passphrase), rules=rules)


@contextlib.contextmanager
def unlocked(
    unlock: FilePath | Sequence[FilePath] | None, passphrase: str | None = None
) -> Iterator[Keyring]:
    """The keys that open files, as a user gave them; they are wiped at the end."""
    from memcodec.seal.keyring import Keyring, unlocking_of

    with contextlib.closing(Keyring(unlocking_of(unlock, passphrase))) as keys:
        yield keys
