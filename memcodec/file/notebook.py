"""How memories, documents and hits show in a notebook: tables of HTML, in which every text is escaped.

MathJax, which notebooks run over what they show, would take "$" in a text for TeX: two classes keep it out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape as escape_html

from memcodec.config.units import format_size
from memcodec.model import Document
from memcodec.printable import clean

SHOWN = 50  #: rows of a table
_NO_TEX = ' class="tex2jax_ignore mathjax_ignore"'
_LONGEST = 200  # characters of a cell


class Documents(list[Document]):
    """Documents, in an order that whoever made the list says."""

    def _repr_html_(self) -> str:
        """A table, in a notebook."""
        rows = [
            (each.uri, each.title, f"{each.time:%Y-%m-%d %H:%M}", format_size(each.size), each.id)
            for each in self[:SHOWN]
        ]
        heads = ("uri", "title", "time (UTC)", "size", "id")
        return table(f"{len(self):,} documents", heads, rows, more=len(self) - len(rows))


def table(
    caption: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    notes: Sequence[str] = (),
    more: int = 0,
) -> str:
    """A table under its caption; ``more`` rows are not shown. Nothing in it is taken for HTML."""
    head = "".join(f"<th>{_escaped(each)}</th>" for each in heads)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    below = [*notes, *([f"and {more:,} more"] if more else [])]
    return (
        f"<table><caption{_NO_TEX}>{_escaped(caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody{_NO_TEX}>{body}</tbody></table>"
        + "".join(f"<p{_NO_TEX}>{_escaped(each)}</p>" for each in below)
    )


def _escaped(text: str) -> str:
    return escape_html(clean(text))


def _cell(text: str) -> str:
    short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return f"<td>{_escaped(short)}</td>"
