"""Tokens: words of any script, the same for chunk, query and highlighting."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec.errors import ConfigError
from memcodec.index.lexical.tokens import MAX_TERM, Analyzer, languages

PLAIN = Analyzer("none")


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("PyObject_Call(x) isn't 3.11", ["pyobject", "call", "x", "isn", "t", "3", "11"]),
        ("Ünïcode “naïve” CAFÉ", ["unicode", "naive", "cafe"]),
        ("cafe\u0301", ["cafe"]),  # decomposed as on macOS
        ("ﬁle ＷＩＤＥ ①", ["file", "wide", "1"]),
        ("Straße STRASSE", ["strasse", "strasse"]),
        ("हिन्दी में", ["हिन्दी", "में"]),  # vowel signs and viramas are marks
        ("data\u00adbase", ["database"]),
        ("می\u200cخواهم", ["میخواهم"]),
        ("❤\ufe0f!?", []),
        ("", []),
    ],
)
def test_words_of_spaced_scripts(text: str, terms: list[str]) -> None:
    assert PLAIN.tokens(text) == terms


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("全文検索", ["全文", "文検", "検索"]),
        ("語", ["語"]),
        ("Python言語3版", ["python", "言語", "3", "版"]),
        ("データ", ["デー", "ータ"]),
        ("ﾃﾞｰﾀ", ["デー", "ータ"]),  # half-width, the voiced mark a character of its own
        ("한국어를", ["한국", "국어", "어를"]),
        (unicodedata.normalize("NFD", "한국어"), ["한국", "국어"]),
        ("ก็ดี", ["ก็ดี"]),  # two graphemes of a letter and a mark each
        ("สวัสดี", ["สวั", "วัส", "สดี"]),
    ],
)
def test_scripts_without_spaces_give_pairs_of_graphemes(text: str, terms: list[str]) -> None:
    assert PLAIN.tokens(text) == terms


def test_stemming_follows_the_language() -> None:
    assert Analyzer("english").tokens("Indexes indexing INDEXED") == ["index"] * 3
    assert Analyzer("french").tokens("chevaux cheval") == ["cheval"] * 2
    assert Analyzer("none").tokens("indexes") == ["indexes"]
    assert {"none", "english", "russian", "turkish"} <= set(languages())


def test_unknown_language_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"'klingon'.*english"):
        Analyzer("klingon")


def test_long_tokens_are_cut() -> None:
    assert PLAIN.tokens("x" * 1000) == ["x" * MAX_TERM]
    assert PLAIN.tokens("é" * 1000) == ["e" * MAX_TERM]
    assert all(len(term) <= MAX_TERM for term in PLAIN.tokens("ﷺ" * 100))


@pytest.mark.parametrize("language", ["none", "english", "german", "turkish"])
@given(text=st.text())
@settings(deadline=None)
def test_spans_hold_the_tokens(language: str, text: str) -> None:
    analyzer = Analyzer(language)
    spans = analyzer.spans(text)
    assert [term for _, _, term in spans] == analyzer.tokens(text)
    assert all(0 <= start < end <= len(text) for start, end, _ in spans)
    assert spans == sorted(spans, key=lambda span: span[0])
    assert all(term and "\n" not in term and len(term) <= MAX_TERM for _, _, term in spans)


@given(text=st.text(st.characters(max_codepoint=127)))
@settings(deadline=None)
def test_ascii_shortcut_agrees_with_the_full_rules(text: str) -> None:
    assert PLAIN.tokens(f"{text} é")[:-1] == PLAIN.tokens(text)


def test_time_is_linear_in_the_text() -> None:
    # A quadratic rule would take hours for these.
    for text in ("a" * 1_000_000, "é" * 1_000_000, "語" * 200_000, "a\u0301" * 500_000, "é " * 500_000):
        assert PLAIN.surfaces(text)
