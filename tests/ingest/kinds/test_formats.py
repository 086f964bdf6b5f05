"""The table of kinds, and the choice by a file's bytes."""

from __future__ import annotations

import importlib
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcodec.errors import MissingExtra, SourceError
from memcodec.ingest import kinds
from memcodec.ingest.kinds import BY_SUFFIX, code, extract, kind_of
from memcodec.ingest.kinds.builder import Builder
from tests.ingest import made


def test_every_kind_of_the_table_has_its_module_and_code_a_grammar_for_each_suffix() -> None:
    for kind in set(BY_SUFFIX.values()):
        module = importlib.import_module(f"{kinds.__name__}.{kind}")
        assert callable(module.members if kind == kinds.ARCHIVE else module.extract)
    assert set(code.BY_SUFFIX) == {suffix for suffix, kind in BY_SUFFIX.items() if kind == "code"}


def test_bytes_win_over_names_and_that_is_noted() -> None:
    made_files = made.simple()
    for name in ("a.pdf", "a.xlsx", "a.docx", "a.odt", "a.epub", "a.pptx", "a.parquet", "a.rtf"):
        if name in made_files:
            wrong = "b.docx" if name != "a.docx" else "b.pdf"
            assert kind_of(made_files[name], wrong).name == kind_of(made_files[name], name).name
            assert "its bytes are" in extract(made_files[name], wrong).notes[0]
            assert "bytes are" not in str(extract(made_files[name], "noending").notes)


def test_text_under_a_binary_name_is_taken_as_text_and_noted() -> None:
    found = extract(b"ID3 tags, PAR1 and GIF8 are magics, %PDF-1.4 too.\n", "a.docx")
    assert found.text.startswith("ID3 tags") and found.notes == ("named .docx, but it is text",)


@pytest.mark.parametrize(
    "data, words",
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "before 2007, or one with a password"),
        (b"\x89PNG\r\n\x1a\n" + bytes(99), "damaged picture"),
        (b"\0\0\0\x18ftypheic" + bytes(99), "HEIC picture; save it as JPEG"),
        (b"Rar!\x1a\x07" + bytes(99), "RAR archive"),
        (bytes(99), "not a DOCX file and no text"),
        (b"PK\x03\x04" + bytes(99), "archive"),
    ],
)
def test_what_cannot_be_read_says_what_it_is(data: bytes, words: str) -> None:
    with pytest.raises(SourceError, match=words) as caught:
        extract(data, "a.docx")
    assert str(caught.value).startswith("a.docx: ") and "\n" not in str(caught.value)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name, library, extra",
    [
        ("a.pdf", "pypdfium2", "documents"),
        ("a.xlsx", "openpyxl", "documents"),
        ("a.parquet", "pyarrow", "data"),
        ("a.py", "tree_sitter", "code"),
        ("a.html", "lxml.html", "documents"),
        ("a.rtf", "striprtf.striprtf", "documents"),
        ("a.ass", "pysubs2", "documents"),
    ],
)
def test_a_missing_library_names_the_pip_line(
    name: str, library: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = {"a.html": b"<p>x", "a.rtf": b"{\\rtf1 x}", "a.ass": made.SUBSTATION.encode(), **made.simple()}[
        name
    ]
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(MissingExtra, match=rf"pip install 'memcodec\[{extra}\]'"):
        extract(data, name)


_ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("heading"), st.integers(0, 7), st.text(max_size=20)),
        st.tuples(st.just("place"), st.text(max_size=10)),
        st.tuples(
            st.just("under"), st.lists(st.text(max_size=5), max_size=3).map(tuple), st.text(max_size=5)
        ),
        st.tuples(st.just("paragraph"), st.text(st.characters(), max_size=30)),
        st.tuples(st.just("line"), st.text(max_size=30)),
    ),
    max_size=30,
)


@settings(deadline=None)
@given(_ACTIONS)
def test_sections_rise_within_the_text_and_no_word_is_lost(actions: list[tuple[object, ...]]) -> None:
    out, words = Builder(), []
    for name, *arguments in actions:
        getattr(out, str(name))(*arguments)
        if name in ("paragraph", "line"):
            words += str(arguments[0]).encode("utf-8", "replace").decode().split()
    found = out.build()
    starts = [section.start for section in found.sections]
    assert starts == sorted(set(starts)) and all(0 <= start < len(found.text) for start in starts)
    assert all(found.text[start - 1] == "\n" for start in starts if start)
    found.text.encode()
    assert [word for word in words if word.isalnum() and word not in found.text] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "suffix", [".md", ".py", ".csv", ".html", ".c", ".srt", ".eml", ".mbox", ".ipynb", ".rtf", ".vtt", ".ass"]
)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_any_text_gives_sound_sections_or_one_line(suffix: str, data: st.DataObject) -> None:
    piece = st.one_of(
        st.text(max_size=20),
        st.sampled_from(
            [
                "# A\n",
                "def f():\n  x\n",
                "class A {",
                "}\n",
                "<h1>x</h1>",
                "a,b\n",
                "```\n",
                "1\n00:00:01,0 --> ",
                "Dialogue: 0,0:00:01.00,0:00:02.00,,,,,,,",
                "{1}{2}a\n",
                "> - ",
                "---\n",
            ]
        ),
    )
    text = "".join(data.draw(st.lists(piece, max_size=12)))
    try:
        found = extract(text.encode("utf-8", "surrogatepass"), f"a{suffix}")
    except SourceError as error:
        assert "\n" not in str(error)
        return
    starts = [section.start for section in found.sections]
    assert starts == sorted(set(starts)) and all(0 <= start < max(len(found.text), 1) for start in starts)
