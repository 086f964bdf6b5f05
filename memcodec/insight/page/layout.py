"""Where the concepts of a graph are drawn: by forces, from the same beginning every time.

T. M. J. Fruchterman and E. M. Reingold, "Graph Drawing by Force-Directed Placement", 1991, with a pull to the middle.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from memcodec.insight.values import Graph

_STEPS, _FEW = 240, 500
_MIDDLE, _EVENLY = 0.3, 0.6

Places = npt.NDArray[np.float64]


def places(graph: Graph, width: float, height: float, margin: float) -> Places:
    """A place for each concept, shape (concepts, 2)."""
    count = len(graph.concepts)
    if not count:
        return np.empty((0, 2))
    at = _begun(graph)
    a = np.array([each.a for each in graph.relations], np.int64)
    b = np.array([each.b for each in graph.relations], np.int64)
    weight = np.array([each.strength for each in graph.relations])
    weight = weight / weight.max(initial=1e-9)
    steps = _STEPS if count <= _FEW else max(40, _STEPS * _FEW * _FEW // (count * count))
    apart = (1.0 / count) ** 0.5
    for step in range(steps):
        moved = _pushed(at, apart) - _MIDDLE * (at - 0.5)
        along = at[b] - at[a]
        far = np.sqrt((along**2).sum(axis=1, keepdims=True))
        pull = along * far / apart * (0.3 + weight[:, None])
        np.add.at(moved, a, pull)
        np.add.at(moved, b, -pull)
        length = np.maximum(np.sqrt((moved**2).sum(axis=1, keepdims=True)), 1e-12)
        at = at + moved / length * np.minimum(length, 0.1 * (1 - step / steps) + 0.002)
    return _fitted(at, width, height, margin)


def _begun(graph: Graph) -> Places:
    """Communities around a circle, their concepts around them."""
    at = np.zeros((len(graph.concepts), 2))
    for number, each in enumerate(graph.communities):
        turn = 2 * np.pi * number / len(graph.communities)
        around = 2 * np.pi * np.arange(len(each.concepts)) / len(each.concepts)
        middle = np.array([0.5 + 0.35 * np.cos(turn), 0.5 + 0.35 * np.sin(turn)])
        at[list(each.concepts)] = middle + 0.08 * np.stack([np.cos(around), np.sin(around)], axis=1)
    return at


def _pushed(at: Places, apart: float) -> Places:
    made = np.zeros_like(at)
    for first in range(0, len(at), 256):
        along = at[first : first + 256, None, :] - at[None, :, :]
        far = np.maximum((along**2).sum(axis=2), 1e-6)
        made[first : first + 256] = (along * (apart * apart / far)[:, :, None]).sum(axis=1)
    return made


def _fitted(at: Places, width: float, height: float, margin: float) -> Places:
    """Into the picture: partly by distance, partly by order, so that what lies far off does not press the rest."""
    low, high = np.quantile(at, 0.03, axis=0), np.quantile(at, 0.97, axis=0)
    far = np.clip((at - low) / np.maximum(high - low, 1e-9), 0, 1)
    order = np.argsort(np.argsort(at, axis=0, kind="stable"), axis=0, kind="stable") / max(1, len(at) - 1)
    share = (1 - _EVENLY) * far + _EVENLY * order
    room: Sequence[float] = (width - 2 * margin, height - 2 * margin)
    made: Places = np.round(margin + share * np.array(room), 1)
    return made
