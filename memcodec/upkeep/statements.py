"""The signatures that a memory file keeps: which documents they are, and which others they speak of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from memcodec.errors import Unproven
from memcodec.file import document as reading
from memcodec.file.reader import FoundDocument, Reader
from memcodec.format import statement
from memcodec.format.statement import Kept

_IN_MEMORY = 6  # times its bytes that a list of what was signed takes once it is parsed, about


class Found(NamedTuple):
    """A document that says it keeps a signature; ``kept`` is None where it does not, and ``fault`` says why."""

    found: FoundDocument
    kept: Kept | None
    fault: str = ""


def signatures(reader: Reader) -> list[Found]:
    """All in the state, oldest first; of other documents little is looked at. Raises Damaged for one that is lost."""
    return [_read(each) for each in _kept_in(reader) if statement.is_kept_in(each.document)]


def _kept_in(reader: Reader) -> Iterator[FoundDocument]:
    held = [segment for segment in reader.segments if segment.documents]
    reader.media.prefetch(span for segment in held for span in segment.catalogue.all_document_spans())
    for segment in held:
        for ordinal, _ in segment.catalogue.described(statement.DESCRIBED):
            if segment.dead is None or not segment.dead[ordinal]:
                yield FoundDocument(segment, ordinal, segment.catalogue.document(ordinal))


def _read(found: FoundDocument) -> Found:
    size = found.document.size
    if size > statement.MAX_KEPT:
        return Found(found, None, f"a signature of {size:,} bytes; {statement.MAX_KEPT:,} are the most")
    found.segment.budget.fits(_IN_MEMORY * size, "the documents that a signature speaks of")
    try:
        return Found(found, statement.unpack(reading.text(found)))
    except Unproven as error:
        return Found(found, None, str(error))


def signed_ids(readers: Sequence[Reader]) -> set[str]:
    """The ids of all documents that signatures in these files speak of, whoever made them."""
    kept = (each.kept for reader in readers for each in signatures(reader))
    return {row.id for each in kept if each is not None for row in each.rows}


def by_key(found: Sequence[Found], line: str) -> Iterator[tuple[FoundDocument, Kept]]:
    """Those that say they are by that key."""
    for each in found:
        if each.kept is not None and each.kept.signature.key == line:
            yield each.found, each.kept
