"""The kinds of files whose text can be taken out: one module a kind, with ``extract``.

``kind_of`` tells a file's kind by its bytes, then by its name; ``extract`` reads it. Modules, and the libraries
they stand on, are imported when first needed. ``archive`` has ``members`` instead: its files are documents each.
"""

from __future__ import annotations

import importlib
from dataclasses import replace
from typing import NamedTuple, Protocol, cast

from memcodec.errors import SourceError
from memcodec.ingest.kinds import sniff
from memcodec.ingest.kinds.extracted import Extracted
from memcodec.ingest.kinds.recognition import Recognition

ARCHIVE = "archive"
NO_TEXT = "no text found in it"  #: of a file, as its note says

# kind (the module) -> its suffixes
_SUFFIXES = {
    "html": ".html .htm .xhtml",
    "pdf": ".pdf",
    "docx": ".docx .docm .dotx",
    "pptx": ".pptx .pptm .ppsx .potx",
    "xlsx": ".xlsx .xlsm .xltx",
    "odf": ".odt .ods .odp .ott .ots .otp .odg",
    "epub": ".epub",
    "rtf": ".rtf",
    "delimited": ".csv .tsv .tab",
    "parquet": ".parquet .pq",
    "notebook": ".ipynb",
    "mail": ".eml .mbox .mbx",
    "subtitles": ".srt .vtt .ass .ssa",
    "markdown": ".md .markdown .mdown .mkd .mdx .qmd .rmd",
    "code": ".py .pyi .js .mjs .cjs .jsx .ts .mts .tsx .go .rs .java .rb .cs .php .sh .bash"
    " .c .h .cc .cpp .cxx .hh .hpp",
    "speech": ".wav .mp3 .flac .ogg .oga .opus .m4a .aac .wma .mp4 .m4v .mov .mkv .webm .avi .flv",
    "image": ".jpg .jpeg .jpe .jfif .png .tif .tiff .webp .bmp .gif .avif",
    "plain": ".txt .text .log",
    ARCHIVE: ".zip .tar .tgz .tbz2 .txz .gz .bz2 .xz .lzma",
}
BY_SUFFIX = {suffix: kind for kind, suffixes in _SUFFIXES.items() for suffix in suffixes.split()}
_BINARY = {
    "pdf",
    "docx",
    "pptx",
    "xlsx",
    "odf",
    "epub",
    "rtf",
    "parquet",
    "speech",
    "image",
    ARCHIVE,
}  # their bytes say it
_ILLUSTRATED = {"pdf", "docx", "pptx", "xlsx", "odf", "epub", "image"}  # may hold pictures of text


class Kind(NamedTuple):
    """A file's kind, a key of the table, and a note for people when its name says another."""

    name: str
    note: str = ""


class Format(Protocol):
    """A module of this package."""

    def extract(self, data: bytes, name: str) -> Extracted:
        """The text of ``data``. Raises SourceError when it is damaged, MissingExtra when a library is missing."""


class IllustratedFormat(Protocol):
    """A module of this package whose files hold pictures."""

    def extract(self, data: bytes, name: str, recognition: Recognition) -> Extracted:
        """As a ``Format``'s, with the text in pictures as far as ``recognition`` reads it."""


def is_text(kind: str) -> bool:
    """Whether files of a kind are text, which people edit as such."""
    return kind not in _BINARY


def is_parsed_text(name: str) -> bool:
    """Whether a file is text that is parsed, by its name alone."""
    kind = BY_SUFFIX.get(sniff.by_name(name), "plain")
    return kind != "plain" and is_text(kind)


def is_archive(name: str) -> bool:
    """Whether a file is an archive, by its name alone."""
    return BY_SUFFIX.get(sniff.by_name(name)) == ARCHIVE


def kind_of(data: bytes, name: str) -> Kind:
    """The kind of ``data``, by its bytes where they say, else by ``name``. Raises SourceError when they contradict."""
    named = BY_SUFFIX.get(sniff.by_name(name), "plain")
    try:
        found = sniff.by_bytes(data)
    except SourceError as error:
        raise SourceError(f"{name}: {error}") from None
    if found == named or (found is None and named not in _BINARY):
        return Kind(sniff.by_text(data) or named) if named == "plain" else Kind(named)
    if found is None:
        return _by_name_alone(data, name, named)
    note = (
        ""
        if sniff.by_name(name) not in BY_SUFFIX
        else f"named {sniff.by_name(name)}, but its bytes are {_a(found)}"
    )
    return Kind(found, note)


def extract(
    data: bytes, name: str, *, kind: str | None = None, recognition: Recognition | None = None
) -> Extracted:
    """The text of ``data``, by its kind. Raises SourceError, MissingExtra; for archives, use ``archive.members``.

    A note says so when there is none, but of code: empty modules are usual. Pictures are read by ``recognition``.
    """
    known = Kind(kind) if kind else kind_of(data, name)
    if known.name == ARCHIVE:
        raise SourceError(f"{name}: an archive; its files are documents of their own")
    module = importlib.import_module(f"{__name__}.{known.name}")
    if known.name in _ILLUSTRATED:
        extracted = cast(IllustratedFormat, module).extract(data, name, recognition or Recognition())
    else:
        extracted = cast(Format, module).extract(data, name)
    told = known.name == "code" or any("no text" in note for note in extracted.notes)
    silent = NO_TEXT if not told and not extracted.text.strip() else ""
    notes = filter(None, (known.note, *extracted.notes, silent))
    return replace(extracted, notes=tuple(notes))


def _by_name_alone(data: bytes, name: str, named: str) -> Kind:
    """A name that promises bytes which are not there: text is taken as text, anything else is an error."""
    if named in ("speech", ARCHIVE):  # some of these begin in no way of their own
        return Kind(named)
    if data.strip() and b"\0" not in data[:65536] and not _control(data[:65536]):
        return Kind(sniff.by_text(data) or "plain", f"named {sniff.by_name(name)}, but it is text")
    raise SourceError(f"{name}: not {_a(named)} and no text; damaged, or given the wrong ending")


def _control(data: bytes) -> bool:
    return any(byte < 9 or 13 < byte < 27 for byte in data)


def _a(kind: str) -> str:
    names = {
        "odf": "an OpenDocument file",
        "speech": "a recording",
        ARCHIVE: "an archive",
        "epub": "an EPUB book",
        "image": "a picture",
    }
    return names.get(kind, f"{'an' if kind[0] in 'rx' else 'a'} {kind.upper()} file")
