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


def _with_annotations(*annotations: str) -> bytes:
    """A PDF of one page that shows "printed", with annotations laid over it. PDFium finds the objects itself."""
    shown = "BT /F1 12 Tf 50 700 Td (printed) Tj ET"
    fields = " ".join(f"{number} 0 R" for number in range(6, 6 + len(annotations)))
    objects = [
        f"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[{fields}]>>>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>"
        f"/Annots[{fields}]>>",
        f"<</Length {len(shown)}>>stream\n{shown}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        *(f"<</Type/Annot/Rect[10 10 90 30]{annotation}>>" for annotation in annotations),
    ]
    body = "".join(f"{number} 0 obj{content}endobj\n" for number, content in enumerate(objects, 1))
    return f"%PDF-1.7\n{body}trailer<</Root 1 0 R>>\n%%EOF".encode("latin-1")


@pytest.mark.parametrize(
    "annotation, shown",
    [
        ("/Subtype/Widget/FT/Tx/T(name)/V(Ada Keeper)", "name: Ada Keeper"),
        ("/Subtype/Widget/FT/Tx/T(f1)/TU(Your name)/V(Ada)", "Your name: Ada"),
        ("/Subtype/Widget/FT/Tx/T(n)/V<FEFF706F53F0>", "n: 灯台"),
        ("/Subtype/Widget/FT/Ch/Ff 131072/T(harbour)/Opt[(Cork)(Kiel)]/V(Kiel)", "harbour: Kiel"),
        ("/Subtype/Widget/FT/Btn/T(lit)/AS/Yes/V/Yes/AP<</N<</Yes 4 0 R>>>>", "lit: Yes"),
        ("/Subtype/Widget/FT/Btn/T(lit)/AS/Off/V/Off/AP<</N<</Yes 4 0 R>>>>", ""),
        ("/Subtype/Widget/FT/Tx/Ff 8192/T(key)/V(secret)", ""),
        ("/Subtype/FreeText/DA(/F1 9 Tf)/Contents(typed over)", "typed over"),
        ("/Subtype/Text/Contents(mind the stork)", "Comment: mind the stork"),
        ("/Subtype/Highlight/QuadPoints[0 0 1 0 0 1 1 1]/Contents(why?)", "Comment: why?"),
        ("/Subtype/Text/F 2/Contents(hidden)", ""),
        ("/Subtype/Popup/Contents(again)", ""),
    ],
)
def test_what_is_laid_over_a_page_is_kept(annotation: str, shown: str) -> None:
    found = extract(_with_annotations(annotation), "a.pdf")
    assert found.text == "printed\n" + (f"\n{shown}\n" if shown else "")
    assert not found.notes and found.sections[-1].place == "page 1"


@pytest.mark.parametrize(
    "broken", ["/Subtype/Widget/FT/Tx/T 7/V[1 2]", "/Subtype/Text/Contents 5", "/Subtype/Nope"]
)
def test_a_broken_annotation_costs_nothing_else(broken: str) -> None:
    found = extract(_with_annotations(broken, "/Subtype/Text/Contents(stork)"), "a.pdf")
    assert found.text.startswith("printed\n") and "Comment: stork" in found.text
