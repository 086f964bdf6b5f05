"""Writes src/meaning/characters.ts: how the library's tokenizer takes each character.

Its tables are of an old Unicode, and those of browsers of a new one; what is unknown to it is a letter there.

    python memcodec/web/characters.py
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from tokenizers import normalizers, pre_tokenizers

_LETTERS = ("a", "b")
#: beyond these the tables have no letter yet but Chinese ones
_CODES = *range(0xD800), *range(0xE000, 0x20000), *range(0xE0000, 0x110000)


def text() -> str:
    """The file."""
    clean = normalizers.BertNormalizer(handle_chinese_chars=False, strip_accents=False, lowercase=False)
    strip = normalizers.BertNormalizer(
        clean_text=False, handle_chinese_chars=False, lowercase=False, strip_accents=True
    )
    cut = pre_tokenizers.BertPreTokenizer()
    tables = {
        "GONE": (
            "Left out: control characters, and what is for private use.",
            lambda each: clean.normalize_str(each) == "ab",
        ),
        "MARKS": ("Accents.", lambda each: strip.normalize_str(each) == "ab"),
        "PUNCTUATION": ("Tokens of their own.", lambda each: len(cut.pre_tokenize_str(each)) == 3),
    }
    lines = [
        "// Made by characters.py of the package tokenizers: how that takes characters.",
        "// Runs, each by how many characters it leaves out before it and how many it has, in base 36.",
        "",
    ]
    for name, (what, is_in) in tables.items():
        lines += [f"/** {what} */", f'export const {name} = "{_runs(is_in)}";']
    return "\n".join(lines) + "\n"


def _runs(is_in: Callable[[str], bool]) -> str:
    found, end = [], 0
    for first, after in _spans(code for code in _CODES if is_in(chr(code).join(_LETTERS))):
        found += [_digits(first - end), _digits(after - first)]
        end = after
    return " ".join(found)


def _spans(codes: Iterable[int]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for code in codes:
        if spans and spans[-1][1] == code:
            spans[-1] = spans[-1][0], code + 1
        else:
            spans.append((code, code + 1))
    return spans


def _digits(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    made = digits[number % 36]
    while number := number // 36:
        made = digits[number % 36] + made
    return made


if __name__ == "__main__":
    target = Path(__file__).parent / "src" / "meaning" / "characters.ts"
    target.write_text(text(), "utf-8")
    sys.stdout.write(f"{target}\n")
