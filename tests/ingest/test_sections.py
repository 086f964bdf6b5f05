"""Sections: chunks end where they begin, indexes see the headings above, and everything comes back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fixtures.prose import prose
from memcodec.ingest.chunker import Chunker
from memcodec.ingest.sections import SectionChunker, headed
from memcodec.model import Section

texts = st.text(st.sampled_from("ab .\n\r東é"), max_size=400)


# A section never begins between the two halves of a line's end.
@given(st.lists(texts.filter(lambda text: not text.startswith("\n")), max_size=8), st.integers(1, 60))
def test_chunks_cover_every_byte_and_their_lines_are_right(parts: list[str], size: int) -> None:
    whole, starts = "".join(parts), [0]
    for part in parts:
        starts.append(starts[-1] + len(part.encode()))
    sections = [Section(start) for start in starts[:-1]]
    data = whole.encode()
    found = list(SectionChunker(Chunker(size, size // 4), sections).spans([data[:7], data[7:]]))
    covered = 0
    for span in found:
        assert span.start <= covered < span.end
        assert span.text.encode() == data[span.start : span.end]
        before = data[: span.start].decode()
        lines = before.count("\n") + before.count("\r") - before.count("\r\n")
        assert span.first_line == lines + 1 or span.text.startswith("\n")
        covered = span.end
    assert covered == len(data)


def test_a_chunk_ends_where_a_section_begins() -> None:
    parts = [prose(number, 900) for number in range(4)]
    starts = [sum(len(part.encode()) for part in parts[:number]) for number in range(4)]
    sections = [Section(start, (f"part {number}",)) for number, start in enumerate(starts)]
    data = "".join(parts).encode()
    found = list(SectionChunker(Chunker(1000, 50), sections).spans([data]))
    assert set(starts) <= {span.start for span in found}


def test_scraps_stay_together() -> None:
    rows = "".join(f"row {number}\n" for number in range(1000)).encode()
    sections = [Section(at) for at in range(0, len(rows), 8)]
    found = list(SectionChunker(Chunker(1000, 50), sections).spans([rows]))
    assert all(len(span.text) >= 250 for span in found[:-1])


def test_indexes_see_the_headings_that_a_chunk_does_not_show() -> None:
    section = Section(0, ("Birds", "Herons"))
    assert headed("Herons nest in trees.", section) == "Birds\nHerons nest in trees."
    assert headed("plain", None) == headed("plain", Section(0)) == "plain"
