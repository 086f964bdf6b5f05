"""A change of state comes back as it was written; a forged one, its checksums right, is damage and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from memcodec.errors import Damaged
from memcodec.format import block, budget, change
from memcodec.format.budget import Budget
from memcodec.format.change import StateChange, Stream

CHANGE = StateChange("compact", ("0" * 16,), ("1" * 16,), (Stream("01020304", 1, ((0, 5), (9, 1))),))


def test_a_change_comes_back() -> None:
    assert change.parse(CHANGE.to_bytes(), Budget(0)) == CHANGE


@pytest.mark.parametrize(
    "forged",
    [
        [],
        None,
        {},
        {"kind": "of another kind"},
        {"kind": []},
        {"kind": {}},
        {"drop": None},
        {"drop": [1]},
        {"revive": 7},
        {"streams": [7]},
        {"streams": [[]]},
        {"streams": [["01020304", 1 << 40, []]]},
        {"streams": [["01020304", -1, []]]},
        {"streams": [["01020304", True, []]]},
        {"streams": [["0102", 1, []]]},
        {"streams": [[7, 1, []]]},
        {"streams": [["zz" * 4, 1, []]]},
        {"streams": [["01020304", 1, [[0]]]]},
        {"streams": [["01020304", 1, [[0, 1 << 32]]]]},
    ],
)
def test_a_forged_change_is_damage(forged: Any) -> None:
    whole = {"kind": "compact", "drop": [], "revive": [], "streams": []}
    said = whole | forged if isinstance(forged, dict) and forged else forged
    body = block.pack(json.dumps(said).encode(), budget.MAX_CHANGE, "a change")
    with pytest.raises(Damaged):
        change.parse(body, Budget(0))
