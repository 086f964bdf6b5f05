"""Parsing: what is an operator and what is not; errors point at their place, and there are no others."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec.errors import ConfigError
from memcodec.index.lexical.tokens import Analyzer
from memcodec.search.query import parse
from memcodec.search.query.lexer import MAX_LENGTH
from memcodec.search.query.nodes import And, Beginning, Field, Node, Not, Or, Phrase, Query, Side, Words
from memcodec.search.query.parser import MAX_DEPTH, MAX_TOKENS

A, B, C = Words("a"), Words("b"), Words("c")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("a b", Side((A, B))),
        ("a OR b c", Side((Or((A, B)), C))),
        ("a AND b OR c", Or((And((A, B)), C))),
        ("a OR b AND NOT c", Or((A, And((B, Not(C)))))),
        ("a AND (b OR c)", And((A, Or((B, C))))),
        ("NOT NOT a", Not(Not(A))),
        ("-a b", Side((Not(A), B))),
        ("-(a b)", Not(Side((A, B)))),
        ('-"a b"', Not(Phrase("a b"))),
        ("a NOT(b)", Side((A, Not(B)))),
        ('"a b" c', Side((Phrase("a b"), C))),
        ('("a b")', Phrase("a b")),
        ("fo*", Beginning("fo")),
        ("(fo*)", Beginning("fo")),
        ("title:a", Field("title", "a", 1)),
        ('a -title:"b c"', Side((A, Not(Field("title", "b c", 4))))),
        ('tag:who="b c"', Field("tag", "who=b c", 1)),
        ("(path:src/*.py OR type:pdf)", Or((Field("path", "src/*.py", 2), Field("type", "pdf", 19)))),
        ("path:a(1).txt", Field("path", "a(1).txt", 1)),
        ("since:2024-01-02 a", Side((Field("since", "2024-01-02", 1), A))),
        ("foo(bar) AND a", And((Words("foo(bar)"), A))),
        ("(foo(bar) OR a)", Or((Words("foo(bar)"), A))),
        ("a AND what's", And((A, Words("what's")))),
        ("(a :) OR b)", Or((A, B))),
        ("a OR b)", Or((A, Words("b)")))),
        ("全文*", Beginning("全文")),
    ],
)
def test_grammar(query: str, expected: Node) -> None:
    parsed = parse(query)
    root = parsed.root
    assert root == expected and parsed.is_plain == (query == "a b")


PLAIN = [
    "what's up?", "c++ foo(bar)", "don't", '5" disk', '"red fox', "(see below", "below)", "smile :)",
    "a - b", "--force", "error -11", "and or not", "And Or", "http://a/b", "note: this", "title: x", "char *p",
    "2*3", "**bold**", "a (b) c", "() {}", '"?!"', "Title:x", "foo-bar", "it's (a) b) c", "", "?!", "f(x)*",
    "a\u0000b", "\ud800", "全文检索", "NOTE ANDROID ORDER", 'say"hello" x', "((a)", "[ab]*", "&& || !",
]  # fmt: skip


@pytest.mark.parametrize("text", PLAIN)
def test_plain_text_stays_plain(text: str) -> None:
    query = parse(text)
    assert query.is_plain and not query.has_conditions and query.meaning == text
    tokens = [token for leaf in query.wanted for token in Analyzer().tokens(leaf.text)]
    assert tokens == Analyzer().tokens(text)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("cats AND", 'column 6: AND needs something after it.*"and".*: cats >>>AND$'),
        ("AND cats", 'column 1: AND needs something before it.*"and".*: >>>AND cats$'),
        ("cats OR OR dogs", "column 6: OR needs something after it"),
        ("cats (NOT)", "column 7: NOT needs something after it"),
        ("x (OR y)", "column 4: OR needs something before it"),
        ("cats -()", "column 6: nothing to exclude follows this -"),
        ('cats AND "dogs', 'column 10: this " has no other half: cats AND >>>"dogs$'),
        ("cats AND (dogs", r"column 10: this \( has no other half"),
        ('"a b" (c', r"column 7: this \( has no other half"),
        ('title:"" a', "column 7: title: needs a value"),
        ("title:\ud800", "column 7: the value of title: is not Unicode text"),
        ("(" * 33 + "a -b" + ")" * 33, f"column 33: more than {MAX_DEPTH} brackets"),
        ("NOT " * 40 + "a", f"column 129: more than {MAX_DEPTH}"),
        ("a " * MAX_LENGTH, f"column {MAX_LENGTH + 1}: a query has at most 65,536 characters"),
        ("-a " * MAX_TOKENS, "at most 1,000 parts"),
        ("\x1b[31m\n" * 9 + "a AND", r"column 57: .*: \.\.\.31m (\[31m ?)+a >>>AND$"),
    ],
)
def test_errors_point_at_their_place_in_one_line(query: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        parse(query)
    assert str(caught.value).isprintable()


_piece = st.sampled_from(
    ["a", "b*", "AND", "OR", "NOT", "-", '"', "(", ")", " ", "title:", "tag:k=v", "*", "語", "'", "\n", "\ud800", "1"]
) | st.text(max_size=3)  # fmt: skip


_any = st.lists(_piece, max_size=40).map("".join) | st.text()


@given(_any)
@settings(max_examples=300, deadline=None)
def test_any_string_is_a_query_or_one_line_of_error(text: str) -> None:
    _check(text)


@pytest.mark.slow
@given(_any)
@settings(max_examples=10_000, deadline=None)
def test_ten_thousand_strings_are_queries_or_one_line_of_error(text: str) -> None:
    _check(text)


def _check(text: str) -> None:
    try:
        query = parse(text)
    except ConfigError as error:
        assert str(error).startswith("query, column ") and str(error).isprintable()
        return
    assert isinstance(query, Query) and query.text == text
    assert (query.root is None) <= (not query.has_conditions)
    wanted = [token for leaf in query.wanted for token in Analyzer("none").tokens(leaf.text)]
    if query.is_plain:
        assert wanted == Analyzer("none").tokens(text)


def test_nesting_costs_no_more_than_its_length() -> None:
    text = "-x"
    for _ in range(MAX_DEPTH - 1):
        text = f"({text} a b)"
    query = parse(text)
    assert query.has_conditions and len(query.wanted) == 2 * (MAX_DEPTH - 1)
    text = "-x"
    for _ in range(MAX_DEPTH - 1):
        text = f"({text} -y)"
    assert parse(text).wanted == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit", ["(", ")", '"', "(:)", ":)", 'title:"', "-(", "a(", "NOT ", "*", "a:", "((a)"]
)
def test_the_longest_query_is_read_at_once(unit: str) -> None:
    begun = time.process_time()
    with suppress(ConfigError):
        parse("(" + unit * ((MAX_LENGTH - 1) // len(unit)))
    assert time.process_time() - begun < 5  # a tenth of a second as it is, minutes if it grew with the square


def test_what_a_query_wants_is_meant() -> None:
    query = parse('running "red foxes" -dogs conn* title:cats AND NOT (NOT birds)')
    assert query.meaning == "running red foxes conn birds"
    assert [field.name for field in query.fields] == ["title"]
