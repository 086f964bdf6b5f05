"""From a file to the documents in it: text as it stands, other kinds by their format, archives file by file.

Text that is UTF-8 is stored byte for byte. Of other files, and of what was written to a terminal, the text is taken
out; what they were is kept beside it when it was text too (HTML, mail), so that it comes back byte for byte, and of any
file when the options say so.
"""

from __future__ import annotations

import hashlib
import logging
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC
from functools import partial
from itertools import accumulate, pairwise

from memcodec.config.settings import Ingest
from memcodec.errors import MemcodecError, MissingExtra, SourceError
from memcodec.ingest import text
from memcodec.ingest.files import PIPED, RawFile, Scratch
from memcodec.ingest.item import HEAD, Item, OriginalBytes, Reason, Rejected, checked_tags, pieces_of
from memcodec.ingest.kinds import ARCHIVE, NO_TEXT, archive, is_text, kind_of, sandbox, sniff
from memcodec.ingest.kinds.extracted import Extracted
from memcodec.ingest.kinds.recognition import NOT_WANTED, Wanted
from memcodec.ingest.names import clean_title, title_of, to_uri
from memcodec.model import Section

TYPES = {"plain": "text", "delimited": "csv", "speech": "recording"}  #: of kinds that people call otherwise
_LOG = logging.getLogger(__name__)
_AS_IT_STANDS = frozenset({"plain", "markdown", "code"})  # kinds whose text is the file's own
_STRUCTURED = 16 << 20  # bytes: larger files of these kinds are text without sections
_SPEECH, _IMAGE = "speech", "image"
_OURS = b"memcodec"  # in the head of every memory file: in MP4's configuration, in FLAC's comment


@dataclass(slots=True)
class Loader:
    """Loads files with the same options and tags. ``notes`` collects what people should know of some.

    ``progress`` is called as ``("ocr", done, total)`` while the pictures of a file are read; a total of 0 is not known.
    """

    options: Ingest
    tags: Mapping[str, str]
    notes: list[str] = field(default_factory=list)
    progress: Callable[[str, int, int], object] | None = None
    _kept: Scratch | None = None
    _parsed: dict[tuple[str, str], tuple[bytes, Extracted | MemcodecError]] = field(default_factory=dict)

    def for_thread(self) -> Loader:
        """One for a thread of its own: it tells nothing but in its own ``notes``."""
        return replace(self, notes=[], progress=None, _kept=self._scratch, _parsed={})

    def parse_ahead(self, files: Sequence[RawFile], stop: Callable[[], bool]) -> None:
        """Have files that are held parsed in one go, as far as they are text that is parsed: ``load`` does the rest."""
        asked = [
            sandbox.Asked(file.data, file.name, kind)
            for file in files
            if file.data is not None and (kind := _kind_to_parse(file.data, file.name))
        ]
        while asked and not stop():
            found = sandbox.extract_first(asked)
            for each, made in zip(asked, found, strict=False):
                self._parsed[each.name, each.kind] = each.data, made
            asked = asked[len(found) :]

    def load(self, file: RawFile) -> Iterator[Item | Rejected]:
        """The documents in a file, or why there is none."""
        mode = file.rights.mode if file.rights is not None else None
        mtime = file.look.modified if file.look is not None else None
        for found in self._found(file):
            if isinstance(found, Item):
                yield replace(
                    found, rights=file.rights, spot=file.spot, anew=file.anew, mode=mode, mtime=mtime
                )
            else:
                yield found

    def _found(self, file: RawFile) -> Iterator[Item | Rejected]:
        file = file.held()
        try:
            head = next(file.pieces(), b"")[:HEAD]
        except OSError as error:
            yield Rejected(Reason.UNREADABLE, f"cannot be read: {error.strerror or error}")
            return
        try:
            kind = kind_of(head, file.name).name
        except SourceError as error:
            yield Rejected(Reason.BINARY, _detail(error, file.name))
            return
        _LOG.debug("%s: %s", file.name, kind)
        if kind in _AS_IT_STANDS:
            yield self._text(file, kind)
            return
        if kind == _SPEECH and _OURS in head:
            yield Rejected(Reason.BINARY, "a memory file; `merge()` joins such")
            return
        data = _whole(file)
        if isinstance(data, Rejected):
            yield data
            return
        yield from self._loaded(file, data)

    def _text(self, file: RawFile, kind: str) -> Item | Rejected:
        """Text in UTF-8 as it is, with the places of its sections; text of another encoding, decoded."""
        found = text.load(file, self.tags)
        if isinstance(found, text.Unclear):
            return self._told(file, kind)
        if isinstance(found, Rejected):
            return found
        if kind == "plain" and not found.size:
            self._note(file, NO_TEXT)
        if kind == "plain" or found.size > _STRUCTURED:
            return replace(found, type=_type(kind))
        if isinstance(data := _whole(file), Rejected):
            return data
        try:
            extracted = self._extracted_by(data, file.name, kind, NOT_WANTED)
        except MissingExtra:
            return replace(found, type=kind)  # sections are for comfort: the text itself is whole
        except SourceError as error:
            self._note(file, f"no sections: {_detail(error, file.name)}")
            return replace(found, type=kind)
        for note in extracted.notes:
            self._note(file, note)
        mark = len(BOM_UTF8) if data.startswith(BOM_UTF8) else 0  # it stays in the text that is stored
        return replace(
            found,
            title=clean_title(extracted.title or "") or found.title,
            time=extracted.time.astimezone(UTC) if extracted.time is not None else found.time,
            tags={**checked_tags(extracted.tags), **self.tags},
            type=kind,
            author=extracted.author or "",
            language=extracted.language or "",
            sections=_sections(extracted, mark),
        )

    def _told(self, file: RawFile, kind: str) -> Item | Rejected:
        """Text whose encoding, or what of it a reader sees, is told from the whole of it."""
        if isinstance(data := _whole(file), Rejected):
            return data
        if kind != "plain" and len(data) <= _STRUCTURED:
            found = next(self._extracted(file, data, kind))
            if isinstance(found, Item):
                return found
        found = next(self._extracted(file, data, "plain"))
        return replace(found, type=_type(kind)) if isinstance(found, Item) else found

    def _loaded(self, file: RawFile, data: bytes) -> Iterator[Item | Rejected]:
        try:
            kind, note = kind_of(data, file.name)
        except SourceError as error:
            yield Rejected(Reason.BINARY, _detail(error, file.name))
            return
        if kind in (ARCHIVE, _SPEECH) and _is_utf8(data) and sniff.by_bytes(data) is None:
            yield self._text(file, "plain")  # a name like that, but text
            return
        if note:
            self._note(file, note)
        if kind == ARCHIVE:
            yield from self._members(file, data)
        elif kind == _SPEECH and self.options.transcribe == "none":
            yield Rejected(Reason.BINARY, "a recording; `transcribe` writes down what is said in it")
        else:
            yield from self._extracted(file, data, kind)

    def _members(self, file: RawFile, data: bytes) -> Iterator[Item | Rejected]:
        notes, sha256 = list[str](), hashlib.sha256(data).hexdigest()
        try:
            if self.options.keep_originals:
                listed = "".join(f"{name}\n" for name, _ in archive.members(data, file.name))
                yield self._item(file, data, ARCHIVE, Extracted(listed, title=file.uri))
            for name, inner in archive.members(data, file.name, notes):
                uri = f"{file.uri}/{to_uri(name)}"
                read = partial(pieces_of, inner)
                member = RawFile(name, uri, file.time, file.limit, read, file.rights, look=file.look)
                for found in self.load(member):
                    if isinstance(found, Rejected):
                        self.notes.append(f"{uri}: {found.detail}")
                    else:
                        yield replace(self._put_aside(found, inner), source=sha256)
        except MemcodecError as error:
            yield Rejected(Reason.DAMAGED, _detail(error, file.name))
        for note in notes:
            self._note(file, note)

    def _put_aside(self, item: Item, data: bytes) -> Item:
        """An archive's member does not stay in memory."""
        return (
            item if item.extracted or item.size != len(data) else replace(item, read=self._scratch.keep(data))
        )

    def _extracted(self, file: RawFile, data: bytes, kind: str) -> Iterator[Item | Rejected]:
        try:
            found = self._taken_out(data, file.name, kind)
            if kind == _IMAGE and self._is_seen and not found.text.strip():
                found = replace(found, text=f"{title_of('', file.name)}\n")  # a hit shows a text
            item = self._item(file, data, kind, found)
        except MissingExtra as error:
            is_choice = kind == _IMAGE and self.options.ocr == "auto"
            yield Rejected(Reason.UNREAD if is_choice else Reason.MISSING, str(error))
        except SourceError as error:
            reason = Reason.BINARY if kind == "plain" else Reason.DAMAGED
            yield Rejected(reason, _detail(error, file.name))
        else:
            if kind == _IMAGE and not (item.size or item.original is not None):
                yield Rejected(Reason.WORDLESS, "a picture without text; `keep_originals=True` keeps it")
                return
            for note in found.notes:
                self._note(file, note)
            yield item

    def _taken_out(self, data: bytes, name: str, kind: str) -> Extracted:
        if kind == _SPEECH:
            from memcodec.ingest.kinds import speech

            model = self.options.transcribe
            return speech.extract(data, name, model if model != "default" else None)
        return self._extracted_by(data, name, kind, Wanted(self.options.ocr, self.options.gps))

    def _extracted_by(self, data: bytes, name: str, kind: str, wanted: Wanted) -> Extracted:
        """What the child makes of a file, or has made of it already."""
        known, found = self._parsed.pop((name, kind), (b"", None))
        if found is None or known != data:
            return sandbox.extract(data, name, kind=kind, wanted=wanted, progress=self._read_pictures)
        if isinstance(found, MemcodecError):
            raise found
        return found

    @property
    def _is_seen(self) -> bool:
        """Whether pictures are found by what they show."""
        return self.options.image_model != "none"

    def _read_pictures(self, done: int, total: int) -> None:
        if self.progress is not None:
            self.progress("ocr", done, total)

    def _item(self, file: RawFile, data: bytes, kind: str, found: Extracted) -> Item:
        encoded = found.text.encode()
        stands = kind in _AS_IT_STANDS and encoded == data
        wanted = self.options.keep_originals or (kind == _IMAGE and self._is_seen)
        keep = not stands and (wanted or is_text(kind) or _is_utf8(data))
        kept = (
            OriginalBytes(len(data), hashlib.sha256(data).hexdigest(), self._scratch.keep(data))
            if keep
            else None
        )
        return Item(
            file.uri,
            clean_title(found.title or "")
            or title_of(found.text[:HEAD], file.name, is_file=file.name != PIPED),
            found.time.astimezone(UTC) if found.time is not None else file.time,
            len(encoded),
            hashlib.sha256(encoded).hexdigest(),
            {**checked_tags(found.tags), **self.tags},
            self._scratch.keep(encoded),
            _type(kind),
            found.author or "",
            found.language or "",
            extracted=not stands,
            sections=_sections(found),
            original=kept,
            source="" if stands or keep else hashlib.sha256(data).hexdigest(),
        )

    @property
    def _scratch(self) -> Scratch:
        if self._kept is None:
            self._kept = Scratch()
        return self._kept

    def _note(self, file: RawFile, note: str) -> None:
        self.notes.append(f"{file.uri}: {note}")


def _type(kind: str) -> str:
    return TYPES.get(kind, kind)


def _kind_to_parse(data: bytes, name: str) -> str:
    """The kind of a text that a child parses; empty for what is none, or is text as it stands."""
    try:
        kind = kind_of(data[:HEAD], name).name
    except SourceError:
        return ""
    return kind if kind != "plain" and is_text(kind) else ""


def _whole(file: RawFile) -> bytes | Rejected:
    if file.data is not None:
        return file.data
    pieces, size = [], 0
    try:
        for piece in file.read():
            size += len(piece)
            if size > file.limit:
                return Rejected(Reason.TOO_LARGE, "larger than `max_file_size` allows; raise it")
            pieces.append(piece)
    except OSError as error:
        return Rejected(Reason.UNREADABLE, f"cannot be read: {error.strerror or error}")
    return b"".join(pieces)


def _sections(found: Extracted, before: int = 0) -> tuple[Section, ...]:
    """The sections by bytes of the text instead of characters; so many bytes stand before it."""
    starts = [each.start for each in found.sections]
    sizes = [len(found.text[a:b].encode()) for a, b in pairwise([0, *starts])]
    return tuple(
        Section(before + start, tuple(each.path), each.place)
        for start, each in zip(accumulate(sizes), found.sections, strict=True)
    )


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _detail(error: MemcodecError, name: str) -> str:
    return str(error).removeprefix(f"{name}: ")
