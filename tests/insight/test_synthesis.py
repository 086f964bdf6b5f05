"""What is put together is what documents say, where they say it."""

from __future__ import annotations

import pytest

from memcodec import Memory
from memcodec.errors import ConfigError
from memcodec.insight import summary
from memcodec.insight.sentences import sentences
from memcodec.insight.summary import Candidate
from memcodec.insight.synthesis import date_in
from tests.insight.conftest import Make

HERONS = """# Herons

The grey heron nests in April, high in old trees near the water. It waits for hours without moving a feather.

    code = heron.nest()  # this is no sentence of prose at all.

| heron | table of numbers that nobody wants to read here. |

Since 1998 a colony of the grey heron has bred at the weir below the mill. In March 2004 a storm took half of its nests.
"""
SWIFTS = (
    "Swifts sleep on the wing, they say. A swift may fly for ten months without coming to rest anywhere.\n"
)


@pytest.fixture
def notes(make: Make) -> Memory:
    return make([("herons.md", HERONS), ("swifts.md", SWIFTS), ("copy.md", HERONS)])


@pytest.mark.parametrize("kind", ["summary", "insights", "timeline"])
def test_each_sentence_stands_where_it_is_said_to(notes: Memory, kind: str) -> None:
    found = notes.synthesize("grey heron", kind)  # type: ignore[arg-type]
    assert found.statements and found.type == kind
    for each in found.statements:
        (cite,) = each.cites
        line = notes.read(cite.uri).split("\n")[cite.line - 1]
        assert each.text.split(". ")[0][:30] in line
        assert "code" not in each.text and "|" not in each.text
    assert len({each.text for each in found.statements}) == len(found.statements)


def test_a_timeline_is_in_the_order_of_dates(notes: Memory) -> None:
    found = notes.synthesize("heron", "timeline")
    assert [each.time for each in found.statements] == ["1998", "2004-03"]


def test_insights_name_what_they_relate(notes: Memory) -> None:
    for each in notes.synthesize("heron", "insights").statements:
        assert "heron" in each.about and len(each.about) > 1
        assert all(word in each.text.lower() for word in each.about)


def test_no_more_words_than_asked(notes: Memory) -> None:
    found = notes.synthesize("heron", words=20)
    assert 0 < sum(len(each.text.split()) for each in found.statements) <= 20
    assert found.text().count("\n") == len(found.statements) - 1
    assert found.to_networkx().number_of_edges() == len(found.statements) and found._repr_html_()


def test_what_nothing_answers_is_said(notes: Memory) -> None:
    found = notes.synthesize("zzyzx")
    assert not found.statements and "no passage answers the query" in found.notes


@pytest.mark.parametrize(
    "wrong", [{"query": " "}, {"query": "a", "words": 9999}, {"query": "a", "passages": 999}]
)
def test_what_cannot_be_meant_is_refused(notes: Memory, wrong: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        notes.synthesize(**wrong)  # type: ignore[arg-type]


def test_it_is_saved_as_a_document_that_names_its_sources(notes: Memory) -> None:
    from memcodec.insight.saving import item

    found = notes.synthesize("grey heron")
    notes.add_items([item(found)])
    notes.commit()
    saved = notes.read("synthesis/summary-grey-heron.md")
    for each in found.statements:
        assert f"{each.text} ({each.cites[0]})" in saved
    document = notes.document("synthesis/summary-grey-heron.md")
    assert document.tags == {
        "synthesis": "summary",
        "query": "grey heron",
        "by": "sentences of the documents",
    }


def test_prose_alone_is_cut_into_sentences() -> None:
    found = [each.text for each in sentences(HERONS)]
    assert found == [
        "The grey heron nests in April, high in old trees near the water.",
        "It waits for hours without moving a feather.",
        "Since 1998 a colony of the grey heron has bred at the weir below the mill.",
        "In March 2004 a storm took half of its nests.",
    ]
    text = "See `the heron page <https://x.org>`_, e.g. for what Dr. Brown wrote about **many** of them.\n\n"
    text += ".. code::\n\n   It is not.\n"
    (one,) = sentences(text)
    assert one.text == "See the heron page, e.g. for what Dr. Brown wrote about many of them."


def test_a_choice_covers_and_does_not_repeat() -> None:
    def said(*terms: str) -> Candidate:
        return Candidate(" ".join(terms), terms, 10, 0.5, False)

    some = [said("a", "b"), said("a", "b"), said("c"), said("a", "b", "c")]
    weight = {"a": 2.0, "b": 2.0, "c": 3.0}
    assert summary.choose(some, weight, 10) == [3]
    assert summary.choose(some[:3], weight, 20) == [0, 2]
    assert summary.choose(some, weight, 5) == []


@pytest.mark.parametrize(
    ("text", "date"),
    [("on 2021-05-06.", "2021-05-06"), ("On 3 May 1999 it", "1999-05-03"), ("in March 2004", "2004-03"),
     ("May 4th, 2020, at", "2020-05-04"), ("since 1998 he", "1998"), ("1500 herons", ""), ("nothing", "")],
)  # fmt: skip
def test_dates_are_read(text: str, date: str) -> None:
    assert date_in(text) == date


def test_a_chunk_that_begins_within_a_sentence_gives_no_half_of_it(make: Make) -> None:
    told = (
        "The grey heron waits at the weir until a fish comes by,\nand then it strikes faster than an eye can see it,\n"
        "which is why all the fish there have learned to keep\nto the deep water under the alder on most hot days,\n"
        "or to swim in the shade of the bridge at the mill.\nThen the heron rests in the old alder for an hour.\n"
    )
    memory = make([("a.md", told * 8)], chunk_size=100)
    found = memory.synthesize("heron alder swim bridge mill", words=400)
    assert found.statements
    whole = set(" ".join(memory.read("a.md").split()).replace(". ", ".\n").split("\n"))
    assert {each.text for each in found.statements} <= whole
    for each in found.statements:
        line = memory.read("a.md").split("\n")[each.cites[0].line - 1]
        assert each.text.split(",")[0][:20] in line
