"""Groups of what is joined, by Leiden where igraph is installed and by Louvain where it is not; and always the same."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from memcodec import Memory
from memcodec.insight import communities
from tests.insight.conftest import GROUPS

METHODS = ["leiden", "louvain"]


@pytest.fixture(params=METHODS)
def method(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "leiden":
        pytest.importorskip("igraph")
    else:
        monkeypatch.setitem(sys.modules, "igraph", None)  # as if it were not installed
    return str(request.param)


def grouped(sizes: Sequence[int], seed: int) -> tuple[int, list[int], list[int], list[float]]:
    """Groups whose members are all joined, strongly, and to one member of the next group, weakly."""
    chance = random.Random(seed)
    names = list(range(sum(sizes)))
    chance.shuffle(names)
    edges, first = list[tuple[int, int, float]](), 0
    for size in sizes:
        mine = names[first : first + size]
        edges += [(one, two, 3.0) for at, one in enumerate(mine) for two in mine[at + 1 :]]
        edges.append((mine[0], names[(first + size) % len(names)], 0.3))
        first += size
    chance.shuffle(edges)
    a, b, weights = zip(*((min(one, two), max(one, two), weight) for one, two, weight in edges), strict=True)
    return len(names), list(a), list(b), list(weights)


@pytest.mark.parametrize("seed", range(4))
def test_planted_groups_are_found(method: str, seed: int) -> None:
    sizes = [12, 9, 7, 5]
    kinds, a, b, weights = grouped(sizes, seed)
    found = communities.communities(kinds, np.array(a), np.array(b), np.array(weights))
    assert [len(each) for each in found] == sizes
    strong = {(one, two) for one, two, weight in zip(a, b, weights, strict=True) if weight > 1}
    for members in found:
        assert members == sorted(members)
        assert all((one, two) in strong for one in members for two in members if one < two)
    again = communities.communities(kinds, np.array(a), np.array(b), np.array(weights))
    assert again == found


def test_what_is_joined_to_nothing_is_alone(method: str) -> None:
    found = communities.communities(4, np.array([1]), np.array([2]), np.array([1.0]))
    assert found == [[1, 2], [0], [3]]


def test_random_numbers_of_others_are_left_alone(method: str) -> None:
    kinds, a, b, weights = grouped([6, 6, 6], 1)
    random.seed(5)
    before = random.getstate()
    communities.communities(kinds, np.array(a), np.array(b), np.array(weights))
    assert random.getstate() == before


def test_a_graph_has_the_groups_that_were_written(method: str, grouped: Memory) -> None:
    made = grouped.graph(confidence=0.95)
    of = {each.name: each.community for each in made.concepts}
    for words in GROUPS.values():
        assert len({of[word] for word in words.split()}) == 1
    assert len({of[words.split()[0]] for words in GROUPS.values()}) == len(GROUPS)


@pytest.mark.parametrize("method", METHODS)
def test_every_process_gives_the_same_bytes(grouped_path: Path, method: str) -> None:
    """Hashes of strings differ from process to process; nothing that is written may rest on them."""
    if method == "leiden":
        pytest.importorskip("igraph")
    script = (
        "import hashlib, json, sys\n"
        "if sys.argv[2] == 'louvain': sys.modules['igraph'] = None\n"
        "import memcodec, networkx\n"
        "from memcodec import answers\n"
        "from memcodec.insight.page import map as drawing\n"
        "with memcodec.open(sys.argv[1]) as memory:\n"
        "    graph = memory.graph()\n"
        "    texts = [drawing.page(graph, ['x']), memory.dashboard(),\n"
        "        ''.join(networkx.generate_graphml(graph.to_networkx())), memory.synthesize('heron').text()]\n"
        "    answered = answers.insight\n"
        "    texts += [json.dumps(each) for each in (answered.graph(graph), answered.topics(memory.topics()),\n"
        "        answered.trends(memory.trends()), answered.synthesis(memory.synthesize('heron'), None))]\n"
        "print([hashlib.sha256(each.encode()).hexdigest() for each in texts], len(graph.communities))\n"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", script, str(grouped_path), method],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert said[0] == said[1] and len(said[0]) > 500
