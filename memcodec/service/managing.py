"""Memories made, and files taken in, over HTTP: what the page that manages them needs beside documents and history."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import chain
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field, StringConstraints
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from memcodec import answers
from memcodec.answers.documents import AddAnswer
from memcodec.answers.typed import TypedDict
from memcodec.errors import MissingExtra, SourceError
from memcodec.ingest.files import RawFile, Scratch
from memcodec.ingest.item import PIECE, Item, Reason, Rejected
from memcodec.ingest.loaders import Loader
from memcodec.ingest.names import to_uri
from memcodec.service.access import Role
from memcodec.service.answering import Answering
from memcodec.service.api import FileAnswer, needs
from memcodec.service.asked import Asked, File, Name, NewDocument
from memcodec.service.events import Events
from memcodec.service.faults import DESCRIBED, Refused
from memcodec.service.shelf import Shelf

_AT_ONCE = 2  # uploads that are read at the same time, each in a process of its own
_WAITING = 50  # uploads under way
_LACKING = (Reason.MISSING, Reason.UNREAD)  # what an extra would read
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_OF_A_FILE = {"requestBody": {"required": True, "content": {"application/octet-stream": _BINARY}}}

#: a name without a folder, of a kind of media that is written
FileName = Annotated[str, StringConstraints(pattern=r"^\w[\w .,@&'()+-]{0,100}\.(mp4|flac)$", max_length=106)]
Read = Callable[[], Iterator[bytes]]
Tag = Annotated[str, Field(min_length=2, max_length=1000, pattern="^[^=]+=")]


class NewMemory(Asked):
    """A memory, and the documents that it begins with: there is none without one."""

    name: FileName
    documents: list[NewDocument] = Field(min_length=1, max_length=1000)


class Uploaded(Asked):
    """A file that is sent: what it is called, which tells its kind, and where it goes."""

    name: Name = Field(description="Its uri; of a known one the old text stays in the file's history.")
    file: File = None
    tag: list[Tag] = Field([], max_length=100, description="KEY=VALUE")


class UploadAnswer(TypedDict):
    """Documents that a file became: one, or those in an archive. ``notes`` tell of what was left out of it."""

    documents: list[AddAnswer]
    notes: list[str]


def router(shelf: Shelf, events: Events) -> APIRouter:
    """The routes over a shelf."""
    made, calls = APIRouter(responses=DESCRIBED), Managing(shelf, events)
    made.post("/v1/files", response_model=FileAnswer, status_code=201, dependencies=[needs(Role.ADMIN)])(
        calls.create
    )
    made.post(
        "/v1/upload", response_model=UploadAnswer, dependencies=[needs(Role.WRITE)], openapi_extra=_OF_A_FILE
    )(calls.upload)
    return made


class Managing(Answering):
    """What the routes do."""

    def __init__(self, shelf: Shelf, events: Events) -> None:
        super().__init__(shelf)
        self._events = events
        self._reading, self._under_way = asyncio.Semaphore(_AT_ONCE), 0

    async def create(self, asked: NewMemory) -> Response:
        """Make a memory beside the others, of its first documents."""
        items = [each.item() for each in asked.documents]
        state = await self._shelf.apart(lambda: self._shelf.create(asked.name, items))
        await self._events.look()
        made: FileAnswer = {"name": asked.name, "commit": state.commit, "size": state.end}
        return self._json(made, 201)

    async def upload(self, request: Request, asked: Annotated[Uploaded, Query()]) -> Response:
        """Take a file in: text as it is, of other kinds what can be read, of an archive each file. One commit."""
        writer = self._shelf.writer(asked.file)
        if self._under_way >= _WAITING:
            raise Refused(503, "too many uploads are under way; try again later", "Busy")
        self._under_way += 1
        try:
            read = await _taken(request)
            async with self._reading:
                items, notes = await self._shelf.apart(lambda: self._loaded(asked, read))
            report, documents = await asyncio.shield(asyncio.wrap_future(writer.add(items)))
        finally:
            self._under_way -= 1
        await self._events.look()
        shown = [answers.documents.added(report.file, report.commit, each) for each in documents]
        return self._json({"documents": shown, "notes": notes})

    def _loaded(self, asked: Uploaded, read: Read) -> tuple[list[Item], list[str]]:
        """The documents in what was sent. Raises SourceError where there is none, MissingExtra."""
        ingest = self._shelf.settings.ingest
        loader = Loader(ingest, dict(each.split("=", 1) for each in asked.tag))
        now, uri = datetime.now(UTC), to_uri(asked.name)
        items, left_out = list[Item](), list[Rejected]()
        for found in loader.load(RawFile(asked.name, uri, now, ingest.max_file_size, read)):
            if isinstance(found, Rejected):
                left_out.append(found)
            else:
                items.append(found)
        notes = [*(f"{asked.name}: {each.detail}" for each in left_out), *loader.notes]
        if not items:
            kind = MissingExtra if left_out and left_out[0].reason in _LACKING else SourceError
            raise kind(notes[0] if notes else f"{asked.name}: there is no text in it")
        return items, notes


async def _taken(request: Request) -> Read:
    """A request's body, put aside; what is returned gives it in pieces, as often as needed."""
    scratch, parts, piece = Scratch(), list[Read](), bytearray()
    try:
        async for data in request.stream():
            piece += data
            if len(piece) >= PIECE:
                parts.append(scratch.keep(bytes(piece)))
                piece.clear()
    except ClientDisconnect:
        raise Refused(400, "the file did not come to its end") from None
    parts.append(scratch.keep(bytes(piece)))
    return lambda: chain.from_iterable(part() for part in parts)
