"""Which terms may name something. Words of grammar are listed for some languages (stopwords.txt); in others, what is as
frequent as they are counts as one of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from memcodec.errors import ConfigError
from memcodec.format.arrays import Mask
from memcodec.index.lexical.accents import without_accents
from memcodec.index.lexical.tokens import analyzer, gives_pairs

#: What may stand beside a name, and the lists of the words that do: first what it stands after, then what it stands
#: before. Names stand in other company than verbs ("to run", "can run", "run the") and adjectives ("is dead").
BESIDE = {
    "after a": ("indefinite",), "after the": ("definite",), "after of": ("of",), "after this": ("determiner",),
    "after in": ("preposition",), "after to": ("infinitive",), "after it": ("verbal",), "after is": ("being",),
    "after and": ("joining",), "before is": ("being",), "before of": ("of",),
    "before the": ("indefinite", "definite", "determiner"), "before in": ("preposition",), "before that": ("clause",),
    "before can": ("modal",),
}  # fmt: skip
Bits = npt.NDArray[np.uint16]
_FREQUENT = 0.004  # of all words: in languages without a list, a word of grammar
_LEAST = 2  # characters of a word that names something
_LONGEST = 40  # characters: longer ones are data
_DATA = re.compile(r"^(?=(?:.*\d){3})[0-9a-f]{6,}$|^0x[0-9a-f]+$|^\d[\da-z]*$")


@cache
def lists() -> dict[str, list[str]]:
    """The words of stopwords.txt, by language; "weak": of English, what names little alone, and much in a name."""
    text = Path(__file__).with_name("stopwords.txt").read_text("utf-8").partition("\n")[2]
    parts = re.split(r"^\[(\w+)\]$", text, flags=re.M)[1:]
    return {name: words.split() for name, words in zip(parts[::2], parts[1::2], strict=True)}


@cache
def terms_of(language: str) -> frozenset[str]:
    """The stop words of a language, as its analyser makes terms of them, without accents; none for others."""
    words = lists().get("english" if language in ("none", "porter", "lovins") else language, [])
    try:
        made = analyzer(language)
    except ConfigError:
        return frozenset()
    return frozenset(without_accents(made.term(word)) for word in words) | frozenset(
        map(without_accents, words)
    )


def beside(names: Sequence[str], language: str) -> tuple[Bits, Bits]:
    """Of each term what a name is after, and what it is before, where the term stands beside it: bit n for the n-th of
    ``BESIDE``.
    """
    before, after = np.zeros(len(names), np.uint16), np.zeros(len(names), np.uint16)
    number = {name: at for at, name in enumerate(names)}
    for bit, (place, roles) in enumerate(BESIDE.items()):
        side = before if place.startswith("after") else after
        for role in roles:
            words = _of_role(language if has_roles(language) else "english", role)
            side[[number[word] for word in words if word in number]] |= np.uint16(1 << bit)
    return before, after


@cache
def _of_role(language: str, role: str) -> frozenset[str]:
    words = lists().get(f"{language}_{role}", [])
    return frozenset(without_accents(analyzer(language).term(word)) for word in words)


def has_roles(language: str) -> bool:
    """Whether articles of a language are listed."""
    return f"{language}_being" in lists()


@cache
def weak_terms() -> frozenset[str]:
    """The terms of the words that name little alone."""
    return frozenset(map(analyzer("english").term, lists()["weak"]))


def content(names: Sequence[str], language: str, shares: npt.NDArray[np.float64]) -> Mask:
    """Of each term whether it may name something. ``shares``: of all words."""
    stops, english = terms_of(language), terms_of("english")
    listed = bool(stops)
    known = stops | english
    made = np.fromiter((_may_name(name) and name not in known for name in names), np.bool_, len(names))
    if not listed:
        made &= shares < _FREQUENT
    return made


def dense(names: Sequence[str]) -> Mask:
    """Of each term whether it is of a script that gives pairs of graphemes."""
    return np.fromiter(map(gives_pairs, names), np.bool_, len(names))


def _may_name(name: str) -> bool:
    if not _LEAST <= len(name) <= _LONGEST or _DATA.match(name):
        return False
    if name.isascii():
        return True
    return not gives_pairs(name) and any(unicodedata.category(each)[0] == "L" for each in name)
