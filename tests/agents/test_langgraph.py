"""LangGraph's own tests of checkpointers, a graph over several processes, and how a thread grows."""

from __future__ import annotations

import asyncio
import operator
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Annotated, Any, TypedDict

import pytest

import memcodec

pytest.importorskip("langgraph.checkpoint.conformance")
from langgraph.checkpoint.base import empty_checkpoint
from langgraph.checkpoint.conformance import checkpointer_test, validate
from langgraph.graph import END, START, StateGraph

from memcodec.agents.langgraph import MemcodecSaver
from memcodec.agents.runs.ledger import Scratch


@pytest.mark.slow
def test_langgraphs_own_tests_pass(tmp_path: Path) -> None:
    async def saver() -> AsyncGenerator[MemcodecSaver, None]:
        with MemcodecSaver(tmp_path / "a.mp4") as made:
            yield made

    report = asyncio.run(validate(checkpointer_test("memcodec")(saver)))
    failures = {name: result.failures for name, result in report.results.items() if result.passed is not True}
    assert failures == {}
    assert len(report.results) == 8
    assert sum(result.tests_passed for result in report.results.values()) > 60


class State(TypedDict):
    said: Annotated[list[str], operator.add]
    count: int


def graph(saver: MemcodecSaver) -> Any:
    builder = StateGraph(State)
    builder.add_node("answer", lambda state: {"said": [f"{len(state['said'])}"], "count": state["count"] + 1})
    builder.add_edge(START, "answer")
    builder.add_edge("answer", END)
    return builder.compile(checkpointer=saver)


@pytest.mark.slow
def test_a_thread_goes_on_where_another_saver_left_it(tmp_path: Path) -> None:
    config: Any = {"configurable": {"thread_id": "ada"}}
    for turn in range(3):
        with MemcodecSaver(tmp_path / "a.flac") as saver:
            made = graph(saver).invoke({"said": [f"hello {turn}"], "count": turn}, config)
    assert made["said"] == ["hello 0", "1", "hello 1", "3", "hello 2", "5"]
    with MemcodecSaver(tmp_path / "a.flac") as saver:
        past = list(graph(saver).get_state_history(config))
        assert len(past) == 9
        assert past[4].values["said"] == ["hello 0", "1", "hello 1"]
        again = graph(saver).invoke(None, past[4].config)
        assert again["said"] == ["hello 0", "1", "hello 1", "3"]
    with memcodec.open(tmp_path / "a.flac") as memory:
        memory.fold()
    with MemcodecSaver(tmp_path / "a.flac") as saver:
        assert graph(saver).get_state(config).values["said"] == ["hello 0", "1", "hello 1", "3"]


def test_a_conversation_takes_as_much_for_each_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = Scratch()
    monkeypatch.setattr("memcodec.agents.runs.opening.opened", lambda *args: ledger)
    saver = MemcodecSaver("ram.mp4")
    config: Any = {"configurable": {"thread_id": "ada", "checkpoint_ns": ""}}
    said: list[str] = []
    for turn in range(300):
        said = [*said, f"turn {turn} " * 20]
        checkpoint = empty_checkpoint()
        checkpoint["channel_values"], checkpoint["channel_versions"] = {"said": said}, {"said": turn + 1}
        config = saver.put(config, checkpoint, {"step": turn}, {"said": turn + 1})
    found = saver.get_tuple({"configurable": {"thread_id": "ada"}})
    assert found is not None and found.checkpoint["channel_values"] == {"said": said}
    (run,) = ledger.scopes()
    sizes = [len(each.body) for each in ledger.events(run)]
    assert sum(sizes[-20:]) < 1.1 * sum(sizes[20:40])
    assert sum(sizes) < 300 * 2000
