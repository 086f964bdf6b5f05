"""Files of every kind, made by the tools that people make them with; a test skips where a tool is missing."""

from __future__ import annotations

import subprocess
import zipfile
import zlib
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.support.needs import library, needs

if TYPE_CHECKING:
    from PIL import Image

MARKDOWN = """---
title: The Lighthouse Book
author: Ada Keeper
---

# Harbour

The keeper climbs *one hundred* steps.[^1]

## Lamp

The Fresnel lens was cleaned with vinegar.

| Name      | Year |
|-----------|------|
| Eddystone | 1882 |
| Fastnet   | 1904 |

# Storm

Waves of nine metres, in a naïve café.

[^1]: Counted twice.
"""
SENTENCES = (
    "one hundred steps",
    "Fresnel lens was cleaned with vinegar",
    "Waves of nine metres",
    "naïve café",
)
TABLE = "Name,Year,Place\nEddystone,1882,Devon\nFastnet,1904,Cork\n"
ROWS = [line.split(",") for line in TABLE.splitlines()]
MAIL = b"""From: Ada <ada@example.org>
To: Bob <bob@example.org>
Date: Tue, 05 Mar 2024 10:00:00 +0100
Subject: =?utf-8?q?Caf=C3=A9_lamp?=
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: multipart/alternative; boundary=c

--c
Content-Type: text/html; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

<p>The <b>lamp</b> burned na=EFvely.</p><script>no()</script>
--c--
--b
Content-Type: application/pdf
Content-Disposition: attachment; filename="chart.pdf"

xx
--b--
"""
SUBTITLES = """1
00:00:01,000 --> 00:00:03,000
The <i>keeper</i> climbed

2
00:00:03,100 --> 00:00:05,000
one hundred steps.

3
00:01:23,000 --> 00:01:25,000
The lamp burned.
"""
SUBSTATION = r"""[Script Info]
Title: The lamp
[V4+ Styles]
Style: Default,Arial,no number
[Fonts]
fontname: x.ttf
!!!!
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:01:23.00,0:01:25.00,Default,,0,0,0,,The lamp burned.
Comment: 0,0:00:00.00,0:00:05.00,Default,,0,0,0,,not said
Dialogue: 0,0:00:01.00,0:00:03.00,Default,Ada,0,0,0,,{\i1}The keeper{\i0}\Nclimbed
Dialogue: 0,0:00:03.10,0:00:05.00,Default,,0,0,none,,one hundred steps.
Dialogue: 0,0:00:03.10,0:00:05.00,Default,,0,0,0,,{\p1}m 0 0 l 1 1{\p0}
"""


def run(command: Sequence[str], given: bytes = b"", folder: Path | None = None) -> bytes:
    done = subprocess.run(command, input=given, cwd=folder, capture_output=True, timeout=240)
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-500:]
    return done.stdout


def pandoc(to: str, source: str = MARKDOWN) -> bytes:
    """``source`` (Markdown) as a file of the kind ``to``."""
    return run([needs("pandoc"), "-s", "-f", "markdown", "-t", to, "-o", "-"], source.encode())


def office(folder: Path, data: bytes, suffix: str, to: str) -> bytes:
    """A file of one kind, converted by LibreOffice to another."""
    program = needs("soffice")
    (folder / f"made{suffix}").write_bytes(data)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    run(
        [program, profile, "--headless", "--convert-to", to, "--outdir", "out", f"made{suffix}"],
        folder=folder,
    )
    return (folder / "out" / f"made.{to.partition(':')[0]}").read_bytes()


def pdflatex(folder: Path, body: str) -> bytes:
    """A PDF with bookmarks, its pages set by LaTeX."""
    program = needs("pdflatex")
    source = "\\documentclass{article}\\usepackage{hyperref}\\hypersetup{pdftitle={The Lighthouse Book},"
    source += "pdfauthor={Ada Keeper}}\\begin{document}" + body + "\\end{document}"
    (folder / "made.tex").write_text(source)
    for _ in range(2):  # the bookmarks come with the second run
        run([program, "-interaction=batchmode", "made.tex"], folder=folder)
    return (folder / "made.pdf").read_bytes()


def pages(texts: Sequence[str]) -> bytes:
    """A PDF of so many pages, one line of ASCII on each (ISO 32000-1)."""
    count = len(texts)
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(count))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {count}/Kids[{kids}]>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for number, text in enumerate(texts):
        stream = f"BT /F 12 Tf 50 700 Td ({text}) Tj ET"
        objects.append(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F 3 0 R>>>>"
            f"/Contents {5 + 2 * number} 0 R>>"
        )
        objects.append(f"<</Length {len(stream)}>>stream\n{stream}\nendstream")
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj{content}endobj\n".encode()
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    out += f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>startxref\n{start}\n%%EOF".encode()
    return bytes(out)


def scan() -> bytes:
    """A PDF whose page is a picture."""
    cv2 = library("cv2")
    numpy = library("numpy")
    img2pdf = library("img2pdf")
    picture = numpy.random.default_rng(6).integers(0, 255, (200, 150), dtype="uint8")
    return bytes(img2pdf.convert(cv2.imencode(".png", picture)[1].tobytes()))


def picture(lines: Sequence[str], *, serif: bool = False, turned: float = 0, size: int = 24) -> Image.Image:
    """Lines of text, black on white, as Pillow draws them with its own font or a serif one; turned to the left."""
    from PIL import Image, ImageDraw, ImageFont

    fonts = Path(library("matplotlib").get_data_path()) / "fonts" / "ttf"
    font = ImageFont.truetype(fonts / "DejaVuSerif.ttf", size) if serif else ImageFont.load_default(size)
    drawn = Image.new("RGB", (640, 60 + 2 * size * len(lines)), "white")
    for number, line in enumerate(lines):
        ImageDraw.Draw(drawn).text((30, 30 + 2 * size * number), line, font=font, fill="black")
    return drawn.rotate(turned, expand=True, fillcolor="white")


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    """A picture as a file."""
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def workbook(rows: Sequence[Sequence[object]] = tuple(ROWS)) -> bytes:
    """An XLSX file of one sheet, Lights."""
    openpyxl = library("openpyxl")
    book = openpyxl.Workbook()
    book.active.title = "Lights"
    for row in rows:
        book.active.append(list(row))
    book.properties.title = "Lights of the sea"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def parquet() -> bytes:
    """A Parquet file with a column of text, numbers, vectors, bytes, and lists of text."""
    arrow = library("pyarrow")
    writer = library("pyarrow.parquet")
    columns = {
        "name": ["Eddystone", "Fastnet"],
        "year": [1882, None],
        "vector": [[0.1, 0.2], [0.3, 0.4]],
        "raw": [b"x", b"y"],
        "tags": [["a"], ["b", "c"]],
    }
    out = BytesIO()
    writer.write_table(arrow.table(columns), out)
    return out.getvalue()


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip file."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", method) as opened:
        for name, data in files.items():
            opened.writestr(name, data)
    return out.getvalue()


def speech(text: str, silence: int = 0) -> bytes:
    """A WAV recording of a machine that speaks English, after so many seconds of silence."""
    spoken = run([needs("espeak-ng"), "-v", "en-us", "-s", "140", "--stdout", text])
    header, samples = spoken[:44], spoken[44:]
    rate = int.from_bytes(header[28:32], "little")  # bytes a second
    size = (silence * rate + len(samples)).to_bytes(4, "little")
    return header[:40] + size + bytes(silence * rate) + samples


def bomb(
    part: str = "word/document.xml", size: int = 1 << 30, extra: dict[str, bytes] | None = None
) -> bytes:
    """A zip file with a part of ``size`` zero bytes, packed to a thousandth."""
    piece = zlib.compress(bytes(1 << 20))
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, data in (extra or {}).items():
            opened.writestr(name, data)
        with opened.open(part, "w", force_zip64=True) as file:
            for _ in range(size >> 20):
                file.write(zlib.decompress(piece))
    return out.getvalue()


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
    + "".join(f'<!ENTITY lol{n + 1} "{f"&lol{n or str()};" * 10}">' for n in range(9))
    + "]>"
)


def with_part(data: bytes, part: str, content: bytes) -> bytes:
    """The zip file ``data`` with another content of one part, or with one part more."""
    with zipfile.ZipFile(BytesIO(data)) as opened:
        return zipped({name: opened.read(name) for name in opened.namelist()} | {part: content})


def simple() -> dict[str, bytes]:
    """A sound file of each kind that needs no program, and of each pandoc makes where it is installed."""
    made = {
        "a.pdf": pages([*SENTENCES[:3], "The storm of 1953"]),
        "a.csv": TABLE.encode(),
        "a.eml": MAIL,
        "a.mbox": b"From ada Tue Mar  5 10:00:00 2024\n"
        + MAIL
        + b"\nFrom bob Tue\nFrom: Bob\nSubject: Re\n\n>From sea\n",
        "a.srt": SUBTITLES.encode(),
        "a.ass": SUBSTATION.encode(),
        "a.md": MARKDOWN.encode(),
        "a.py": b"import os\n\n\nclass Lamp:\n    def burn(self):\n        return 1\n",
        "a.zip": zipped({"a.md": MARKDOWN.encode(), "b/t.csv": TABLE.encode()}),
        "a.xlsx": workbook(),
        "a.parquet": parquet(),
    }
    return made | {
        f"a.{kind}": pandoc(kind) for kind in ("docx", "odt", "epub", "rtf", "html", "pptx", "ipynb")
    }
