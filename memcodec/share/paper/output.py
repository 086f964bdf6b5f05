"""Drawn pages to files: all of them in one PDF, or a numbered PNG each. One page is in memory at a time."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from memcodec.errors import StorageError
from memcodec.storage import Source
from memcodec.storage.attributes import close_as, granted_by
from memcodec.storage.open import place_of

if TYPE_CHECKING:
    from PIL.Image import Image

KINDS = (".pdf", ".png")
_MIDDLE, _WHITE = 128, 255


class Output:
    """The files for so many pages, no more open than the memory file.

    Raises StorageError when one of them exists, unless ``force``.
    """

    def __init__(self, path: Path, pages: int, dpi: int, force: bool, source: Source) -> None:
        self._dpi, self._force, self._source = dpi, force, source
        self._is_pdf = path.suffix.lower() == ".pdf"
        self.paths = [path] if self._is_pdf else list(_numbered(path, pages))
        for each in self.paths:
            if each.exists() and not force:
                raise StorageError(f"{each}: exists already; use `force=True` to replace it")

    def write(self, images: Iterator[Image]) -> int:
        """Write the pages; returns the bytes they take."""
        if self._is_pdf:
            return self._write(self.paths[0], self._pdf(images))
        return sum(
            self._write(path, self._saved(image, "PNG", dpi=(self._dpi, self._dpi)))
            for path, image in zip(self.paths, images, strict=True)
        )

    def _pdf(self, images: Iterator[Image]) -> bytes:
        import pypdfium2

        with contextlib.closing(pypdfium2.PdfDocument.new()) as document:
            for image in images:
                # Two colours: lossless in a PDF (CCITT Group 4), and a printer needs no screening.
                two = image.point(lambda level: _WHITE * (level >= _MIDDLE)).convert("1")
                data = self._saved(two, "PDF", resolution=self._dpi)
                with contextlib.closing(pypdfium2.PdfDocument(data)) as page:
                    document.import_pages(page)
            file = io.BytesIO()
            document.save(file)
        return file.getvalue()

    def _saved(self, image: Image, kind: str, **options: object) -> bytes:
        file = io.BytesIO()
        image.save(file, kind, **options)
        return file.getvalue()

    def _write(self, path: Path, data: bytes) -> int:
        with contextlib.closing(place_of(path).create(replace=self._force)) as target:
            close_as(target, [granted_by(self._source)])
            target.append(data)
            target.sync()
            target.publish()
        return len(data)


def _numbered(path: Path, count: int) -> Iterator[Path]:
    width = len(str(count))
    for number in range(1, count + 1):
        yield path.with_name(f"{path.stem}-{number:0{width}}{path.suffix}")
