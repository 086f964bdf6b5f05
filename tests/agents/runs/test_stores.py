"""Keys, events, machines and transactions of a run, and what other processes see of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, NamedTuple

import pytest

import memcodec
from memcodec.agents.runs import values
from memcodec.errors import Conflict
from tests.agents.runs.conftest import Stage


class Colour(Enum):
    RED = "red"


class Point(NamedTuple):
    x: int
    y: int


@dataclass
class Plan:
    steps: list[str]
    at: Point


def test_keys_and_machines(stage: Stage) -> None:
    with memcodec.run("ram.mp4") as run:
        run.kv["a"] = {"b": [1, 2.5, None, True, "ä"]}
        assert run.kv["a"] == {"b": [1, 2.5, None, True, "ä"]}
        assert ("a" in run.kv, "b" in run.kv, len(run.kv), list(run.kv)) == (True, False, 1, ["a"])
        assert run.kv.cas("a", None, 1) is False
        assert run.kv.cas("b", None, 1) is True
        before = run.kv.version("b")
        assert run.kv.cas("b", 1, 2) is True
        assert before is not None and (run.kv.version("b") or 0) > before
        del run.kv["a"]
        assert run.kv.get("a", "gone") == "gone"
        with pytest.raises(KeyError):
            run.kv["a"]
        state = run.state("task")
        assert (state.value, state.cas("x", "y"), state.cas(None, "begun"), state.value) == (
            None,
            False,
            True,
            "begun",
        )
        state.set("reset")
        assert run.state("task").value == "reset"
        run.events.append("seen", {"bird": "heron"})
        run.events.append("heard")
        assert [(each.type, each.body) for each in run.events] == [
            ("seen", {"bird": "heron"}),
            ("heard", None),
        ]
        assert [each.body for each in run.events.range("seen")] == [{"bird": "heron"}]


def test_a_transaction_is_all_or_nothing(stage: Stage) -> None:
    with memcodec.run("ram.mp4") as run:
        run.kv["n"] = 1
        with run.transaction():
            run.kv["n"] = 2
            assert run.kv["n"] == 2, "it sees its own writes"
            assert run.state("m").cas(None, "on")
            assert run.state("m").cas("off", "on") is False, "what it wrote itself is compared at once"
        assert (run.kv["n"], run.state("m").value) == (2, "on")
        with pytest.raises(Conflict), run.transaction():
            run.kv["n"] = 3
            run.events.append("never")
            run.state("m").cas("off", "on")
        with pytest.raises(ZeroDivisionError), run.transaction():
            run.kv["n"] = 4
            _ = 1 / 0
        assert (run.kv["n"], len(run.events)) == (2, 0)
        with pytest.raises(memcodec.ConfigError), run.transaction(), run.transaction():
            pass


def test_another_process_takes_part(stage: Stage) -> None:
    """Two runs of one id: each sees what the other writes, and what is read of another's is recorded."""
    with memcodec.run("ram.mp4") as main, memcodec.run("ram.mp4", id=main.id, worker="w1") as other:
        main.kv["n"] = 1
        assert other.kv["n"] == 1
        assert other.kv.cas("n", 1, 2)
        assert not main.kv.cas("n", 1, 3)
        assert main.kv["n"] == 2
    run = stage.load(main.id)
    reads = [(each.place[0], each.data["key"]) for each in run.steps if each.kind == "read"]
    assert reads == [("@w1", "kv n"), ("", "kv n")]

    def again(run: memcodec.Run) -> None:
        run.kv["n"] = 1
        assert not run.kv.cas("n", 1, 3)
        assert run.kv["n"] == 2, "what the other wrote then"

    assert stage.replay(again, main.id)["divergence"] is None
    with pytest.raises(memcodec.NotFound), memcodec.run("ram.mp4", id="0" * 26):
        pass


@pytest.mark.parametrize(
    "value",
    [
        (1, (2, "b")),
        {1, 2},
        {"@t": "text", "v": "not a tag"},
        {1: "a", (2, 3): "b"},
        b"\x00\xff",
        float("inf"),
        datetime(2026, 4, 2, tzinfo=UTC),
        Decimal("1.10"),
        Colour.RED,
        Point(1, 2),
        Plan(["a"], Point(0, 1)),
        [{"deep": [Point(1, 2)]}],
    ],
)
def test_values_come_back_as_they_were(value: Any) -> None:
    assert values.decode(values.encode(value), ["tests"]) == value


def test_classes_of_other_packages_are_not_made() -> None:
    stored = values.encode(Plan(["a"], Point(0, 1)))
    found = values.decode(stored, ["openai"])
    assert type(found) is values.Answer
    assert (found.steps, found.at) == (["a"], [0, 1])
    with pytest.raises(AttributeError):
        _ = found.nothing
    evil = {"@t": "data", "c": "subprocess:Popen", "v": {"args": ["touch", "/nowhere/x"]}}
    assert values.decode(evil, ["subprocess"]) == {"args": ["touch", "/nowhere/x"]}, "no dataclass"


def test_what_cannot_be_written_is_refused() -> None:
    for value in (object(), lambda: 1, [[object()]]):
        with pytest.raises(memcodec.ConfigError, match="cannot be recorded"):
            values.encode(value)
    deep: Any = []
    for _ in range(1000):
        deep = [deep]
    with pytest.raises(memcodec.ConfigError, match="nested"):
        values.encode(deep)


@pytest.mark.parametrize(
    "stored",
    [{"@t": "bytes", "v": 3}, {"@t": "dict", "v": [1]}, {"@t": "datetime", "v": "x"}, {"@t": "tuple"}],
)
def test_what_was_never_written_is_damage(stored: Any) -> None:
    with pytest.raises(memcodec.Damaged):
        values.decode(stored)
