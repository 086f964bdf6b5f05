"""Communities: concepts that are related to each other more than to others, by Leiden where igraph is installed.

Otherwise by Louvain (V. D. Blondel et al., 2008), which networkx has. Both begin with the same seed every time.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from memcodec.format.arrays import Ints

_SEED = 20
_NAMED = 3  # concepts in the name of a community


def communities(kinds: int, a: Ints, b: Ints, strength: npt.NDArray[np.float64]) -> list[list[int]]:
    """Groups of concepts, the largest first; each concept is in one. Their members rise."""
    if not len(a):
        return [[each] for each in range(kinds)]
    edges = list(zip(a.tolist(), b.tolist(), strict=True))
    try:
        igraph = _igraph()
    except ImportError:
        found = _louvain(kinds, edges, strength.tolist())
    else:
        found = _leiden(igraph, kinds, edges, strength.tolist())
    return sorted((sorted(each) for each in found), key=lambda each: (-len(each), each))


def _igraph() -> Any:
    """igraph. Raises ImportError.

    Where matplotlib is installed igraph would load it for its pictures, and that writes lists of fonts to the user's
    home. So it is told that there is none; a program that wants such pictures imports igraph first.
    """
    hidden = {"igraph", "matplotlib"}.isdisjoint(sys.modules)
    if hidden:
        sys.modules["matplotlib"] = None  # type: ignore[assignment]
    try:
        return importlib.import_module("igraph")
    finally:
        if hidden:
            del sys.modules["matplotlib"]


def _leiden(
    igraph: Any, kinds: int, edges: Sequence[tuple[int, int]], weights: Sequence[float]
) -> list[list[int]]:
    import random

    chance = random.Random(_SEED)
    igraph.set_random_number_generator(chance)
    try:
        made = igraph.Graph(n=kinds, edges=edges).community_leiden(
            "modularity", weights=list(weights), n_iterations=-1
        )
    finally:
        igraph.set_random_number_generator(random)
    return [list(each) for each in made]


def _louvain(kinds: int, edges: Sequence[tuple[int, int]], weights: Sequence[float]) -> list[list[int]]:
    from memcodec.insight.extra import networkx

    graph = networkx.Graph()
    graph.add_nodes_from(range(kinds))
    graph.add_weighted_edges_from((a, b, weight) for (a, b), weight in zip(edges, weights, strict=True))
    return [list(each) for each in networkx.community.louvain_communities(graph, seed=_SEED)]


def named(members: Sequence[int], names: Sequence[str], pull: npt.NDArray[np.float64]) -> str:
    """What a community is called: its concepts that are related most strongly within it."""
    best = sorted(members, key=lambda each: (-float(pull[each]), each))[:_NAMED]
    return ", ".join(names[each] for each in best)
