"""What is looked for: a word as the analysers of a collection make terms of it, a beginning, or words in a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

Stems = tuple[str, ...]  # one word as each of the collection's analysers makes a term of it


@dataclass(frozen=True, slots=True)
class Prefix:
    """All words that begin with ``text``, a token, taken as one word; the term of ``text`` itself is among them."""

    text: str


class Run(NamedTuple):
    """Words next to each other in this order, taken as one word. Where no positions are kept it stands nowhere.

    ``always``: it is looked for however many chunks hold its words; others not where they are too many.
    """

    words: tuple[Stems, ...]
    always: bool = False


Word = Stems | Prefix | Run
