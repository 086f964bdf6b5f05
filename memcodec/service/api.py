"""Documents, search, history and jobs over HTTP. What is answered has the names of the command line's ``--json``."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from memcodec import Collection, Filter, Memory, answers
from memcodec.answers.documents import (
    AddAnswer,
    DiffAnswer,
    ManyAnswer,
    ReadAnswer,
    SearchAnswer,
)
from memcodec.answers.files import HistoryAnswer, InfoAnswer
from memcodec.answers.jobs import JobsAnswer
from memcodec.answers.typed import TypedDict
from memcodec.answers.writes import ForgetAnswer, RollbackAnswer, TagAnswer
from memcodec.config.times import state_of
from memcodec.errors import ConfigError, Conflict, NotFound
from memcodec.ingest.item import Item
from memcodec.jobs.store import Store
from memcodec.model import CommitReport, Document
from memcodec.search.query import question
from memcodec.service.access import Client, Role
from memcodec.service.answering import Answering
from memcodec.service.asked import (
    Back,
    Edited,
    FileQuery,
    Forgotten,
    Listed,
    NewDocuments,
    Search,
    StateQuery,
    Tagged,
    Wanted,
)
from memcodec.service.events import Events, jobs_of, shown_job
from memcodec.service.faults import DESCRIBED, Refused
from memcodec.service.shelf import Shelf


class AddedAnswer(TypedDict):
    """Documents that were added; ``commit`` is null for those that were there as they are."""

    documents: list[AddAnswer]


class FileAnswer(TypedDict):
    """A file that is served."""

    name: str
    commit: int
    size: int


class FilesAnswer(TypedDict):
    """What is served, whether whoever asks may write to it, and make memories."""

    files: list[FileAnswer]
    writable: bool
    creates: bool
    role: str


def role_of(request: Request) -> Role:
    """What whoever asks may do."""
    client: Client = request.state.client
    return client.role


def needs(role: Role) -> Any:
    """A route that is for some alone."""

    def check(request: Request) -> None:
        if role_of(request) < role:
            raise Refused(403, f"this token may not do that; it takes one for {role.name.lower()}")

    return Depends(check)


def router(shelf: Shelf, events: Events) -> APIRouter:
    """The routes over a shelf."""
    made = APIRouter(responses=DESCRIBED)
    calls = Calls(shelf, events)
    may_write, may_rule = [needs(Role.WRITE)], [needs(Role.ADMIN)]
    get: dict[str, tuple[Callable[..., Any], Any]] = {
        "/v1/files": (calls.files, FilesAnswer),
        "/v1/files/{name}": (calls.info, InfoAnswer),
        "/v1/documents": (calls.listing, ManyAnswer),
        "/v1/documents/{id:path}": (calls.document, ReadAnswer),
        "/v1/search": (calls.search_get, SearchAnswer),
        "/v1/log": (calls.log, HistoryAnswer),
        "/v1/diff": (calls.diff, DiffAnswer),
        "/v1/jobs": (calls.jobs, JobsAnswer),
    }
    for path, (call, shape) in get.items():
        made.get(path, response_model=shape)(call)
    made.get("/v1/raw/{id:path}", response_class=Response)(calls.raw)
    for path in ("/v1/search", "/query"):
        made.post(path, response_model=SearchAnswer)(calls.search)
    for path in ("/v1/documents", "/encode"):
        made.post(path, response_model=AddedAnswer, dependencies=may_write)(calls.add)
    made.put("/v1/documents/{id:path}", response_model=AddAnswer, dependencies=may_write)(calls.edit)
    made.delete("/v1/documents/{id:path}", response_model=ForgetAnswer, dependencies=may_write)(
        calls.forget_one
    )
    made.post("/v1/forget", response_model=ForgetAnswer, dependencies=may_write)(calls.forget)
    made.post("/v1/tag", response_model=TagAnswer, dependencies=may_write)(calls.tag)
    made.post("/v1/rollback", response_model=RollbackAnswer, dependencies=may_rule)(calls.rollback)
    made.post("/v1/jobs", response_model=JobsAnswer, status_code=202, dependencies=may_rule)(calls.index)
    made.delete("/v1/jobs/{number}", response_model=JobsAnswer, dependencies=may_rule)(calls.cancel)
    return made


class Calls(Answering):
    """What the routes do."""

    def __init__(self, shelf: Shelf, events: Events) -> None:
        super().__init__(shelf)
        self._events = events

    # Reading

    async def files(self, request: Request) -> Response:
        """The files that are served."""

        def look() -> list[FileAnswer]:
            states = [(name, each.state()) for name, each in self._shelf.stored.items()]
            return [{"name": name, "commit": at.commit, "size": at.end} for name, at in states]

        role = role_of(request)
        shown: FilesAnswer = {
            "files": await self._shelf.apart(look),
            "writable": self._shelf.writable and role >= Role.WRITE,
            "creates": self._shelf.folder is not None and role >= Role.ADMIN,
            "role": role.name.lower(),
        }
        return self._json(shown)

    async def info(self, name: str) -> Response:
        """What is inside a file, and where every byte went."""
        self._shelf.name(name)

        def look() -> InfoAnswer:
            with self._shelf.opened(name) as memory:
                found = answers.files.info(memory.info())
            for root in found["roots"]:
                root["path"] = None
            return found

        return self._json(await self._shelf.apart(look))

    async def listing(self, asked: Annotated[Listed, Query()]) -> Response:
        """List documents, oldest first."""
        only, file = asked.filter(), self._shelf.path(asked.file)

        def look(files: Collection) -> ManyAnswer:
            with self._at(files, asked.as_of, file) as then:
                found = [
                    (self._shelf.short(name), each)
                    for name, some in then.listing(only, file=file)
                    for each in some
                ]
            return answers.documents.many(found[asked.offset : asked.offset + asked.limit], len(found))

        return self._json(await self._shelf.read(look))

    async def document(
        self,
        id: str,  # noqa: A002 - the name of the parameter in the address
        file: FileQuery = None,
        as_of: StateQuery = None,
        first: Annotated[int, Query(ge=1, le=1_000_000_000)] = 1,
        count: Annotated[int, Query(ge=1, le=100_000)] = 10_000,
    ) -> Response:
        """Read a document by its id or uri, or some of its lines."""
        path = self._shelf.path(file)

        def look(files: Collection) -> ReadAnswer:
            with self._at(files, as_of, path) as then:
                name = then.file_of(id, file=path)
                shown = then.document(id, file=name)
                found = answers.documents.read(name, shown, then.read(shown, file=name), first, count)
            if first > max(1, found["lines"]):
                raise NotFound(f"{shown.uri} has {found['lines']} lines, and no line {first}")
            return found

        return self._json(await self._shelf.read(look))

    async def raw(
        self,
        id: str,  # noqa: A002
        file: FileQuery = None,
        as_of: StateQuery = None,
        original: bool = False,
    ) -> Response:
        """Download a document's text, or the original file if it was kept, byte for byte."""
        path = self._shelf.path(file)

        def look(files: Collection) -> tuple[Document, bytes]:
            with self._at(files, as_of, path) as then:
                name = then.file_of(id, file=path)
                return then.document(id, file=name), then.read_bytes(id, original=original, file=name)

        shown, data = await self._shelf.read(look)
        name = quote(shown.uri.rstrip("/").rsplit("/", 1)[-1] or "document", safe="")
        kind = "application/octet-stream" if original else "text/plain; charset=utf-8"
        return Response(
            data,
            headers={"Content-Type": kind, "Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
        )

    async def search_get(self, asked: Annotated[Search, Query()]) -> Response:
        """Search."""
        return await self.search(asked)

    async def search(self, asked: Search) -> Response:
        """Search: the passages that answer best, each with its document, lines and score."""
        only, file = asked.filter(), self._shelf.path(asked.file)

        def look(files: Collection) -> SearchAnswer:
            query = question(asked.query) if asked.mode in ("hybrid", "lexical", "semantic") else asked.query
            with self._at(files, asked.as_of, file) as then:
                found = then.search(
                    query,
                    asked.k,
                    asked.mode,
                    only,
                    file=file,
                    merge=not asked.chunks,
                    min_score=asked.min_score,
                )
            return answers.documents.search(found)

        return self._json(await self._shelf.read(look))

    async def log(
        self,
        file: FileQuery = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        offset: Annotated[int, Query(ge=0, le=1_000_000_000)] = 0,
    ) -> Response:
        """List the commits of a file, the newest first."""
        name = self._shelf.name(file)
        commits = await self._shelf.read(lambda files: files.log(file=self._shelf.path(name)))
        shown = commits[::-1][offset : offset + limit]
        return self._json(answers.files.history(name, shown, len(commits)))

    async def diff(
        self,
        a: Annotated[str, Query(alias="from", max_length=100, description="A commit's number, or a time.")],
        b: Annotated[str | None, Query(alias="to", max_length=100)] = None,
        file: FileQuery = None,
    ) -> Response:
        """How two states of a file differ."""
        name, old, new = self._shelf.name(file), state_of(a), state_of(b)
        if old is None:
            raise ConfigError("from: which state is meant?")

        def look() -> DiffAnswer:
            with self._shelf.opened(name) as memory:
                return answers.documents.diff(name, memory.diff(old, new))

        return self._json(await self._shelf.apart(look))

    # Writing

    async def _change(self, file: str | None, work: Callable[[Memory], CommitReport]) -> CommitReport:
        # A client that goes away does not undo what it asked for.
        report = await asyncio.shield(asyncio.wrap_future(self._shelf.writer(file).change(work)))
        await self._events.look()
        return report

    async def _added(self, items: Sequence[Item], file: str | None) -> tuple[CommitReport, list[Document]]:
        made = await asyncio.shield(asyncio.wrap_future(self._shelf.writer(file).add(items)))
        await self._events.look()
        return made

    async def add(self, asked: NewDocuments) -> Response:
        """Add documents; they are on stable storage, and found, when this is answered."""
        items = [each.item() for each in asked.documents]
        report, documents = await self._added(items, asked.file)
        shown = [answers.documents.added(report.file, report.commit, each) for each in documents]
        return self._json({"documents": shown})

    async def edit(self, id: str, asked: Edited) -> Response:  # noqa: A002
        """Give a document another text. It becomes a new version; the old one stays in the file's history."""
        name, wanted = self._shelf.name(asked.file), asked.sha256
        self._shelf.writer(name)
        old = await self._shelf.read(lambda files: files.document(id, file=self._shelf.path(name)))
        fresh = Edit(old, asked)

        def work(memory: Memory) -> tuple[CommitReport, Document]:
            now = memory.document(old.uri)
            if wanted is not None and now.sha256 != wanted:
                raise Conflict(f"{old.uri}: was changed meanwhile; read it again")
            memory.add_items([fresh.item(now)])
            return memory.commit(), memory.document(old.uri)

        report, document = await asyncio.shield(asyncio.wrap_future(self._shelf.writer(name).change(work)))
        await self._events.look()
        return self._json(answers.documents.added(report.file, report.commit, document))

    async def forget_one(self, id: str, file: FileQuery = None) -> Response:  # noqa: A002
        """Forget a document by its id or uri. The file's history still has it."""
        report = await self._change(file, lambda memory: memory.forget(Filter(documents=memory.document(id))))
        return self._json(answers.writes.forget(report.file, report))

    async def forget(self, asked: Forgotten) -> Response:
        """Forget the documents that meet all conditions."""
        only, dry = asked.filter(), asked.dry_run
        report = await self._change(asked.file, lambda memory: memory.forget(only, dry_run=dry))
        return self._json(answers.writes.forget(report.file, report))

    async def tag(self, asked: Tagged) -> Response:
        """Give the documents that meet all conditions other tags, or another title."""
        only, tags, untag, title = asked.filter(), asked.tags, asked.untag, asked.title
        report = await self._change(
            asked.file, lambda memory: memory.tag(only, tags=tags, untag=untag, title=title)
        )
        return self._json(answers.writes.tag(report.file, report))

    async def rollback(self, asked: Back) -> Response:
        """Bring an old state back, as a new commit."""
        number = asked.commit
        report = await self._change(asked.file, lambda memory: memory.rollback(number))
        return self._json(answers.writes.rollback(report.file, report))

    # Jobs

    async def jobs(self) -> Response:
        """The indexing jobs of these files."""
        found = await self._shelf.apart(lambda: jobs_of(self._shelf))
        return self._json({"jobs": [shown_job(*each) for each in found]})

    async def index(self, asked: Wanted) -> Response:
        """Have the vectors of a file made, by processes that outlive the request."""
        name = self._shelf.name(asked.file)
        self._shelf.writer(name)

        def work() -> int:
            with self._shelf.opened(name) as memory:
                return memory.index_background(rebuild=asked.rebuild).id

        number = await self._shelf.apart(work)
        found = await self._shelf.apart(lambda: jobs_of(self._shelf))
        return self._json({"jobs": [shown_job(*each) for each in found if each[1].id == number]}, 202)

    async def cancel(self, number: int) -> Response:
        """Stop a job; what is committed stays."""

        def work() -> list[dict[str, Any]]:
            mine = [each for each in jobs_of(self._shelf) if each[1].id == number]
            if not mine:
                raise NotFound(f"there is no job {number} of these files")
            with Store() as store:
                store.cancel(number)
            return [shown_job(*each) for each in jobs_of(self._shelf) if each[1].id == number]

        return self._json({"jobs": await self._shelf.apart(work)})


class Edit:
    """Another text for a document, which keeps what else is known of it."""

    def __init__(self, old: Document, asked: Edited) -> None:
        if old.original is not None or old.extracted:
            raise ConfigError(
                f"{old.uri}: its text was taken out of another file; edit that, and add it again"
            )
        self._asked = asked

    def item(self, old: Document) -> Item:
        """It, as the document is now."""
        from memcodec.ingest.item import text_item

        title = self._asked.title if self._asked.title is not None else old.title
        made = text_item(self._asked.text, title=title, uri=old.uri, tags=old.tags)
        return replace(
            made, type=old.type, author=old.author, language=old.language, root=old.root, mode=old.mode
        )
