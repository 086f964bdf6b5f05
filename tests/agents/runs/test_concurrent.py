"""Runs whose tasks and threads do many things at once: no replay differs by itself, and every change is found.

MEMCODEC_TEST_RUNS=300 is the full size.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import pytest

import memcodec
from tests.agents.runs.conftest import Stage

RUNS = int(os.environ.get("MEMCODEC_TEST_RUNS", "30"))
CHANGES = ("prompt", "tool", "order", "missing", "extra")
TASKS, TURNS = 3, 5


class Change(NamedTuple):
    """What a task does otherwise at one of its turns."""

    kind: str
    task: int
    turn: int


def model(prompt: str) -> str:
    return f"answer to {prompt}"


def search(query: str) -> list[str]:
    return [f"hit for {query}"]


def fetch(url: str) -> str:
    return f"page {url}"


def plan_of(seed: int, task: int, change: Change | None) -> list[tuple[str, str]]:
    """The calls of one task: which, of what."""
    chance = random.Random(f"{seed} {task}")
    calls = [(chance.choice(["model", "search"]), f"{seed}-{task}-{turn}") for turn in range(TURNS)]
    if change is None or change.task != task:
        return calls
    at = change.turn
    if change.kind == "prompt":
        calls[at] = calls[at][0], calls[at][1] + " please"
    elif change.kind == "tool":
        calls[at] = "fetch", calls[at][1]
    elif change.kind == "order":
        calls[at], calls[at + 1] = calls[at + 1], calls[at]
    elif change.kind == "missing":
        del calls[at]
    else:
        calls.insert(at, ("search", "one more"))
    return calls


def wait(chance: random.Random) -> float:
    return chance.random() / 2000


Agent = Callable[[memcodec.Run], Any]


def with_tasks(seed: int, change: Change | None = None) -> Agent:
    """An agent of asyncio's tasks, with another interleaving each time."""

    async def work(run: memcodec.Run, task: int, tools: dict[str, Any]) -> None:
        chance = random.Random()
        for name, what in plan_of(seed, task, change):
            await asyncio.sleep(wait(chance))
            await tools[name](what)

    async def main(run: memcodec.Run) -> None:
        def later(function: Callable[[str], Any]) -> Callable[[str], Any]:
            async def call(what: str) -> Any:
                await asyncio.sleep(0)
                return function(what)

            return run.call(call, name=function.__name__)

        tools = {each.__name__: later(each) for each in (model, search, fetch)}
        async with asyncio.TaskGroup() as group:
            for task in range(TASKS):
                group.create_task(work(run, task, tools))

    return lambda run: asyncio.run(main(run))


def with_threads(seed: int, change: Change | None = None) -> Agent:
    """The same with threads of a pool."""

    def agent(run: memcodec.Run) -> None:
        tools = {each.__name__: run.call(each) for each in (model, search, fetch)}

        def work(task: int) -> None:
            chance = random.Random()
            for name, what in plan_of(seed, task, change):
                if chance.random() < 0.3:
                    os.sched_yield()
                tools[name](what)

        with ThreadPoolExecutor(TASKS) as pool:
            list(pool.map(work, range(TASKS)))

    return agent


@pytest.mark.parametrize("make", [with_tasks, with_threads])
def test_no_replay_differs_by_itself(stage: Stage, make: Callable[..., Agent]) -> None:
    for seed in range(RUNS // 2):
        report = stage.replay(make(seed), stage.record(make(seed)))
        assert report["divergence"] is None
        assert report["reused"] == TASKS * TURNS


def path_of(make: Any, task: int) -> str:
    if make is with_tasks:  # asyncio.run makes the task that makes these
        return f"0.{task}"
    return f"x{task}"


@pytest.mark.parametrize("make", [with_tasks, with_threads])
def test_every_change_is_found_where_it_was_made(stage: Stage, make: Callable[..., Agent]) -> None:
    """At the step of the changed task's turn; of a thing too few or too many as of any other."""
    chance = random.Random(7)
    found = 0
    for seed in range(RUNS // 2):
        change = Change(CHANGES[seed % 5], chance.randrange(TASKS), chance.randrange(TURNS - 1))
        run = stage.load(stage.record(make(seed)))
        report = stage.replay(make(seed, change), run.id)
        places = {record.place: step for step, record in enumerate(run.steps) if record.kind == "call"}
        assert report["divergence"] is not None, change
        assert report["divergence"]["step"] == places[path_of(make, change.task), change.turn], change
        found += 1
    assert found == RUNS // 2
