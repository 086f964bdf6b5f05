"""PDF: pages, bookmarks, scans, passwords, very many pages."""

from __future__ import annotations

import time
from io import BytesIO
from pathlib import Path

import pytest

from memcodec.errors import SourceError
from memcodec.ingest.kinds import extract, pdf
from tests.ingest import made
from tests.support.needs import library


def test_latex_s_pages_and_bookmarks_are_read(tmp_path: Path) -> None:
    body = "\\section{Harbour}One hundred steps.\\newpage\\section{Storm}\\subsection{Night}Waves of nine metres."
    found = extract(made.pdflatex(tmp_path, body), "a.pdf")
    first, second = found.sections
    assert (first.path, first.place) == (("1 Harbour",), "page 1") or first.path == ("Harbour",)
    assert second.place == "page 2" and "Storm" in second.path[0]
    assert "Waves of nine metres." in found.text[second.start :]
    assert (found.title, found.author) == ("The Lighthouse Book", "Ada Keeper")
    assert found.time is not None


def test_a_scanned_page_is_noted() -> None:
    found = extract(made.scan(), "scan.pdf")
    assert found.text == "" and found.notes == ("page 1: no text (scanned?)",)


def test_a_password_is_an_error() -> None:
    pikepdf = library("pikepdf")
    out = BytesIO()
    with pikepdf.open(BytesIO(made.pages(["secret"]))) as opened:
        opened.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    with pytest.raises(SourceError, match=r"a\.pdf: encrypted"):
        extract(out.getvalue(), "a.pdf")


@pytest.mark.slow
def test_ten_thousand_pages_are_quick() -> None:
    data = made.pages([f"Log of day {n}" for n in range(1, 10_001)])
    start = time.monotonic()
    found = extract(data, "a.pdf")
    assert time.monotonic() - start < 60
    assert len(found.sections) == 10_000 and found.sections[-1].place == "page 10000"
    assert found.text.endswith("Log of day 10000\n") and not found.notes


def test_more_pages_than_the_bound_are_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_PAGES", 3)
    found = extract(made.pages(["Page"] * 5), "a.pdf")
    assert len(found.sections) == 3 and found.notes == ("pages 4-5: left out (too many)",)


@pytest.mark.parametrize(
    "text, shown",
    [
        ("D:20240131120000+01'00'", "2024-01-31T11:00:00+00:00"),
        ("D:2024", "2024-01-01T00:00:00+00:00"),
        ("D:20241399", None),
        ("yesterday", None),
    ],
)
def test_dates_are_those_of_the_standard(text: str, shown: str | None) -> None:
    date = pdf._date(text)
    assert (date.isoformat() if date else None) == shown
