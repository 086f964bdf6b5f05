"""Markdown, source code, notebooks, plain text: the text itself, and where its parts begin."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from memcodec.ingest.kinds import extract, limits
from memcodec.ingest.walk import walk
from tests.ingest import made


def parts(data: bytes, name: str) -> list[tuple[tuple[str, ...], str]]:
    """Each section's path and its text's first line."""
    found = extract(data, name)
    ends = [*(section.start for section in found.sections[1:]), len(found.text)]
    return [
        (section.path, found.text[section.start : end].strip().partition("\n")[0])
        for section, end in zip(found.sections, ends, strict=True)
    ]


def test_markdown_stays_as_it_is() -> None:
    found = extract(made.MARKDOWN.encode(), "a.md")
    assert found.text == made.MARKDOWN
    assert (found.title, found.author) == ("The Lighthouse Book", "Ada Keeper")
    assert parts(made.MARKDOWN.encode(), "a.md") == [
        (("Harbour",), "# Harbour"),
        (("Harbour", "Lamp"), "## Lamp"),
        (("Storm",), "# Storm"),
    ]


@pytest.mark.parametrize(
    "text, titles",
    [
        ("# A #\n## B ##\n", ["A", "B"]),
        ("A\n===\n\nB\n---\n", ["A", "B"]),
        ("```\n# no\n```\n# yes", ["yes"]),
        ("````\n```\n# no\n````\n# yes", ["yes"]),
        ("~~~\n# no\n```\n# no\n~~~\n\n# yes\n", ["yes"]),
        ("#hash\n    # code\n\n####### seven\n", []),
        ("- item\n---\n> quote\n---\n\n---\n", []),
        ("# A\r\ntext\r\n## B\r\n", ["A", "B"]),
        ("#\n# x", ["x"]),
        ("A heading\nof two lines\n===\n", ["A heading of two lines"]),
        ("<div>\n# no\n</div>\n\n# yes\n<!--\n\n# no\n\n-->\n", ["yes"]),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n---\n\n# yes\n", ["yes"]),
        ("[a]: b\n---\n- item\n\n  # no\n\n> # no\n\n1. ```\n# yes\n", ["yes"]),
        ("# A\r## B\rtext\r", ["A", "B"]),
        ("# *The* [`lamp`](sea.md), **lit** &amp; \\# ![dim](x.png)<br>\n", ["The lamp, lit & # dim"]),
        ("## [1.0] - [x\n\n[1.0]: https://example.org\n", ["1.0 - [x"]),
        ("# <img src='logo.png'>\n# Lamp\n", ["Lamp"]),
    ],
)
def test_headings_are_those_of_commonmark(text: str, titles: list[str]) -> None:
    assert [section.path[-1] for section in extract(text.encode(), "a.md").sections] == titles


def test_markdown_s_sections_begin_at_their_headings() -> None:
    text = "---\ntitle: x\n---\r\n\r\nfirst é\r\n\r\n Two\r\nlines\r\n--\r\n\rtext\r\r# Next\r\n"
    found = extract(text.encode(), "a.md")
    assert found.text == text
    assert [text[section.start :].split("\r")[0] for section in found.sections] == [" Two", "# Next"]


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200_000,
        "`" * 200_000,
        "# " + "[" * 200_000,
        "# " + "*a_" * 70_000,
        "> " * 100_000,
        "".join(" " * (2 * depth) + "- a\n" for depth in range(1000)),
        "[a]: b '" + "x\n" * 50_000,
        "<a b='" * 50_000,
        "".join("`" * (count % 600) + " " for count in range(2000)),
        "|" + "a|" * 2000 + "\n|" + "-|" * 2000 + "\n" + "a\n" * 100,
    ],
)
def test_hostile_markdown_ends_quickly(text: str) -> None:
    start = time.process_time()
    assert extract(f"# First\n{text}".encode(), "a.md").sections[0].path == ("First",)
    assert time.process_time() - start < 5


def test_markdown_that_takes_too_long_keeps_the_headings_found_so_far(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = iter(range(10**9))
    monkeypatch.setattr(limits.time, "monotonic", lambda: next(clock))  # each look at it takes a second
    found = extract(b"# A\n\ntext\n\n" * 100, "a.md")
    assert found.text.count("text") == 100 and 2 < len(found.sections) < 12
    assert found.notes == ("headings may be missing: it took over 20 s",)


def test_front_matter_is_metadata() -> None:
    front = "---\ntitle: Lamp\ndate: 2024-03-05\nlang: de\ntags: [sea, light]\nDraft: true\n---\ntext\n"
    found = extract(front.encode(), "a.md")
    assert (found.title, found.language, found.tags) == (
        "Lamp",
        "de",
        {"tags": "sea, light", "draft": "True"},
    )
    assert found.time is not None and found.time.year == 2024


FRONTS = [
    "---\ntitle: Lamp\ndate: 2024-03-05\ntags: [draft, birds]\n---\n",
    "---\ntitle: Lamp\ndate: 2024-03-05 01:00:00 +0100\ntags:\n  - draft\n  - birds\n...\n",
    "\ufeff---  \r\ntitle: Lamp\r\ncreated: 5 March 2024\r\ntags: draft, birds\r\n---\r\n",
    '+++\ntitle = "Lamp"\ndate = 2024-03-05\ntags = ["draft", "birds"]\n+++\n',
    '+++\r\ntitle = "Lamp"\r\ndate = 2024-03-05T00:00:00Z\r\ntags = ["draft", "birds"]\r\n+++\r\n',
    '{"title": "Lamp", "date": "2024-03-05", "tags": ["draft", "birds"]}\n',
    '{\n"title": "Lamp",\n"date": ["2024-03-05", "2024-04-01"],\n"tags": "draft, birds"\n}\n\n',
]


@pytest.mark.parametrize("front", FRONTS)
def test_front_matter_of_every_kind_arrives_with_the_document(front: str, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(front + "# Sea\n\nThe heron waits.\n", newline="")
    (item,) = walk([tmp_path / "a.md"])
    assert (item.title, item.time) == ("Lamp", datetime(2024, 3, 5, tzinfo=UTC))
    assert item.tags == {"tags": "draft, birds"}
    assert [section.path for section in item.sections] == [("Sea",)]


@pytest.mark.parametrize(
    "text", ["{}\n\ntext\n", '{"a": 1}\n', "{% include x %}\ntext\n", "+++ a\ntext\n+++\n", "---\ntext\n"]
)
def test_what_is_no_front_matter_is_text(text: str) -> None:
    assert extract(text.encode(), "a.md").tags == {}


def test_front_matter_s_authors_and_groups_are_taken() -> None:
    found = extract(b"---\nauthors:\n - name: Ada\n - name: Bob\ntaxonomies:\n  tags: [x, y]\n---\n", "a.md")
    assert (found.author, found.tags) == ("Ada, Bob", {"taxonomies.tags": "x, y"})


def test_damaged_front_matter_is_noted_and_aliases_do_not_grow() -> None:
    assert "front matter" in extract(b"---\na: [\n---\n", "a.md").notes[0]
    laughs = "a0: &a0 [lol, lol]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
    assert len(str(extract(f"---\n{laughs}---\n".encode(), "a.md").tags)) < 1000


def test_python_is_cut_by_definition() -> None:
    code = (
        "import os\n\n# about é\n@dec\nclass A:\n    x = 1\n\n    def f(self):\n        return 1\n\n    y = 2\n\n\n"
        "def g(): pass\n"
    ).encode()
    assert parts(code, "a.py") == [
        (("class A",), "# about é"),
        (("class A", "def f"), "def f(self):"),
        (("class A",), "y = 2"),
        (("def g",), "def g(): pass"),
    ]
    assert [section.place for section in extract(code, "a.py").sections] == [
        "line 3",
        "line 8",
        "line 11",
        "line 14",
    ]


@pytest.mark.parametrize(
    "name, code, paths",
    [
        ("a.go", "package m\n\nfunc (s *S) F() {}\n\ntype T struct{}\n", [("method F",), ("type T",)]),
        (
            "a.rs",
            "impl Foo for Bar {\n    fn g(&self) {}\n}\n",
            [("impl Foo for Bar",), ("impl Foo for Bar", "fn g")],
        ),
        ("a.java", "class A {\n  int f() { return 1; }\n}\n", [("class A",), ("class A", "method f")]),
        ("a.c", "char *g(void) { return 0; }\nstruct P *q;\n", [("function g",), ()]),
        ("a.cpp", "namespace n {\nvoid A::f() {}\n}\n", [("namespace n",), ("namespace n", "function A::f")]),
        ("a.rb", "module M\n def self.g; end\nend\n", [("module M",), ("module M", "def g"), ("module M",)]),
        ("a.ts", "export const dim = (a: number) => a;\n", [("const dim",)]),
        ("a.js", "export default function k() {}\n", [("function k",)]),
        ("a.cs", "class A { }\n", [("class A",)]),
        ("a.php", "<?php\nfunction g() {}\n", [("function g",)]),
        ("a.sh", "f() { echo; }\n", [("function f",)]),
    ],
)
def test_every_language_is_cut(name: str, code: str, paths: list[tuple[str, ...]]) -> None:
    assert [section.path for section in extract(code.encode(), name).sections] == paths


def test_a_notebook_s_headings_hold_for_the_cells_after_them() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# Sea\n", "about it"]},
        {"cell_type": "code", "source": "f()", "outputs": [{"output_type": "stream", "text": ["wet\n"]}]},
    ]
    found = extract(json.dumps({"cells": cells, "nbformat": 4}).encode(), "a.ipynb")
    assert found.text == "Sea\n\nabout it\n\nf()\n\nwet\n"
    assert (found.sections[-1].path, found.sections[-1].place) == (("Sea",), "cell 2")
