"""Jupyter notebooks (nbformat 3 and 4): cells as places, Markdown headings as paths, outputs that are text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from memcodec.errors import SourceError
from memcodec.ingest.kinds.builder import Builder
from memcodec.ingest.kinds.extracted import Extracted
from memcodec.ingest.kinds.html import extract as extract_html
from memcodec.ingest.kinds.limits import reading
from memcodec.ingest.kinds.markdown import headings


def extract(data: bytes, name: str) -> Extracted:
    """The cells' text. Raises SourceError."""
    with reading(name, "notebook"):
        notebook = json.loads(data)
        cells = _cells(notebook)
        if cells is None:
            raise SourceError(f"{name}: JSON, but no notebook: it has no cells; name it .json")
        out = Builder()
        for number, cell in enumerate(cells, 1):
            if out.full:
                out.note(f"cell {number} and those after it: left out ({out.full})")
                break
            _add_cell(cell, number, out)
        metadata = notebook.get("metadata")
        said = metadata if isinstance(metadata, dict) else {}
        return out.build(title=_string(said.get("title")), author=_authors(said.get("authors")))


def _cells(notebook: Any) -> list[Any] | None:
    if not isinstance(notebook, dict):
        return None
    sheets = notebook.get("worksheets")  # nbformat 3
    if isinstance(sheets, list):
        notebook = {
            "cells": [cell for sheet in sheets if isinstance(sheet, dict) for cell in sheet.get("cells", [])]
        }
    cells = notebook.get("cells")
    return cells if isinstance(cells, list) else None


def _add_cell(cell: Any, number: int, out: Builder) -> None:
    if not isinstance(cell, dict):
        out.note(f"cell {number}: damaged")
        return
    text = _joined(cell.get("source", cell.get("input")))
    out.place(f"cell {number}")
    if cell.get("cell_type") == "markdown":
        _add_markdown(text, out)
        return
    out.paragraph(text)
    for output in cell.get("outputs") or []:
        for shown in _shown(output):
            out.paragraph(shown)


def _add_markdown(text: str, out: Builder) -> None:
    """The headings set the path for the cells that follow, too."""
    at = 0
    for heading in headings(text, out.limit):
        out.paragraph(text[at : heading.start])
        out.heading(heading.level, heading.text)
        at = heading.end
    out.paragraph(text[at:])


_PLAINEST = ("text/plain", "text/markdown", "text/latex", "text/html", "application/json")


def _shown(output: Any) -> Iterator[str]:
    """What an output shows as text, in the plainest way that it is stored; pictures hold none."""
    if isinstance(output, dict):
        data = output.get("data")
        yield _joined(output.get("text"))
        stored = data if isinstance(data, dict) else {}
        kind = next((kind for kind in _PLAINEST if _joined(stored.get(kind)).strip()), "")
        text = _joined(stored.get(kind))
        yield extract_html(text.encode("utf-8", "replace"), "output").text if kind == "text/html" else text
        if output.get("output_type") in ("error", "pyerr"):
            yield f"{_string(output.get('ename'))}: {_string(output.get('evalue'))}"


def _joined(source: Any) -> str:
    """Text is stored as a string or as a list of lines."""
    if isinstance(source, list):
        return "".join(line for line in source if isinstance(line, str))
    return _string(source)


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _authors(value: Any) -> str:
    authors = value if isinstance(value, list) else []
    return ", ".join(_string(author.get("name")) for author in authors if isinstance(author, dict))
