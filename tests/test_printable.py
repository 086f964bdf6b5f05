"""What of a stranger's text is shown, and what is not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings

from memcodec.errors import SourceError
from memcodec.printable import clean, json_safe, line
from tests.support.hostile_text import HOSTILE, steers, texts


@pytest.mark.parametrize("character", sorted({*HOSTILE} - {"\n", "\t"}))
def test_what_is_hidden_or_steers_is_shown_as_what_it_is(character: str) -> None:
    shown = clean(f"pay{character}pal")
    assert not steers(shown) and len(shown) == len("pay?pal")
    assert json.loads(json_safe(json.dumps(f"a{character}b", ensure_ascii=False))) == f"a{character}b"
    assert not steers(json_safe(json.dumps(f"a{character}b", ensure_ascii=False)))


@settings(deadline=None)
@given(texts)
def test_what_is_clean_stays_as_it_is(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert not steers(clean(text)) - set("\u200c\u200d\U0001f3f4") - set(map(chr, range(0xE0020, 0xE0080)))


@settings(deadline=None)
@given(texts)
def test_json_says_the_same(text: str) -> None:
    plain = json.dumps({text: [text, 1]}, ensure_ascii=False, indent=2)
    safe = json_safe(plain)
    assert json.loads(safe) == json.loads(plain)
    safe.encode()  # no lone surrogate is left


@pytest.mark.parametrize(
    "text",
    [
        "שלום, naïve, 漢字 👩‍🔬 ❤️ 1️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 葛󠄀",
        "می‌خواهم",  # Persian: a non-joiner inside a word
        "क्‍ष",  # Devanagari: a joiner
        "two\tcolumns\nand lines",
    ],
)
def test_what_scripts_and_emoji_need_stays(text: str) -> None:
    assert clean(text) == text


def test_variation_selectors_that_carry_a_message_are_shown() -> None:
    assert clean("😀\ufe0f\U000e0101\U000e0102!") == "😀\ufffd\ufffd\ufffd!"


def test_a_mark_at_the_beginning_of_a_text_is_none_of_it() -> None:
    assert clean("\ufeff# Title") == "# Title"


def test_an_error_is_one_line_that_steers_nothing() -> None:
    error = SourceError("a\x1b[2J\n\x9b2J\u202e.txt: damaged")
    assert str(error) == "a␛[2J \ufffd2J\ufffd.txt: damaged"
    assert error.args == ("a\x1b[2J\n\x9b2J\u202e.txt: damaged",)
    assert line(str(error)) == str(error)
