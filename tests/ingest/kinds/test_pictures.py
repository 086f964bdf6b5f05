"""Text in pictures is read: photographs, scans, and what documents hold. The models come in a package."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from memcodec.config.settings import Ingest
from memcodec.errors import MissingExtra
from memcodec.ingest.item import Item, Reason
from memcodec.ingest.kinds import bitmaps, extract, kind_of, ocr, sandbox
from memcodec.ingest.kinds.extracted import Extracted
from memcodec.ingest.kinds.recognition import Recognition, Wanted
from memcodec.ingest.walk import Skipped, walk
from tests.ingest import made
from tests.support.needs import library, needs_library

LAMP = "The grey heron stands by the lamp of Fastnet"
TOTAL = "Invoice 2024-118: total 1,284.50 EUR"
PHRASES = ("grey heron stands", "Invoice 2024-118")
READ = Wanted("auto")


def read(data: bytes, name: str, wanted: Wanted = READ) -> Extracted:
    needs_library("rapidocr")
    return extract(data, name, recognition=Recognition(wanted))


def scan(*pages: Image.Image) -> bytes:
    """As a scanner saves pages: each is one picture."""
    converted = library("img2pdf").convert([made.saved(page, "PNG") for page in pages])
    return bytes(converted)


@pytest.mark.slow
@pytest.mark.parametrize(("turned", "serif"), [(0, True), (90, False), (180, True), (270, True), (3, False)])
def test_text_is_read_however_the_page_lay(turned: int, serif: bool) -> None:
    picture = made.picture([LAMP, TOTAL], serif=serif, turned=turned)
    found = read(made.saved(picture, "PNG"), "a.png")
    assert found.text.index(PHRASES[0]) < found.text.index(PHRASES[1]) and not found.notes


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP", "BMP", "GIF", "AVIF"])
def test_every_kind_of_picture_is_known_and_seen(kind: str) -> None:
    data = made.saved(Image.new("RGB", (80, 60), "red"), kind)
    assert kind_of(data, "a").name == "image"
    with bitmaps.opened(data) as image:
        assert bitmaps.upright(image, 40).size == (40, 30)


@pytest.mark.slow
def test_exif_tells_which_side_is_up() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright
    stored = made.picture([LAMP, TOTAL]).transpose(Image.Transpose.ROTATE_90)
    found = read(made.saved(stored, "JPEG", exif=exif), "a.jpg")
    assert all(phrase in found.text for phrase in PHRASES)


@pytest.mark.slow
def test_pages_of_a_tiff_and_of_a_scanned_pdf_are_places() -> None:
    pages = [made.picture([LAMP]), made.picture([TOTAL], turned=90)]
    tiff = made.saved(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    for data, name in ((tiff, "a.tif"), (scan(*pages), "a.pdf")):
        found = read(data, name)
        first, second = found.sections
        assert (first.place, second.place) == ("page 1", "page 2")
        assert PHRASES[0] in found.text[: second.start] and PHRASES[1] in found.text[second.start :]
    assert found.notes == ("pages 1-2: read from a picture; expect mistakes",)


@pytest.mark.slow
def test_a_page_that_has_text_keeps_it_unless_all_is_to_be_read() -> None:
    data = made.pages(["The storm of nineteen fifty-three"])
    assert not read(data, "a.pdf").notes
    assert read(made.pages(["17"]), "a.pdf").notes == ()  # few words are no scan
    again = read(data, "a.pdf", Wanted("always"))
    assert "storm of nineteen" in again.text and again.notes == (
        "page 1: read from a picture; expect mistakes",
    )
    assert read(scan(made.picture([LAMP])), "a.pdf", Wanted("never")).text == ""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "place"), [("pptx", "slide 1"), ("docx", ""), ("odt", ""), ("epub", "chapter 2")]
)
def test_pictures_in_documents_are_read_where_they_stand(tmp_path: Path, kind: str, place: str) -> None:
    (tmp_path / "a.png").write_bytes(made.saved(made.picture([LAMP, TOTAL]), "PNG"))
    data = made.pandoc(kind, f"# Harbour\n\nBefore.\n\n![]({tmp_path}/a.png)\n\n# Storm\n\nBehind.\n")
    found = read(data, f"a.{kind}")
    at = found.text.index(PHRASES[0])
    assert PHRASES[1] in found.text and found.text.index("Harbour") < at < found.text.index("Storm")
    assert [each.place for each in found.sections if each.start <= at][-1] == place
    assert PHRASES[0] not in read(data, f"a.{kind}", Wanted("never")).text


@pytest.mark.parametrize("kind", ["pptx", "docx", "odt", "epub"])
def test_a_document_is_whole_without_a_picture_that_does_not_unpack(tmp_path: Path, kind: str) -> None:
    (tmp_path / "a.png").write_bytes(made.saved(Image.new("RGB", (80, 60), "red"), "PNG"))
    whole = made.pandoc(kind, f"# Harbour\n\nBefore.\n\n![]({tmp_path}/a.png)\n\n# Storm\n\nBehind.\n")
    data = bytearray(whole)
    with zipfile.ZipFile(BytesIO(whole)) as opened:
        pictures = [each for each in opened.infolist() if each.filename.endswith(".png")]
        (shown,) = (each for each in pictures if "Thumbnails" not in each.filename)
    data[whole.index(shown.filename.encode(), shown.header_offset) + len(shown.filename) + 40] ^= 0xFF
    for wanted in (READ, Wanted("never")):
        text = extract(bytes(data), f"a.{kind}", recognition=Recognition(wanted)).text
        assert "Before" in text and "Behind" in text


@pytest.mark.slow
def test_a_picture_on_a_sheet_is_read_beside_its_cells() -> None:
    openpyxl = library("openpyxl")
    book = openpyxl.Workbook()
    book.active.title = "Lights"
    book.active.append(["Eddystone"])
    shown = BytesIO(made.saved(made.picture([LAMP]), "PNG"))
    book.active.add_image(library("openpyxl.drawing.image").Image(shown), "C3")
    book.save(out := BytesIO())
    found = read(out.getvalue(), "a.xlsx")
    assert found.text.startswith("Eddystone") and PHRASES[0] in found.text
    assert found.sections[-1].place == "Lights"


@pytest.mark.slow
def test_a_picture_that_is_shown_again_is_read_once_and_doubts_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("memcodec.ingest.kinds.recognition._UNSURE", 1.1)
    needs_library("rapidocr")
    recognition = Recognition(READ)
    data = made.saved(made.picture([LAMP]), "PNG")
    assert PHRASES[0] in recognition.embedded(lambda: data, "slide 1")
    assert recognition.embedded(lambda: data, "slide 2") == ""
    assert list(recognition.notes()) == ["slide 1: read with little confidence; expect mistakes"]


@pytest.mark.slow
def test_the_confined_child_reads_and_tells_how_far_it_is(tmp_path: Path) -> None:
    needs_library("rapidocr")
    told: list[tuple[str, int, int]] = []
    (tmp_path / "a.pdf").write_bytes(scan(made.picture([LAMP]), made.picture([TOTAL])))
    (item,) = walk([tmp_path], Ingest(), skipped := Skipped(), progress=lambda *done: told.append(done))
    assert told == [("ocr", 1, 2), ("ocr", 2, 2)]
    text = b"".join(item.open()).decode()
    assert all(phrase in text for phrase in PHRASES)
    assert [section.place for section in item.sections] == ["page 1", "page 2"]
    assert skipped.notes == ["a.pdf: pages 1-2: read from a picture; expect mistakes"]


@pytest.fixture
def without_extra(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """``extract`` as it is where the extra is not installed, instead of the child's."""
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    ocr._engine.cache_clear()

    def extracted(data: bytes, name: str, *, kind: str, wanted: Wanted, progress: object) -> Extracted:
        return extract(data, name, kind=kind, recognition=Recognition(wanted))

    monkeypatch.setattr(sandbox, "extract", extracted)
    return extracted


@pytest.mark.usefixtures("without_extra")
def test_without_the_extra_what_to_type_is_told_once(tmp_path: Path) -> None:
    pip = "pip install 'memcodec[ocr]'"
    (tmp_path / "a.pdf").write_bytes(scan(made.picture([LAMP])))
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(made.saved(made.picture([LAMP]), "PNG"))
    skipped = Skipped()
    assert [item.uri for item in walk([tmp_path], Ingest(), skipped)] == ["a.pdf"]
    assert skipped.counts == {Reason.UNREAD: 2} and pip in str(skipped)
    assert pip in skipped.notes[0] and not skipped.failures
    assert list(walk([tmp_path], Ingest(ocr="always"), skipped := Skipped())) == []
    assert len(skipped.failures) == 3 and pip in skipped.failures[0]


def test_a_picture_without_text_is_left_out_unless_it_is_kept(tmp_path: Path) -> None:
    data = made.saved(Image.new("RGB", (300, 200), "green"), "PNG")
    (tmp_path / "a.png").write_bytes(data)
    assert list(walk([tmp_path], Ingest(ocr="never"), skipped := Skipped())) == []
    assert skipped.counts == {Reason.WORDLESS: 1}
    (item,) = walk([tmp_path], Ingest(ocr="never", keep_originals=True))
    assert isinstance(item, Item) and item.type == "image" and b"".join(item.open_original()) == data


def test_always_needs_the_extra(without_extra: Callable[..., Any]) -> None:
    with pytest.raises(MissingExtra, match=r"memcodec\[ocr\]"):
        without_extra(scan(made.picture([LAMP])), "a.pdf", kind="pdf", wanted=Wanted("always"), progress=None)
