"""Snippets: the right stretch, its marks in the right places."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec.index.lexical.tokens import Analyzer, is_lone
from memcodec.search.highlight import CUT, snippet

ENGLISH, PLAIN = Analyzer("english"), Analyzer("none")
FILL = "lorem ipsum dolor sit amet " * 20


def _marked(text: str, query: str, analyzer: Analyzer = ENGLISH, width: int = 60) -> str:
    found = snippet(text, query, analyzer, width)
    out = found.text
    for start, end in reversed(found.spans):
        out = f"{out[:start]}[{out[start:end]}]{out[end:]}"
    return out


def test_short_text_is_whole() -> None:
    assert _marked("The foxes ran.", "fox running") == "The [foxes] ran."


def test_window_prefers_different_words_to_repeats() -> None:
    text = f"fox fox fox {FILL} a fox and a hen {FILL} hen"
    marked = _marked(text, "hen fox")
    assert "a [fox] and a [hen]" in marked and marked.startswith(CUT) and marked.endswith(CUT)


def test_ends_lie_between_words() -> None:
    found = snippet(f"{FILL} needle {FILL}", "needle", ENGLISH, 60)
    assert len(found.text) <= 62
    assert set(found.text.strip(CUT).split()) <= {"lorem", "ipsum", "dolor", "sit", "amet", "needle"}


def test_without_a_match_it_is_the_beginning() -> None:
    assert _marked(FILL, "zebra", width=20) == "lorem ipsum dolor" + CUT


def test_blanks_and_control_characters_fold() -> None:
    text = "one\n\n  two\tthree\x1b[31m\0four"
    assert _marked(text, "two four") == "one [two] three [31m [four]"


def test_pairs_merge_into_one_mark() -> None:
    assert _marked("これは全文検索です", "全文検索") == "これは[全文検索]です"


def test_a_word_longer_than_the_window_is_clipped() -> None:
    found = snippet("x" * 500, "x" * 500, PLAIN, 50)
    assert found == ("x" * 50 + CUT, [(0, 50)])


def test_cut_does_not_begin_inside_a_grapheme() -> None:
    found = snippet("ก็" * 100 + "needle" + "ก็" * 100, "needle", PLAIN, 41)
    inner = found.text.strip(CUT)
    assert inner[0] == "ก" and inner.count("ก") == inner.count("\u0e47")


@given(
    st.text(alphabet="ab \n\x00é語́.", max_size=300),
    st.text(alphabet="ab é語", max_size=9),
    st.integers(1, 80),
)
@settings(deadline=None)
def test_marks_hold_words_of_the_query(text: str, query: str, width: int) -> None:
    found = snippet(text, query, PLAIN, width)
    assert len(found.text) <= width + 2 * len(CUT)
    ends = [0, *(end for _, end in found.spans)]
    assert all(
        previous <= start < end <= len(found.text)
        for previous, (start, end) in zip(ends, found.spans, strict=False)
    )
    words = PLAIN.tokens(query)
    begins = tuple(word for word in words if is_lone(word))
    held = map(PLAIN.term, PLAIN.indexed(text))
    if any(term in words or (begins and term.startswith(begins)) for term in held):
        assert found.spans
    else:
        assert not found.spans


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_nothing_to_show(text: str) -> None:
    assert snippet(text, "query", ENGLISH).spans == []
