"""Several agents share one memory file: each task is taken by one of them, and what it finds is a note that all find.

Nothing else is needed, no server and no database: tasks are events in the file's journal, taken by compare-and-swap,
and a note is found by the next search of any process. A worker that dies loses nothing that it had written.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import sys
from pathlib import Path

import memcodec
from memcodec.errors import Conflict

SCOPE = "tasks"  #: whose events these are
CITIES = ["Vienna", "Graz", "Linz", "Salzburg", "Innsbruck", "Bregenz"]


def plan(file: Path, tasks: list[str]) -> None:
    """Write the tasks down, all or none."""
    with memcodec.create(file, model="none", force=True) as memory:
        memory.add("What is asked: where to go in May.", uri="question.txt")
    with memcodec.open(file) as memory, contextlib.closing(memory.ledger()) as ledger:
        ledger.append([(SCOPE, json.dumps({"task": each}).encode()) for each in tasks])


def take(file: Path, worker: str) -> str | None:
    """A task that nobody else has taken, now this worker's; None when there is none left."""
    with memcodec.open(file) as memory, contextlib.closing(memory.ledger("strict")) as ledger:
        while True:
            told = [json.loads(event.body) for event in ledger.events(SCOPE)]
            left = [each["task"] for each in told if "by" not in each]
            taken = {each["task"] for each in told if "by" in each}
            mine = next((each for each in left if each not in taken), None)
            if mine is None:
                return None

            def nobody_was_first(task: str = mine, known: int = len(told)) -> None:
                """Called under the file's lock, when what others wrote is there to see."""
                for event in list(ledger.events(SCOPE))[known:]:
                    if json.loads(event.body)["task"] == task:
                        raise Conflict("another worker has it")

            with contextlib.suppress(Conflict):
                made = json.dumps({"task": mine, "by": worker}).encode()
                ledger.append([(SCOPE, made)], guard=nobody_was_first)
                return mine


def work(file: Path, worker: str) -> None:
    """Do tasks until there are none; each ends in a note."""
    while (city := take(file, worker)) is not None:
        with memcodec.open(file, wait=30) as memory:  # a few hundred bytes, in about a millisecond
            memory.add(
                f"{city}: {len(city)} museums, says {worker}.", uri=f"found/{city}.txt", tags={"by": worker}
            )


def main(folder: Path) -> None:
    file = folder / "tasks.mp4"
    plan(file, CITIES)
    start = multiprocessing.get_context("spawn")
    workers = [start.Process(target=work, args=(file, f"worker {number}")) for number in range(3)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    with memcodec.open(file) as memory:
        found = memory.documents(memcodec.Filter(path="found/*"))
        print(f"{len(found)} of {len(CITIES)} tasks done, each once")
        print(memory.search("museums AND Graz", k=1)[0].document.uri)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
