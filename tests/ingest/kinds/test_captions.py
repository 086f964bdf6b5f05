"""What pictures say of themselves is text, whether or not anybody reads what they show."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from memcodec.errors import SourceError
from memcodec.ingest.kinds import bitmaps, extract
from memcodec.ingest.kinds.recognition import Recognition, Wanted
from tests.ingest.made import saved

XMP = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
 photoshop:City="Cork"><dc:description><rdf:Alt><rdf:li xml:lang="x-default">Fastnet \xe2\x80\x93 the gallery</rdf:li>
</rdf:Alt></dc:description><dc:subject><rdf:Bag><rdf:li>lens</rdf:li><rdf:li>storm</rdf:li></rdf:Bag></dc:subject>
</rdf:Description></rdf:RDF></x:xmpmeta>"""


def photo() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "The lamp of Fastnet"
    exif[0x013B] = "Ada Keeper"
    exif[0x9C9E] = "lens;lamp\0".encode("utf-16-le")
    exif.get_ifd(0x8769).update({0x9003: "2024:03:05 10:00:00", 0x9011: "+01:00"})
    exif.get_ifd(0x8825).update({1: "N", 2: (51.0, 23.0, 21.0), 3: "W", 4: (9.0, 36.0, 10.0)})
    return saved(Image.new("RGB", (80, 60)), "JPEG", exif=exif, xmp=XMP)


def test_exif_and_xmp_are_text_each_thing_once() -> None:
    found = extract(photo(), "a.jpg")
    assert found.text.split("\n\n") == [
        "The lamp of Fastnet",
        "Fastnet – the gallery",
        "Keywords: lens, lamp, storm",
        "Place: Cork",
        "Taken: 2024-03-05 10:00\n",
    ]
    assert found.author == "Ada Keeper"
    assert found.time is not None and found.time.astimezone(UTC) == datetime(2024, 3, 5, 9, tzinfo=UTC)


def test_where_it_was_taken_is_text_only_if_asked() -> None:
    assert "51.38" not in extract(photo(), "a.jpg").text
    asked = extract(photo(), "a.jpg", recognition=Recognition(Wanted(gps=True)))
    assert "GPS: 51.38917, -9.60278" in asked.text


def test_a_png_s_chunks_are_text() -> None:
    chunks = PngInfo()
    chunks.add_itxt("Description", "Sturm über Cork")
    chunks.add_text("Software", "a program")
    found = extract(saved(Image.new("L", (80, 60)), "PNG", pnginfo=chunks), "a.png")
    assert found.text == "Sturm über Cork\n"


@pytest.mark.parametrize("xmp", [b"<broken", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', bytes(50)])
def test_damaged_notes_cost_the_picture_nothing(xmp: bytes) -> None:
    exif = Image.Exif()
    exif[0x010E] = "The lamp"
    exif.get_ifd(0x8769).update({0x9003: "2024:99:05 10:00:00"})
    exif.get_ifd(0x8825).update({1: "N", 2: (51.0,)})
    data = saved(Image.new("RGB", (80, 60)), "JPEG", exif=exif, xmp=xmp)
    assert extract(data, "a.jpg", recognition=Recognition(Wanted(gps=True))).text == "The lamp\n"


def test_a_picture_of_too_many_pixels_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bitmaps, "MAX_PIXELS", 1000)
    data = saved(Image.new("1", (40, 40)), "PNG")
    with pytest.raises(SourceError, match=r"a\.png: a picture of more than 1,000 pixels; scale it down"):
        extract(data, "a.png")


def test_deep_and_transparent_pictures_are_shown_on_white() -> None:
    with bitmaps.opened(saved(Image.new("I;16", (9, 9), 40_000), "PNG")) as deep:
        assert bitmaps.upright(deep, 100).getpixel((0, 0)) == (255, 255, 255)
    with bitmaps.opened(saved(Image.new("RGBA", (9, 9), (0, 0, 0, 0)), "PNG")) as clear:
        assert bitmaps.upright(clear, 100).getpixel((0, 0)) == (255, 255, 255)
