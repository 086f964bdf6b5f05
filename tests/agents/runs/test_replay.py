"""A run that is executed again gives the recorded answers, and finds the first thing that is done otherwise."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import memcodec
from tests.agents.runs.conftest import Stage


def model(prompt: str) -> str:
    return f"answer to {prompt}"


def agent(run: memcodec.Run) -> None:
    ask = run.call(model, name="model")
    plan = ask("plan")
    run.kv["plan"] = plan
    run.events.append("planned", {"plan": plan, "at": run.now().isoformat(), "dice": run.random()})
    assert run.state("task").cas(None, "begun")
    for number in range(3):
        ask(f"{plan} {number} {run.uuid()}")
    run.trace("enough", confidence=0.9, alternatives=["more"])
    assert run.state("task").cas("begun", "done")


def test_everything_is_given_again(stage: Stage) -> None:
    run = stage.record(agent)
    report = stage.replay(agent, run)
    assert report["divergence"] is None
    assert report["reused"] == report["answers"] == 11
    assert report["made"] == 0
    assert stage.ledger.scopes() == [run]


def test_another_prompt_is_found_and_what_is_asked_after_it_is_refused(stage: Stage) -> None:
    made: list[str] = []

    def changed(run: memcodec.Run) -> None:
        ask = run.call(lambda prompt: made.append(prompt), name="model")
        ask("plan")
        with pytest.raises(memcodec.Diverged, match="prompt was"):
            ask("another")
        ask("plan")

    def first(run: memcodec.Run) -> None:
        ask = run.call(model, name="model")
        ask("plan")
        ask("work")

    report = stage.replay(changed, stage.record(first))
    assert report["divergence"]["kind"] == "request"
    assert report["divergence"]["step"] == 2
    assert report["divergence"]["parts"] == [{"where": "prompt", "recorded": '"work"', "now": '"another"'}]
    assert made == []


def test_the_cause_is_told_before_the_symptom(stage: Stage) -> None:
    def of(limit: int) -> Any:
        def agent(run: memcodec.Run) -> None:
            run.kv["limit"] = limit
            run.call(model, name="model")("hello")
            run.call(model, name="model")(f"at most {run.kv['limit']}")

        return agent

    report = stage.replay(of(6), stage.record(of(5)))
    assert report["divergence"]["step"] == 3
    assert report["divergence"]["cause"]["step"] == 1
    assert report["divergence"]["cause"]["line"] == "step 1: put limit was 5, is 6"


def threads(run: memcodec.Run) -> None:
    ask = run.call(model)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(ask, "abcdefgh")) == [model(each) for each in "abcdefgh"]


def test_threads_of_a_pool_keep_their_answers(stage: Stage) -> None:
    run = stage.record(threads)
    report = stage.replay(threads, run)
    assert report["divergence"] is None
    assert report["reused"] == 8


def test_tasks_of_asyncio(stage: Stage) -> None:
    def run_it(run: memcodec.Run) -> None:
        asyncio.run(tasks(run))

    async def tasks(run: memcodec.Run) -> None:
        recorded = run.call(model)

        async def worker(number: int) -> None:
            for turn in range(3):
                await asyncio.sleep(0.001 * ((number * 7 + turn * 3) % 5) * (run.mode == "record"))
                recorded(f"{number} {turn}")

        await asyncio.gather(*map(worker, range(4)))
        async with asyncio.TaskGroup() as group:
            for number in range(4):
                group.create_task(worker(number + 10))
        await asyncio.gather(*(asyncio.to_thread(recorded, f"thread {number}") for number in range(3)))

    run = stage.record(run_it)
    report = stage.replay(run_it, run)
    assert report["divergence"] is None, report
    assert report["reused"] == 27
    assert len({record.place[0] for record in stage.load(run).steps if record.kind == "call"}) == 11


def test_a_run_inside_a_run_has_places_of_its_own(stage: Stage) -> None:
    def agent(run: memcodec.Run) -> None:
        run.call(model)("outer")
        with memcodec.run("ram.mp4") as inner:
            inner.call(model)("inner")
            run.call(model)("outer, from inside")
            assert inner.parent == run.id or run.mode == "replay"

    run = stage.record(agent)
    places = [record.place for record in stage.load(run).steps if record.kind == "call"]
    assert places == [("", 0), ("", 1)]
