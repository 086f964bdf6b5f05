"""Long values are stored once, and come back as they were."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import memcodec
from memcodec.agents.runs.identity import canonical
from memcodec.agents.runs.ledger import Scratch
from memcodec.agents.runs.packing import LONG, Packer, Unpacker
from memcodec.errors import Damaged
from tests.agents.runs.conftest import Stage

LONG_TEXTS = {"3": "x" * 3000, "4": "y" * (LONG + 1), "5": "é" * LONG, "6": "\ud800" * LONG}
TEXTS = st.text(max_size=3).map(lambda text: LONG_TEXTS.get(text[:1], text)) | st.sampled_from("3456").map(
    LONG_TEXTS.get
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=24,
)


def stored(ledger: Scratch, packer: Packer, values: list[Any]) -> list[Any]:
    """Values written one after the other, as they stand in the ledger."""
    made = []
    for value in values:
        packed = packer.pack(value)
        ledger.append([*packed.events()])
        packer.done([packed])
        made.append(json.loads(canonical(packed.value)))
    return made


@settings(max_examples=100, deadline=None)
@given(st.lists(VALUES, max_size=5))
def test_values_come_back(values: list[Any]) -> None:
    ledger = Scratch()
    known = lambda name: next(ledger.events(name), None) is not None  # noqa: E731
    made = stored(ledger, Packer(known), values)
    reader = Unpacker(ledger)
    for each in made:
        reader.learn(each)
    assert [reader.unpack(each) for each in made] == values


def test_a_conversation_that_grows_is_stored_by_its_growth() -> None:
    ledger = Scratch()
    packer = Packer(lambda name: False)
    messages: list[Any] = [{"role": "system", "content": "s" * 900}]
    sizes = []
    for turn in range(200):
        messages = [*messages, {"role": "user", "content": f"turn {turn} " * 20}]
        request = {"model": "m", "messages": messages, "tools": [{"name": "t", "text": "u" * 600}]}
        sizes += [len(canonical(each)) for each in stored(ledger, packer, [request])]
    assert max(sizes[10:]) < 600
    assert not ledger.scopes()


def test_the_same_content_of_two_runs_is_stored_once(stage: Stage) -> None:
    text = "a long prompt " * 1000

    def agent(run: memcodec.Run) -> None:
        run.call(lambda prompt: "yes", name="model")(text)
        run.kv["prompt"] = text

    runs = [stage.record(agent), stage.record(agent)]
    scopes = [each for each in stage.ledger.scopes() if each not in runs]
    assert len(scopes) == 1
    assert len(list(stage.ledger.events(scopes[0]))) == 1
    assert stage.load(runs[1]).view.value("kv", "prompt") == text


def test_a_thousand_turns_grow_by_as_much_as_ten(stage: Stage) -> None:
    """The bytes of a turn, near the beginning and at the end of a long conversation."""

    def agent(run: memcodec.Run) -> None:
        ask = run.call(lambda messages: "fine " * 20, name="model")
        messages: list[dict[str, str]] = []
        for turn in range(150):
            messages.append({"role": "user", "content": f"question {turn} " * 10})
            messages.append({"role": "assistant", "content": ask(messages)})

    run = stage.record(agent)
    sizes = [len(each.body) for each in stage.ledger.events(run)][1:-1]
    assert sum(sizes[-10:]) < 1.1 * sum(sizes[10:20])


@pytest.mark.parametrize(
    "value",
    [
        {"@t": "text", "v": "0" * 64},
        {"@t": "text", "v": "../../etc/passwd"},
        {"@t": "list", "h": "a", "f": ["b", 3], "i": []},
        {"@t": "list", "h": "a", "f": ["a", 1], "i": [1]},
        {"@t": "json", "v": 3},
        {"@t": "list", "h": "a", "f": 7, "i": []},
    ],
)
def test_what_refers_to_nothing_is_damage(value: Any) -> None:
    reader = Unpacker(Scratch())
    reader.learn(value)
    with pytest.raises(Damaged):
        reader.unpack(value)


def test_a_value_that_would_fill_memory_is_damage() -> None:
    """One content, referred to a million times."""
    ledger = Scratch()
    packed = Packer(lambda name: False).pack("x" * 1_000_000)
    ledger.append([*packed.events()])
    with pytest.raises(Damaged, match="takes more than"):
        Unpacker(ledger).unpack([packed.value] * 1000)
