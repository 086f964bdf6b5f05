"""Pages drawn: labels, a header that explains itself, the grid of symbols, a footer; and the page of instructions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from memcodec.errors import MissingExtra
from memcodec.format import guide
from memcodec.share.paper import label, symbol
from memcodec.share.paper.label import Label
from memcodec.share.paper.packets import spans
from memcodec.share.paper.page import MARGIN, Page
from memcodec.share.paper.symbol import Level, Luma

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont, ImageFont

_BLACK, _GREY, _WHITE = 0, 90, 255
_TITLE, _HEADING, _BODY, _SMALL = 20, 12, 10, 6.6  # points
_LEADING = 1.35
_MADE_OF = (
    "Every page is a grid of QR symbols (ISO/IEC 18004). Each of them is one packet of the memory: documents, "
    "compressed and protected against loss."
)
_TO_PACKETS = (
    "Read the symbols with any QR reader, in any order. The text of each is the base45 (RFC 9285: three characters "
    "for two bytes) of one packet. The two small symbols at the top name the page in plain text; they are not packets."
)
_HOW = (
    "TO GET THE MEMORY BACK\n\n"
    "Scan the pages (grey, 200 dots an inch or more) or photograph each one flat, sharp and evenly lit, in any "
    "order; then run: memcodec scan PICTURE... -o memory.mp4. Any program can do it: what to do stands below."
)


@dataclass(frozen=True, slots=True)
class Drawing:
    """Draws the pages of one set. ``notes`` are facts about it for the page of instructions."""

    page: Page
    level: Level
    label: Label  #: of page 1
    footer: str
    notes: Sequence[str] = field(default=())

    def instructions(self) -> Image:
        """Page 1: what this is, how it is read, with memcodec and without."""
        file_id = bytes.fromhex(self.label.file)
        medium = (_MADE_OF, _TO_PACKETS)
        profile = f"QR version {symbol.VERSION}-{self.level}"
        title, *texts = guide.pages(file_id, "paper", profile, medium)
        picture = self._begun(self.label, ["This page tells how to read the others. It holds no data."])
        write = _Writer(picture, self.page, self.page.top + self.page.dots(4))
        for text in (title, "\n\n".join(["WHAT IS ON THESE PAGES", *self.notes]), _HOW, *texts):
            heading, *paragraphs = text.split("\n\n")
            write.paragraph(heading, _HEADING)
            for paragraph in paragraphs:
                write.paragraph(paragraph, _BODY)
            write.skip(_HEADING)
        return picture

    def symbols(self, number: int, packets: Sequence[bytes]) -> Image:
        """Page ``number``, with its packets."""
        from PIL import Image

        label_ = self.label._replace(page=number, symbols=len(packets))
        lines = [
            "Each large QR symbol is one packet of a memory file, as base45 text (RFC 9285). Any QR reader reads it.",
            "Scan or photograph all pages, then run: memcodec scan PICTURE... -o memory.mp4 (page 1 tells more).",
            f"Here: {'; '.join(spans(packets))}",
        ]
        picture = self._begun(label_, lines)
        for slot, data in enumerate(packets):
            drawn = symbol.draw(symbol.encode(data), self.level)
            picture.paste(Image.fromarray(self._enlarged(drawn)), self.page.origin(slot))
        return picture

    def _begun(self, label_: Label, lines: Sequence[str]) -> Image:
        """A page with all but its symbols."""
        from PIL import Image

        page = self.page
        picture = Image.new("L", page.size, _WHITE)
        drawn = Image.fromarray(self._enlarged(symbol.draw(str(label_), label.LEVEL, label.VERSION)))
        top, right = page.dots(MARGIN), page.left + page.width
        for left in (page.left, right - drawn.width):
            picture.paste(drawn, (left, top))
        inset = drawn.width + page.dots(3)
        write = _Writer(picture, page, top, page.left + inset, page.width - 2 * inset)
        count = f"page {label_.page} of {label_.pages}"
        write.ends(f"Memory sheet {label_.file}", count, _HEADING)
        write.skip(1)
        for line in lines:
            write.line(line, _SMALL)
        foot = _Writer(picture, page, page.size[1] - page.dots(MARGIN + 3))
        foot.ends(
            f"memcodec, set {label_.set}. {self.footer}", f"{label_.page} / {label_.pages}", _SMALL, _GREY
        )
        return picture

    def _enlarged(self, drawn: Luma) -> Luma:
        return drawn.repeat(self.page.module, axis=0).repeat(self.page.module, axis=1)


class _Writer:
    """Sets lines of type one below the other."""

    def __init__(
        self, picture: Image, page: Page, top: int, left: int | None = None, width: int | None = None
    ) -> None:
        from PIL import ImageDraw

        self._draw = ImageDraw.Draw(picture)
        self._page, self._top = page, float(top)
        self._left = page.left if left is None else left
        self._width = page.width if width is None else width

    def skip(self, points: float) -> None:
        self._top += self._dots(points)

    def line(self, text: str, points: float, ink: int = _BLACK) -> None:
        """One line, its end given up for an ellipsis where it is too long."""
        if self._draw.textlength(text, self._font(points)) > self._width:
            while text and self._draw.textlength(text + "...", self._font(points)) > self._width:
                text = text[:-1]
            text += "..."
        self._put(self._left, text, points, ink)
        self.skip(points * _LEADING)

    def ends(self, text: str, right: str, points: float, ink: int = _BLACK) -> None:
        """One line with something at its right end."""
        width = self._draw.textlength(right, self._font(points))
        self._put(self._left + self._width - width, right, points, ink)
        self.line(text, points, ink)

    def paragraph(self, text: str, points: float) -> None:
        for line in _wrapped(
            text, lambda part: self._draw.textlength(part, self._font(points)) <= self._width
        ):
            self.line(line, points)
        self.skip(points * 0.4)

    def _put(self, left: float, text: str, points: float, ink: int) -> None:
        self._draw.text((left, self._top), text, fill=ink, font=self._font(points))

    def _font(self, points: float) -> FreeTypeFont | ImageFont:
        from PIL import ImageFont

        return ImageFont.load_default(self._dots(points))

    def _dots(self, points: float) -> float:
        return points / 72 * self._page.dpi


def _wrapped(text: str, fits: Callable[[str], bool]) -> Iterator[str]:
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if line and not fits(longer):
            yield line
            longer = word
        line = longer
    yield line


def check_ready() -> None:
    """Raises MissingExtra where pages cannot be drawn or read."""
    try:
        import cv2
        import PIL
        import pypdfium2
    except ImportError as error:
        raise MissingExtra("print and scan need pip install 'memcodec[print]'") from error
    del cv2, PIL, pypdfium2
