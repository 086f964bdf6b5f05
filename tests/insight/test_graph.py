"""Concepts, relations and groups of memories whose contents are known."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path

import pytest

import memcodec
from memcodec import Collection, Filter, Memory, answers
from memcodec.errors import ConfigError
from memcodec.insight import naming
from memcodec.insight.values import Graph
from tests.insight.conftest import FILL, GROUPS, LEXICAL, Make, documents

WORDS = {word: group for group, words in GROUPS.items() for word in words.split()}


def related(made: Graph) -> set[frozenset[str]]:
    return {frozenset((made.concepts[each.a].name, made.concepts[each.b].name)) for each in made.relations}


def test_what_stands_together_is_related_and_what_does_not_is_not(grouped: Memory) -> None:
    made = grouped.graph(confidence=0.95)
    assert set(WORDS) <= {each.name for each in made.concepts}
    found = related(made)
    assert found
    for a, b in map(sorted, found):
        assert WORDS.get(a) == WORDS.get(b) is not None, (a, b)
    for words in GROUPS.values():
        assert any(set(words.split()[:2]) & pair for pair in found)


def test_groups_are_communities(grouped: Memory) -> None:
    made = grouped.graph(confidence=0.95)
    of = {each.name: each.community for each in made.concepts}
    for words in GROUPS.values():
        assert len({of[word] for word in words.split()}) == 1
    assert len({of[words.split()[0]] for words in GROUPS.values()}) == len(GROUPS)


def test_every_chunk_that_is_listed_says_so(grouped: Memory) -> None:
    made = grouped.graph()
    for edge in made.relations[:40]:
        assert edge.together >= 3 and 0 < len(edge.chunks) <= edge.together
        for cite in edge.chunks[:3]:
            hit = grouped.get(cite.chunk)
            assert hit.document.uri == cite.uri
            for end in (edge.a, edge.b):
                assert made.concepts[end].name.lower() in hit.text.lower()
    for concept in made.concepts:
        assert concept.count >= len(concept.chunks) > 0
        assert concept.name.lower() in grouped.get(concept.chunks[0].chunk).text.lower()


def test_shuffled_text_has_no_relations(make: Make) -> None:
    chance, texts = random.Random(3), list(documents(120))
    words = " ".join(text for _, text in texts).replace("#", "").split()
    chance.shuffle(words)
    size = len(words) // len(texts)
    shuffled = [(uri, " ".join(words[at * size : (at + 1) * size])) for at, (uri, _) in enumerate(texts)]
    real, void = make(texts).graph(confidence=0.95), make(shuffled).graph(confidence=0.95)
    assert len(real.relations) > 20
    assert len(void.relations) <= 0.05 * len(real.relations)


def test_the_same_memory_gives_the_same_bytes(grouped_path: Path) -> None:
    from memcodec.insight.page import map as drawing

    def once() -> tuple[str, str, str]:
        with memcodec.open(grouped_path, settings=LEXICAL) as memory:
            made = memory.graph()
            return drawing.page(made, ["x"]), json.dumps(answers.insight.graph(made)), memory.dashboard()

    assert once() == once()


@pytest.mark.parametrize(
    "options", [{"positions": False}, {"index": "none"}], ids=["no positions", "no index"]
)
def test_an_index_without_positions_or_none_gives_the_same_graph(
    make: Make, grouped: Memory, options: dict[str, object]
) -> None:
    made = make(list(documents()), **options).graph()
    other = grouped.graph()
    assert [each.name for each in made.concepts] == [each.name for each in other.concepts]
    assert [(each.a, each.b, each.together) for each in made.relations] == [
        (each.a, each.b, each.together) for each in other.relations
    ]


def test_only_what_a_filter_takes_and_what_is_still_there_counts(make: Make) -> None:
    memory = make(list(documents()))
    made = memory.graph(only=Filter(path="birds/*"))
    assert made.documents == 20
    assert {each.name for each in made.concepts} & set(WORDS) == set(GROUPS["birds"].split())
    memory.forget(Filter(path="bread/*"))
    names = {each.name for each in memory.graph().concepts}
    assert not names & set(GROUPS["bread"].split()) and set(GROUPS["stars"].split()) <= names
    with memcodec.open(memory.place, as_of=1) as then:
        assert set(GROUPS["bread"].split()) <= {each.name for each in then.graph().concepts}


def test_names_of_several_words_are_one_concept(make: Make) -> None:
    chance = random.Random(5)
    texts = [
        (
            f"{number}.md",
            f"The grey heron of the {' '.join(chance.sample(FILL, 4))} is no grey heron of {chance.choice(FILL)}.",
        )
        for number in range(20)
    ]
    made = make(texts).graph()
    names = {each.name for each in made.concepts}
    assert "grey heron" in names and not {"grey", "heron"} & names


def test_an_abbreviation_is_another_name(make: Make) -> None:
    chance = random.Random(5)
    texts = [
        (
            f"{number}.md",
            f"The global bird register (GBR) of {chance.choice(FILL)}. The GBR counts {chance.choice(FILL)}.",
        )
        for number in range(20)
    ]
    made = make(texts).graph()
    (register,) = [each for each in made.concepts if each.name == "global bird register"]
    assert register.aliases == ("gbr",)
    assert "GBR" not in {each.name for each in made.concepts}


def test_headings_make_concepts_heavier(make: Make) -> None:
    plain = [
        (f"{number}.md", f"One kestrel and one magpie in the {FILL[number % 15]}.") for number in range(20)
    ]
    headed = [
        *plain,
        *((f"h{number}.md", f"# Kestrel\n\nOne magpie in the {FILL[number]}.") for number in range(5)),
    ]
    weights = {each.name.lower(): each.weight for each in make(headed).graph().concepts}
    assert weights["kestrel"] > weights["magpie"]


def test_several_files_are_one_graph(make: Make) -> None:
    some, more = make(list(documents(30, 1))), make([(f"b/{uri}", text) for uri, text in documents(30, 2)])
    with Collection([str(some.path), str(more.path)], settings=LEXICAL) as both:
        made = both.graph()
        assert made.documents == 60
        assert {cite.file for each in made.concepts for cite in each.chunks} == set(both.names)


def test_a_script_whose_words_cannot_be_told_apart_is_said(make: Make) -> None:
    memory = make([(f"{number}.md", "青鷺は春に高い木の上に巣を作ります。" * 5) for number in range(3)])
    with pytest.raises(ConfigError, match="without spaces"):
        memory.graph()
    assert "cannot be told apart" in memory.dashboard()


def test_german_words_of_grammar_are_no_concepts(make: Make) -> None:
    text = "Der Graureiher nistet im April und die Amsel wohnt in der Hecke, weil sie nicht mit ihm streiten will. "
    memory = make([(f"{number}.md", text * 2) for number in range(8)], language="german")
    names = {each.name.lower() for each in memory.graph().concepts}
    assert names & {"graureiher", "amsel", "hecke"}
    assert not names & {"der", "die", "und", "nicht", "mit", "weil", "will"}


def test_a_memory_of_little_or_nothing(make: Make) -> None:
    made = make([("a.md", "One.")]).graph()
    assert made.relations == () and made._repr_html_()
    memory = make([("a.md", "Herons."), ("b.md", "Swifts.")])
    with pytest.raises(ConfigError, match="nothing to look at"):
        memory.graph(only=Filter(type="pdf"))


@pytest.mark.parametrize(("nodes", "confidence"), [(0, 0.5), (3000, 0.5), (10, 1.0), (10, -0.1)])
def test_what_cannot_be_meant_is_refused(grouped: Memory, nodes: int, confidence: float) -> None:
    with pytest.raises(ConfigError):
        grouped.graph(nodes, confidence)


def test_networkx_has_the_same(grouped: Memory) -> None:
    made = grouped.graph()
    graph = made.to_networkx()
    assert graph.number_of_nodes() == len(made.concepts)
    assert graph.number_of_edges() == len(made.relations)
    edge = made.relations[0]
    kept = graph.edges[made.concepts[edge.a].name, made.concepts[edge.b].name]
    assert kept["together"] == edge.together and kept["chunks"].split()[0].endswith(
        f"#{edge.chunks[0].chunk}"
    )


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ({"Heron": 6, "heron": 1}, "Heron"),  # one small letter may be a slip
        ({"Heron": 5, "heron": 4}, "heron"),
        ({"Herons": 5, "heron": 4}, "herons"),  # capitals are those of a heading
        ({"UNICODE": 5, "Unicode": 4}, "Unicode"),
        ({"API": 9}, "API"),
        ({}, ""),
    ],
)
def test_a_name_is_written_as_in_running_text(written: dict[str, int], name: str) -> None:
    assert naming._best(Counter(written)) == name
