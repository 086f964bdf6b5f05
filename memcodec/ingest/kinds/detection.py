"""The encoding of a text that does not say it, by what it is made of (``alphabets``), the common before the exotic.

What counts against an encoding: letters that no one language has together, signs and capitals within words, letters of
two scripts in one word, bytes that mean nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import NamedTuple

from memcodec.ingest.kinds.alphabets import CANDIDATES, Alphabet, alphabets, frequent, is_latin, is_wide

_SAMPLE = 1 << 15  # bytes that are judged, from all over the text
_WINDOW = 256
_HIGH = re.compile(rb"[\x80-\xff]+")
_AROUND = 8  # bytes before a high one: the word that it stands in
_BEYOND = re.compile(r"[^\x00-\x7f]")
_WITHIN = frozenset("’‘·\xad´ʼ-–")  # signs that stand within words
_SIGNS = frozenset("“”„‘’‚«»‹›–—…•·°§©®™€£¥¿¡ªº²³½¼¾±×÷№\xa0´†‰")
_BOX = range(0x2500, 0x25A0)
_LINES = frozenset("─═│║▀▄█▌▐░▒▓")  # of which drawings repeat one
_AT_NUMBERS = frozenset("¼½¾£¥¢¤")  # signs that no word holds
_FINAL = frozenset("ךםןףץ")  # Hebrew's letters that end words


class Guess(NamedTuple):
    """An encoding, and how well it explains the text: 1 is every character as one expects it."""

    codec: str
    score: float


def guess(data: bytes) -> list[Guess]:
    """The encodings that may be meant, the likeliest first. ``data`` holds bytes beyond ASCII."""
    sample = _sample(data)
    high = max(sum(map(len, _HIGH.findall(sample))), 1)
    found = [Guess(each.codec, _score(sample, each) / high) for each in CANDIDATES]
    found.sort(key=lambda each: -each.score)  # sorting is stable: the commoner stays before its equal
    best: dict[str, Guess] = {}
    for each in found:
        best.setdefault(each.codec, each)
    return list(best.values())


def _sample(data: bytes) -> bytes:
    """What stands around the bytes beyond ASCII, from the whole text."""
    if len(data) <= _SAMPLE:
        return data
    step, at = len(data) * _WINDOW // _SAMPLE, 0
    pieces: list[bytes] = []
    while (found := _HIGH.search(data, at)) and len(pieces) * _WINDOW < _SAMPLE:
        start = max(found.start() - _AROUND, at)
        pieces.append(data[start : found.start() + _WINDOW])
        at = max(found.start() + _WINDOW, found.start() // step * step + step)
    return b"\n".join(pieces)


def _score(sample: bytes, candidate: Alphabet) -> float:
    text = sample.decode(candidate.codec, "replace")
    letters: Counter[str] = Counter()
    score = -candidate.handicap
    for match in _BEYOND.finditer(text):
        at, c = match.start(), match[0]
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        if (
            c.isalpha()
            or unicodedata.category(c)[0] == "M"
            or (is_wide(candidate.script) and c not in _SIGNS)
        ):
            letters[c] += 1
            score -= _misplaced(c, before, after, candidate.script)
            score += _final(c, after)
        else:
            score += _sign(c, before, after)
    return score + _written(letters, candidate.script)


def _written(letters: Counter[str], script: str) -> float:
    """How well the letters are those of one language."""
    often = frequent(script)
    total = letters.total()
    known = max(
        sum(count for c, count in letters.items() if c in letter_set) for letter_set in alphabets(script)
    )
    common = sum(count for c, count in letters.items() if c in often)
    return (2 * known - total) * (2 if is_wide(script) else 1) + 0.2 * common * (2 if is_wide(script) else 1)


def _misplaced(c: str, before: str, after: str, script: str) -> float:
    if c == "\ufffd":
        return 4
    if is_wide(script):
        alone = before.isascii() and after.isascii() and (before.isalnum() or after.isalnum())
        return 3 if alone else 0  # a letter with an accent is likelier
    if before == c == after:
        return 3  # a line that is drawn
    wrong = 0.0
    if c.isupper() and before.isalpha():
        wrong = 2 if before.islower() else 0.1
    if not is_latin(script) and (_ascii_letter(before) or _ascii_letter(after)):
        wrong += 2
    return wrong


def _final(c: str, after: str) -> float:
    return 0 if c not in _FINAL else -2 if after.isalpha() else 0.5


def _sign(c: str, before: str, after: str) -> float:
    if c == "\ufffd" or unicodedata.category(c) in ("Cc", "Cn", "Co"):
        return -4
    if before.isalpha() and ((after.isalpha() and c not in _WITHIN) or c in "‚„"):
        return -2
    if c in _AT_NUMBERS and (before.isalpha() or before > "\x7f"):
        return -2
    if ord(c) in _BOX:
        if c == before and c not in _LINES:
            return -1
        return -1.0 if before.isalpha() or after.isalpha() else 0.7
    return 0 if c == before else 1 if c in _SIGNS else -0.5


def _ascii_letter(c: str) -> bool:
    return c.isascii() and c.isalpha()
