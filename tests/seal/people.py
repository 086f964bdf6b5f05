"""People with keys, and small sealed files: for the tests of sealed files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pyrage

import memcodec
from memcodec.config.settings import Settings

DOCUMENTS = {
    "birds/herons.md": "# Herons\n\nThe heron nests in April, unseen by the miller.\n" * 3,
    "letters/ada.txt": "Dear Ada,\n\nthe swallows are back, and the kettle is broken.\n",
    "notes.txt": "Buy bread.\nThe kettle whistles.\n" * 40,
}


class Person(NamedTuple):
    """A secret key of age, and the recipient that it is for."""

    identity: str
    recipient: str


def person() -> Person:
    made = pyrage.x25519.Identity.generate()
    return Person(str(made), str(made.to_public()))


def sealed(
    path: Path,
    *recipients: str,
    documents: Mapping[str, str] = DOCUMENTS,
    passphrase: str | None = None,
    **options: object,
) -> Path:
    """A sealed file. ``options``: settings by name."""
    settings = Settings.of(**{"model": "none", **options})  # type: ignore[arg-type]
    with memcodec.create(path, settings=settings, seal=recipients, passphrase=passphrase) as memory:
        for uri, text in documents.items():
            memory.add(text, uri=uri, tags={"kind": "letter"})
    return path


def read(path: Path | bytes, unlock: str | None = None, passphrase: str | None = None) -> dict[str, str]:
    """The documents of a file."""
    with memcodec.open(path, unlock=unlock, passphrase=passphrase) as memory:
        return {each.uri: memory.read(each) for each in memory}
