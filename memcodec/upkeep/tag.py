"""New tags, titles, authors and languages for documents that are in a file.

What a document says of itself stands in the media beside its text, and nothing there is ever written over: so a
document that gets another tag becomes a new version of itself, its text stored again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from memcodec.errors import SourceError
from memcodec.file.places import FoundDocument
from memcodec.file.writer import Writer
from memcodec.format.commit import CommitRecord
from memcodec.ingest.item import Item, checked_tags
from memcodec.ingest.names import clean_title

# RFC 5646, section 2.1, as far as its shape goes.
_LANGUAGE = re.compile(r"(?:[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*)?")


@dataclass(frozen=True, slots=True)
class Marks:
    """What to change of documents: ``tags`` to set, ``untag`` to take away, the other fields unless None.

    An empty text takes a title's, an author's, a language's place too. Raises SourceError for what is none of these.
    """

    tags: Mapping[str, str] = field(default_factory=dict)
    untag: Collection[str] = ()
    title: str | None = None
    author: str | None = None
    language: str | None = None

    def __post_init__(self) -> None:
        checked_tags(self.tags)
        for name, text in (("title", self.title), ("author", self.author)):
            if text is not None and clean_title(text) != text:
                raise SourceError(f"{name} {text!r}: is not one line of at most 120 characters")
        if self.language is not None and not _LANGUAGE.fullmatch(self.language):
            raise SourceError(
                f"language {self.language!r}: is no language tag; write for example en, de-AT (BCP 47)"
            )

    def __bool__(self) -> bool:
        """Whether there is anything to change."""
        return self != Marks()

    def on(self, item: Item) -> Item:
        """The item as it is to be."""
        tags = {key: value for key, value in item.tags.items() if key not in self.untag} | dict(self.tags)
        return replace(
            item,
            tags=tags,
            title=item.title if self.title is None else self.title,
            author=item.author if self.author is None else self.author,
            language=item.language if self.language is None else self.language,
        )


def retag(writing: Writer, chosen: Sequence[FoundDocument], marks: Marks) -> CommitRecord | None:
    """Write a commit with the documents as they are to be; None when they all are so. Raises Damaged."""
    items = ((found, found.segment.item(found.stored)) for found in chosen)
    changed = [(found, marks.on(item)) for found, item in items if marks.on(item) != item]
    writing.unchanged = len(chosen) - len(changed)
    if not changed:
        return None
    return writing.add([item for _, item in changed], [found for found, _ in changed])
