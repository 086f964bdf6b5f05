"""Sealed files in the tests of reliability: whom they are for, and how much of the time they take.

A file whose name ends in ``.sealed.mp4`` or ``.sealed.flac`` is made sealed (``support.create``). Sealed files go the
same ways through the same code, so by default they are damaged in fewer places than plain ones; with
MEMCODEC_SEALED_FULL in as many.
"""

from __future__ import annotations

import os
from pathlib import Path

from tests.seal.people import HYBRID

#: of nobody: what is sealed for them is no secret
IDENTITY = os.pathsep.join(
    ("AGE-SECRET-KEY-1FAFMJU76JPWT89KMSFFTEYECWQ3APZXPTWNZ4CZHUWJ76A8F7UUQ6VNZPL", HYBRID.identity)
)
RECIPIENT = "age15ggmkvepynm325phyu5v0hndkn440rqgxznrrzkpdgsw07n20d4s3l7vt0"
OTHER = (
    "age102wcua69exv9pr92dyqalc57fr0chvqjrfv09vtsddmrnc4p950qtul704"  #: somebody else, for whom it is, too
)
THIRD = "age1nw5x9e3q2qflmvwhes3ygd77ctq95c2wzq9d2vccww6aqa0w84jqhdejvf"  #: for whom it is not

FULL = bool(os.environ.get("MEMCODEC_SEALED_FULL"))
MEDIA = ("sealed.mp4", "sealed.flac")


def is_sealed(file: str | Path) -> bool:
    """Whether a file of that name is one that is sealed."""
    return ".sealed." in f".{Path(file).name}"


def recipients_of(file: str | Path, *, steady: bool = False) -> list[str]:
    """Whom a file of that name is for: nobody, if it is plain.

    ``steady``: all that is sealed so has a seal of one size. rage puts random bytes into age files, more or fewer.
    """
    return ([HYBRID.recipient] if steady else [RECIPIENT, OTHER]) if is_sealed(file) else []


def share(file: str | Path, count: int, fewer: int) -> int:
    """How often something is done to a file: ``fewer`` times to one that is sealed."""
    return fewer if is_sealed(file) and not FULL else count
