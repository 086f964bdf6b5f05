"""Files that were renamed or moved, told by their content; and what a document keeps of what people marked it with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from memcodec.ingest.item import Item
from memcodec.model import Document


def renamed(gone: Sequence[Document], new: Sequence[Item]) -> dict[str, tuple[Document, Item]]:
    """New items that have the content of a document that is gone, by uri, with what they keep of it."""
    left: dict[str, list[Document]] = {}
    for document in gone:
        if document.size:
            left.setdefault(content(document), []).append(document)
    made: dict[str, tuple[Document, Item]] = {}
    for same_name in (True, False):
        for item in new:
            choice = left.get(item.identity, ()) if item.uri not in made else ()
            for old in choice:
                if not same_name or PurePosixPath(old.uri).name == PurePosixPath(item.uri).name:
                    left[item.identity].remove(old)
                    made[item.uri] = old, marked_as(old, item)
                    break
    return made


def marked_as(old: Document, item: Item) -> Item:
    """An item with the tags, the author and the language of the document it goes on for; of one content, the title."""
    was_titled = item.identity == content(old) and old.title != PurePosixPath(old.uri).name
    return replace(
        item,
        title=old.title if was_titled else item.title,
        tags={**old.tags, **item.tags},
        author=item.author or old.author,
        language=item.language or old.language,
    )


def content(document: Document) -> str:
    """The SHA-256 of what the user gave: of the original where the text was taken out of one."""
    return document.original.sha256 if document.original is not None else document.sha256
