"""Runs of agents: what it costs to record one beside rows in SQLite, to execute it again, and how a conversation
grows.
"""

from __future__ import annotations

import json
import os
import sqlite3
import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from unittest.mock import patch

import memcodec
from benchmarks import harness
from benchmarks.results import Check, Section, Table
from memcodec.agents.runs import executing, opening
from memcodec.agents.runs.history import ids
from memcodec.file.journal import ledger as ledgers
from memcodec.file.journal.limits import Limits

OTHERS, QUICK_OTHERS = 1000, 50  #: runs in the file beside the one that is executed again
CALLS, OTHER_CALLS = 200, 50  #: of the run that is executed again, and of each of the others
OPERATIONS, QUICK_OPERATIONS = 5000, 500
TURNS, QUICK_TURNS = 1000, 100
GROWN = 1.2  #: times the time of a replay, at most
BODY = {"tool": "search", "query": "grey heron", "hits": ["birds/herons.md:3-7"] * 4, "seconds": 0.25}


def run(quick: bool) -> Section:
    with harness.scratch() as folder:
        costs, folding = _costs(folder, QUICK_OPERATIONS if quick else OPERATIONS)
        harness.say(f"  {costs}")
        one, many = _replays(folder, QUICK_OTHERS if quick else OTHERS, 3 if quick else 9)
        harness.say(f"  replay: {one:.1f} ms alone, {many:.1f} ms among others")
        sizes = _growth(folder, QUICK_TURNS if quick else TURNS)
        harness.say(f"  {sizes}")
    turns = sorted(sizes)
    last, half = sizes[turns[-1]], sizes[turns[-2]]
    return Section(
        name="agents",
        title="Runs of agents",
        intro=(
            "[Runs](RUNS.md) in an MP4, `durability` as it is by default. A record of 200 bytes beside a row of the "
            "same JSON in SQLite, in WAL mode with synchronous=NORMAL, one transaction each: processor time of one "
            "process; *folded* is what it costs besides to make media of them, later and all at once. *Replay*: a run "
            f"of {CALLS} calls is executed again, from opening the file to its report, in a file that it has to itself "
            f"and among {OTHERS:,} others of {OTHER_CALLS} calls; medians of clock time. *Growth*: a conversation "
            "whose messages of 200 characters are all sent with each turn; bytes in the journal before it is folded, "
            "beside the JSON of all requests."
        ),
        tables=[
            Table(
                "Microseconds of processor time",
                ["what", "memcodec", "SQLite", "ratio"],
                [
                    *([name, ours, theirs, ours / theirs] for name, (ours, theirs) in costs.items()),
                    ["folded, each", folding, None, None],
                ],
            ),
            Table(
                "Milliseconds of a replay",
                ["calls", "alone", f"among {OTHERS:,} runs", "ratio"],
                [[CALLS, one, many, many / one]],
            ),
            Table(
                "Bytes of a conversation",
                ["turns", "recorded", "a turn", "as JSON"],
                [[turn, sizes[turn][0], sizes[turn][0] / turn, sizes[turn][1]] for turn in turns],
            ),
        ],
        checks=[
            Check("replay among others / alone", many / one, GROWN),
            Check("bytes of twice as many turns", last[0] / half[0], 2.2),
        ],
        figures={
            "costs": costs,
            "folding": folding,
            "replay": [one, many],
            "growth": {str(key): each for key, each in sizes.items()},
        },
    )


def _costs(folder: Path, count: int) -> tuple[dict[str, tuple[float, float]], float]:
    """Microseconds of processor time of each operation, here and in SQLite; and of folding one of the records."""
    made: dict[str, tuple[float, float]] = {}
    text = json.dumps(BODY)
    with (
        patch.object(ledgers, "LIMITS", Limits(size=1 << 40, count=1 << 40)),
        memcodec.run(folder / "costs.mp4") as run,
        closing(sqlite3.connect(folder / "costs.db", isolation_level=None)) as rows,
    ):
        rows.execute("PRAGMA journal_mode=WAL")
        rows.execute("PRAGMA synchronous=NORMAL")
        rows.execute("CREATE TABLE events(id INTEGER PRIMARY KEY, type TEXT, body TEXT)")
        rows.execute("CREATE TABLE kv(key TEXT PRIMARY KEY, value TEXT)")
        rows.execute("INSERT INTO kv VALUES('n', '0')")
        run.kv["n"] = 0
        call = run.call(lambda query: BODY, name="search")

        def insert(_: int) -> None:
            rows.execute("INSERT INTO events(type, body) VALUES('call', ?)", (text,))

        def swap(number: int) -> None:
            done = rows.execute(
                "UPDATE kv SET value=? WHERE key='n' AND value=?", (str(number + 1), str(number))
            )
            assert done.rowcount == 1

        made["event"] = _each(lambda _: run.events.append("call", BODY), count), _each(insert, count)
        made["call"] = _each(lambda number: call(str(number)), count), _each(insert, count)
        made["compare-and-swap"] = (
            _each(lambda number: _sure(run.kv.cas("n", number, number + 1)), count),
            _each(swap, count),
        )
    with memcodec.open(folder / "costs.mp4") as memory:
        folding = _each(lambda _: memory.fold(), 1) / (3 * count)
    return made, folding


def _sure(done: bool) -> None:
    assert done


def _each(work: Callable[[int], object], count: int) -> float:
    started = time.process_time()
    for number in range(count):
        work(number)
    return (time.process_time() - started) / count * 1e6


def _agent(run: memcodec.Run, calls: int = CALLS) -> None:
    ask = run.call(lambda prompt: f"answer to {prompt}", name="model")
    for number in range(calls):
        run.kv["last"] = ask(f"question {number}")


def _replays(folder: Path, others: int, rounds: int) -> tuple[float, float]:
    """Milliseconds of a replay in a file of one run, and of many; both files are folded."""
    names = dict[Path, tuple[str, int]]()
    for file, count in ((folder / "one.mp4", 0), (folder / "many.mp4", others)):
        for number in range(count + 1):
            with memcodec.run(file) as run:
                _agent(run, CALLS if number == count // 2 else OTHER_CALLS)
            if number == count // 2:
                name = run.id
        with memcodec.open(file) as memory:
            memory.fold()
            with closing(memory.ledger()) as ledger:
                assert len(ids(ledger)) == count + 1
                names[file] = name, json.loads(next(ledger.events(name)).body)["nth"]
    taken = harness.alternate(
        {file.name: lambda file=file: _replay(file, *names[file]) for file in names},  # type: ignore[misc]
        rounds,
    )
    one, many = (statistics.median(each) * 1000 for each in taken.values())
    return one, many


def _replay(file: Path, name: str, nth: int) -> None:
    """Execute a run again that was its process's ``nth``."""
    report = file.with_suffix(".json")
    variables = executing.variables("replay", str(file), name, str(report))
    with ExitStack() as stack:
        stack.enter_context(patch.dict(os.environ, variables))
        stack.enter_context(patch.object(opening, "_numbers", iter([nth])))
        with memcodec.run(file) as run:
            _agent(run)
    found = json.loads(report.read_text())
    assert (found["reused"], found["divergence"]) == (CALLS, None)


def _growth(folder: Path, turns: int) -> dict[int, tuple[int, int]]:
    """Bytes of the records of a conversation, and of its requests as JSON, by its turns."""
    found = dict[int, tuple[int, int]]()
    for count in (turns // 2, turns):
        file = folder / f"turns-{count}.mp4"
        whole = 0
        with memcodec.run(file) as run:
            ask = run.call(lambda messages: "a" * 200, name="model")
            messages: list[dict[str, str]] = []
            for turn in range(count):
                messages.append({"role": "user", "content": f"{turn} ".ljust(200, "q")})
                whole += len(json.dumps(messages))
                messages.append({"role": "assistant", "content": ask(messages)})
        with memcodec.open(file) as memory, closing(memory.ledger()) as ledger:
            size = sum(len(event.body) for scope in ledger.scopes() for event in ledger.events(scope))
        found[count] = size, whole
    return found
