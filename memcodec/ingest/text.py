"""The loader of text: whatever is valid UTF-8 and nothing else, byte for byte. A byte order mark is kept."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

from memcodec.config.units import format_size
from memcodec.errors import SourceError
from memcodec.ingest.files import PIPED, RawFile
from memcodec.ingest.item import HEAD, Item, Reason, Rejected
from memcodec.ingest.names import title_of

# Bytes of UTF-8 that other encodings and terminals give a meaning of their own
_TELLING = (b"\xc2\x9b", b"~{", b"+/v")
_CONTROLS = bytes(set(range(28)) - set(b"\a\t\n\v\f\r"))


class Unclear(NamedTuple):
    """A loader's answer for a file whose text has to be told from all its bytes."""


def load(file: RawFile, tags: Mapping[str, str]) -> Item | Rejected | Unclear:
    """Read ``file`` once to check and measure it: nothing is handed on before all of it is known to be text.

    ``Item.open`` reads it again, so that a list of items holds no text.
    """
    digest, size, head, unclear = hashlib.sha256(), 0, b"", False
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    try:
        for piece in file.pieces():
            decoder.decode(piece)
            unclear = unclear or _has_other_meaning(piece)
            digest.update(piece)
            head, size = head or piece[:HEAD], size + len(piece)
            if size > file.limit:
                limit = format_size(file.limit)
                return Rejected(Reason.TOO_LARGE, f"larger than {limit}; raise `max_file_size`")
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return Unclear()
    except OSError as error:
        return Rejected(Reason.UNREADABLE, f"cannot be read: {error.strerror or error}")
    if unclear:
        return Unclear()
    title = title_of(head.decode("utf-8", "ignore"), file.name, is_file=file.name != PIPED)
    return Item(
        file.uri, title, file.time, size, digest.hexdigest(), tags, partial(_again, file.read, file.uri)
    )


def _has_other_meaning(piece: bytes) -> bool:
    is_plain = len(piece.translate(None, _CONTROLS)) == len(piece) and not any(
        map(piece.__contains__, _TELLING)
    )
    return not is_plain or piece.count(b"\r") > piece.count(b"\r\n")


def _again(read: Callable[[], Iterator[bytes]], uri: str) -> Iterator[bytes]:
    try:
        yield from read()
    except OSError as error:
        raise SourceError(f"{uri}: cannot be read again: {error.strerror or error}") from error
