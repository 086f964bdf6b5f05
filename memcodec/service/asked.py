"""What is asked, as models that check it: documents on their way in, searches, and which documents are meant."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from memcodec import Filter
from memcodec.ingest.item import Item, text_item

Mode = Literal["hybrid", "lexical", "semantic", "exact", "regex"]
Name = Annotated[str, Field(min_length=1, max_length=1000)]
File = Annotated[str | None, Field(max_length=255, description="One of the files by its name.")]
State = Annotated[
    int | str | None, Field(description="As the files were: a commit's number, or a date or time.")
]
_LONGEST = 10_000


class Asked(BaseModel):
    """Nothing but what is named."""

    model_config = ConfigDict(extra="forbid")


class NewDocument(Asked):
    """A document. One of a known ``uri`` takes the old one's place; the old text stays in the file's history."""

    text: str
    title: str | None = Field(None, max_length=1000)
    uri: Name | None = None
    tags: dict[Name, Annotated[str, Field(max_length=1000)]] = Field({}, max_length=100)
    time: datetime | None = None

    def item(self) -> Item:
        """Raises SourceError for what is not valid Unicode."""
        return text_item(self.text, title=self.title, uri=self.uri, tags=self.tags, time=self.time)


class NewDocuments(Asked):
    """Documents that become one commit."""

    documents: list[NewDocument] = Field(min_length=1, max_length=1000)
    file: File = None


class Which(Asked):
    """Which documents are meant: all conditions hold. Times are those that the command line takes."""

    doc: list[Name] = Field([], max_length=100)
    tag: list[Name] = Field([], max_length=100, description="KEY=VALUE")
    path: list[Name] = Field([], max_length=100, description="A uri, or a glob as birds/*.")
    type: str | None = Field(None, max_length=100)
    lang: str | None = Field(None, max_length=100)
    since: str | None = Field(None, max_length=100)
    until: str | None = Field(None, max_length=100)
    before: str | None = Field(None, max_length=100)

    def filter(self) -> Filter:
        """As the library has it. Raises ConfigError."""
        return Filter.of(
            documents=self.doc,
            tags=self.tag,
            path=self.path,
            type=self.type or None,
            language=self.lang or None,
            since=self.since or None,
            until=self.until or None,
            before=self.before or None,
        )


class Search(Which):
    """A search, with the query language and the filters of the command line."""

    query: str = Field(min_length=1, max_length=_LONGEST)
    k: int = Field(10, ge=1, le=100)
    mode: Mode = "hybrid"
    file: File = None
    as_of: State = None
    chunks: bool = Field(False, description="Chunks as they are, not joined to passages.")
    min_score: float | None = Field(None, ge=0, le=1)


class Listed(Which):
    """Documents, page by page."""

    file: File = None
    as_of: State = None
    limit: int = Field(100, ge=1, le=1000)
    offset: int = Field(0, ge=0, le=1_000_000_000)


class Forgotten(Which):
    """Documents that are to be forgotten; at least one condition."""

    file: File = None
    dry_run: bool = False


class Tagged(Which):
    """Documents, and what they are to be marked with."""

    file: File = None
    tags: dict[Name, Annotated[str, Field(max_length=1000)]] = Field({}, max_length=100)
    untag: list[Name] = Field([], max_length=100)
    title: str | None = Field(None, max_length=1000)


class Edited(Asked):
    """A document's new text; its uri stays, and what is not given."""

    text: str
    title: str | None = Field(None, max_length=1000)
    file: File = None
    sha256: str | None = Field(
        None, max_length=64, description="Of the text that was edited: refused if it is another."
    )


class Back(Asked):
    """The state that is to be brought back, as a new commit."""

    commit: int = Field(ge=0, le=1_000_000_000)
    file: File = None


class Wanted(Asked):
    """A file whose vectors are to be made."""

    file: File = None
    rebuild: bool = False


FileQuery = Annotated[str | None, Query(max_length=255, description="One of the files by its name.")]
StateQuery = Annotated[
    str | None, Query(max_length=100, description="As it was: a commit's number, or a date or time.")
]
