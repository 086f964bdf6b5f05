"""Cuts a document into chunks: spans of about a thousand characters, the units that search returns.

A chunk ends, in order of preference, where a paragraph, a sentence, a line or a word does, and never inside
a grapheme cluster. The text is read once, window by window: memory does not grow with the document, nor
with a line.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from memcodec.errors import ConfigError, SourceError
from memcodec.ingest.graphemes import LONGEST, cluster_end, cluster_start

_WINDOW = 1 << 16

_NEWLINE = r"(?:\r\n|\n|\r(?!\n)|[\x85\u2028])"
_ENDS = (
    re.compile(rf"{_NEWLINE}(?:[ \t]*{_NEWLINE})+|[\f\u2029]"),  # paragraph
    re.compile(r"""[.!?…।॥؟۔]["'”’»)\]]*\s+|[。！？｡]["'”’」』）]*"""),  # sentence
    re.compile(_NEWLINE),
    re.compile(r"\s+"),  # word
)
_WORD_START = re.compile(r"(?<=\s)\S")


class ChunkSpan(NamedTuple):
    """A chunk: bytes ``start`` to ``end`` of its document, the lines they touch (from 1, inclusive), their
    text.

    A line ends with LF, CRLF or CR, and its end belongs to it.
    """

    start: int
    end: int
    first_line: int
    last_line: int
    text: str


class Chunker:
    """Chunks of about ``size`` characters (code points) that share at most ``overlap`` with the one before.

    A chunk is cut within a tenth of ``size``, at the best kind of place there, the one nearest to ``size``.
    The overlap begins with a word where it holds the start of one. A last remainder shorter than the
    overlap (but at most a tenth of ``size``) joins the chunk before it. A cluster of up to ``LONGEST`` code
    points makes a chunk longer rather than being cut. The spans cover every byte, and both their ends
    increase from one to the next.
    """

    def __init__(self, size: int = 1000, overlap: int = 50) -> None:
        if size < 1:
            raise ConfigError(f"chunk size {size}: must be at least 1 character")
        if not 0 <= overlap < size:
            raise ConfigError(f"overlap {overlap}: must be at least 0 and less than the chunk size, {size}")
        self.size, self.overlap = size, overlap
        self._least, self._most = size - size // 10, size + size // 10
        self._crumb = min(overlap, size // 10)
        self._lookahead = self._most + self._crumb + LONGEST + 2
        self._reset()

    def spans(self, pieces: Iterable[bytes]) -> Iterator[ChunkSpan]:
        """The chunks of the document that ``pieces`` make up, however it is cut into pieces."""
        self._reset()
        for piece in pieces:
            for at in range(0, len(piece), _WINDOW):
                yield from self._feed(piece[at : at + _WINDOW])
        yield from self.finish()

    def feed(self, piece: bytes) -> list[ChunkSpan]:
        """The chunks that are certain once ``piece`` is read. Raises SourceError when it is not UTF-8."""
        return [span for at in range(0, len(piece), _WINDOW) for span in self._feed(piece[at : at + _WINDOW])]

    def finish(self) -> list[ChunkSpan]:
        """The document's last chunks; the next ``feed`` begins another document. Raises SourceError."""
        self._pending.append(self._decode(b"", final=True))
        spans = list(self._drain(final=True))
        self._reset()
        return spans

    def cut(self) -> list[ChunkSpan]:
        """The chunks of what was fed so far: one ends here, and the next begins without overlap."""
        self._pending.append(self._decode(b"", final=True))
        spans = list(self._drain(final=True))
        if self._text == "" and spans:
            self._offset, self._line = spans[-1].end, spans[-1].first_line + _newlines(spans[-1].text)
        return spans

    def _reset(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("strict")
        self._text = ""  # from the next chunk's start
        self._shared = 0  # characters of it that the chunk before holds too
        self._offset, self._line = 0, 1  # the byte and the line it begins at
        self._pending: list[str] = []
        self._waiting = 0

    def _decode(self, data: bytes, *, final: bool = False) -> str:
        try:
            return self._decoder.decode(data, final)
        except UnicodeDecodeError as error:
            raise SourceError(f"the text is not valid UTF-8 ({error.reason}); store text only") from error

    def _feed(self, data: bytes) -> Iterator[ChunkSpan]:
        text = self._decode(data)
        self._pending.append(text)
        self._waiting += len(text)
        if self._waiting >= _WINDOW // 2:  # tiny pieces are collected first: each drain copies what is left
            yield from self._drain(final=False)

    def _drain(self, *, final: bool) -> Iterator[ChunkSpan]:
        text = "".join([self._text, *self._pending])
        self._pending, self._waiting = [], 0
        start, needed = 0, 1 if final else self._lookahead
        while len(text) - start >= needed:
            end = self._end(text, start)
            span = self._span(text[start:end])
            if end == len(text):
                start, self._shared = end, 0
            else:
                following = self._next_start(text, start, end)
                self._offset = span.end - _utf8_length(text[following:end])
                self._line += _newlines(text[start:following])
                start, self._shared = following, end - following
            yield span
        self._text = text[start:]

    def _span(self, text: str) -> ChunkSpan:
        last_line = self._line + _newlines(text) - text.endswith(("\n", "\r"))
        return ChunkSpan(self._offset, self._offset + _utf8_length(text), self._line, last_line, text)

    def _end(self, text: str, start: int) -> int:
        """Where the chunk that begins at ``start`` ends."""
        if len(text) - start <= self._most:
            return len(text)
        end = self._good_end(text, start) or self._any_end(text, start)
        return len(text) if len(text) - end < self._crumb else end

    def _good_end(self, text: str, start: int) -> int | None:
        """The end of a paragraph, else sentence, else line, else word, that is nearest to ``size``."""
        target = start + self.size
        low, high = start + max(self._least, self._shared), start + self._most
        for pattern in _ENDS:
            ends = [match.end() for match in pattern.finditer(text, low, high)]
            for end in sorted(ends, key=lambda end: abs(end - target)):
                if cluster_start(text, start, end) == end:
                    return end
        return None

    def _any_end(self, text: str, start: int) -> int:
        """The end of a cluster; of a cluster too long for that, a part that fills the chunk."""
        target = start + self.size
        before = cluster_start(text, start, target)
        if before == target or before - start > max(self._least, self._shared):
            return before
        after = cluster_end(text, before)
        if after - before <= LONGEST:
            return after
        return before if before - start > self._shared else target

    def _next_start(self, text: str, start: int, end: int) -> int:
        """Where the next chunk begins: a word's start in the overlap, else its first cluster."""
        wanted = max(end - self.overlap, start + 1)
        word = _WORD_START.search(text, wanted, end)
        if word and cluster_start(text, start, word.start()) == word.start():
            return word.start()
        before = cluster_start(text, start, wanted)
        return wanted if before == wanted else min(cluster_end(text, before), end)


def _newlines(text: str) -> int:
    carriage_returns = text.count("\r")
    return text.count("\n") + (carriage_returns and carriage_returns - text.count("\r\n"))


def _utf8_length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())
