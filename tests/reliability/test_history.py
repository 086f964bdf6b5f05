"""An old commit, opened out of the grown file, is exactly what a file that stopped there is."""

from __future__ import annotations

import random
import shutil
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import memcodec
from memcodec.errors import ConfigError, Damaged, NotFound
from memcodec.memory import Memory
from tests.reliability.support import PLAIN_AND_ONE_SEALED, contents, create, digest, text

pytestmark = pytest.mark.slow

COMMITS = 20
QUERIES = ("heron kettle", "reeds of note", "note7 note3", '"heron of note2"', "nothing-of-the-kind")


@dataclass(frozen=True)
class Grown:
    """A file of many commits, and copies that stopped after each."""

    path: Path
    stopped: dict[int, Path]
    times: dict[int, datetime]


@pytest.fixture(scope="module", params=PLAIN_AND_ONE_SEALED)
def grown(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Grown:
    folder = tmp_path_factory.mktemp("history")
    path, rng = folder / f"m.{request.param}", random.Random(request.param.removeprefix("sealed."))
    create(path, {f"note{number}.txt": text(f"note{number}") for number in range(3)})
    made = Grown(path, {}, {})
    keep(made, 1)
    for number in range(2, COMMITS + 1):
        with memcodec.open(path) as memory:
            expected = STEPS[number % len(STEPS)](memory, made, rng)
        keep(made, number)
        with memcodec.open(path) as memory:
            assert state(memory) == expected, number
    return made


def keep(grown: Grown, number: int) -> None:
    with memcodec.open(grown.path) as memory:
        last = memory.log()[-1]
    assert last.number == number
    grown.stopped[number] = Path(
        shutil.copy(grown.path, grown.path.with_name(f"{number}{grown.path.suffix}"))
    )
    grown.times[number] = last.time


State = dict[str, str]  # what documents are there by uri, and their hashes


def state(memory: Memory) -> State:
    return {document.uri: document.sha256 for document in memory.documents()}


def add_two(memory: Memory, grown: Grown, rng: random.Random) -> State:
    number, expected = len(grown.stopped) + 1, state(memory)
    for uri in (f"{number}-0.txt", f"{number}-1.txt"):
        memory.add(text(f"note{number}"), uri=uri, tags={"number": str(number)})
        expected[uri] = digest(text(f"note{number}").encode())
    return expected


def change_one(memory: Memory, grown: Grown, rng: random.Random) -> State:
    expected = state(memory)
    uri, words = rng.choice(sorted(expected)), text(f"note{len(grown.stopped) + 1}", rng.randrange(5, 60))
    memory.add(words, uri=uri)
    return expected | {uri: digest(words.encode())}


def forget_one(memory: Memory, grown: Grown, rng: random.Random) -> State:
    expected, document = state(memory), rng.choice(list(memory.documents()))
    memory.forget(memcodec.Filter(documents=document))
    del expected[document.uri]
    return expected


def roll_back(memory: Memory, grown: Grown, rng: random.Random) -> State:
    for earlier in rng.sample(sorted(grown.stopped), len(grown.stopped)):
        if memory.rollback(earlier):
            with memcodec.open(grown.stopped[earlier]) as then:
                return state(then)
    raise AssertionError("nothing differed")


STEPS = (change_one, forget_one, add_two, add_two, roll_back)


def everything(memory: Memory) -> dict[str, Any]:
    """All that a file says, but for its own name and size."""
    return {
        "documents": list(memory.documents()),
        "chunks": chunks(memory),
        "hits": {query: list(memory.search(query, 50, "lexical")) for query in QUERIES},
        "restored": contents(memory),
        "log": memory.log(),
        "timeline": memory.timeline(),
        "info": replace(memory.info(), file="", size=0, parts={}),
    }


def chunks(memory: Memory) -> dict[int, tuple[str, int, int, str] | None]:
    found: dict[int, tuple[str, int, int, str] | None] = {}
    for number in range(memory.reader.chunks):
        try:
            hit = memory.get(number)
            found[number] = hit.document.id, hit.start, hit.end, hit.text
        except NotFound:
            found[number] = None
    return found


def said(path: Path, as_of: int | datetime | None = None) -> dict[str, Any]:
    with memcodec.open(path, as_of=as_of) as memory:
        told = everything(memory)
    # A hit names the file it is from.
    told["hits"] = {query: [replace(hit, file="") for hit in hits] for query, hits in told["hits"].items()}
    return told


def test_each_old_commit_is_what_the_file_was_then(grown: Grown) -> None:
    states = []
    for number in range(1, COMMITS + 1):
        then = said(grown.stopped[number])
        now = said(grown.path, number)
        for part in then:
            assert now[part] == then[part], (number, part)
        states.append(sorted(document.id for document in then["documents"]))
    assert len({tuple(state) for state in states}) > COMMITS / 2
    assert any(then["hits"][QUERIES[0]])
    with memcodec.open(grown.path) as memory:
        kinds = [each.kind for each in memory.log()]
        assert {kinds.count(kind) for kind in ("forget", "rollback")} <= {3, 4, 5}
        # Indexes were folded meanwhile, and the entries of old commits went to a table.
        assert len(memory.reader.record.indexes) < COMMITS
        assert memory.reader.record.tables


def test_a_time_names_the_last_commit_that_was_there_then(grown: Grown) -> None:
    for number, time in grown.times.items():
        for moment in (time, time + timedelta(microseconds=1)):
            with memcodec.open(grown.path, as_of=moment) as memory:
                assert memory.info().commit == number
    with pytest.raises(NotFound):
        memcodec.open(grown.path, as_of=grown.times[1] - timedelta(microseconds=1))
    with pytest.raises(NotFound, match="no commit 99"):
        memcodec.open(grown.path, as_of=99)
    assert said(grown.path, grown.times[9]) == said(grown.stopped[9])


def test_no_byte_of_an_old_commit_changes(grown: Grown) -> None:
    """But the length that a FLAC file states at its start."""
    data = grown.path.read_bytes()
    for path in grown.stopped.values():
        then = path.read_bytes()
        assert data[42 : len(then)] == then[42:]


def test_a_branch_is_the_file_that_stopped_there(grown: Grown, tmp_path: Path) -> None:
    for number in (1, 8, 9, 17, COMMITS):
        out = tmp_path / f"{number}{grown.path.suffix}"
        with memcodec.open(grown.path) as memory:
            memory.branch(number, out)
        assert out.read_bytes() == grown.stopped[number].read_bytes()


def test_an_old_state_is_not_written_to(grown: Grown) -> None:
    size = grown.path.stat().st_size
    with memcodec.open(grown.path, as_of=3) as memory:
        with pytest.raises(ConfigError, match="as of an old commit"):
            memory.add("text")
        with pytest.raises(ConfigError, match="as of an old commit"):
            memory.forget(memcodec.Filter(path="*"))
        with pytest.raises(ConfigError, match="as of an old commit"):
            memory.rollback(1)
    assert grown.path.stat().st_size == size


@pytest.mark.parametrize("number", [1, 7, 12, COMMITS - 1])
def test_the_state_before_a_damaged_record_is_not_taken_for_its_own(
    grown: Grown, tmp_path: Path, number: int
) -> None:
    path = Path(shutil.copy(grown.path, tmp_path))
    end = grown.stopped[number].stat().st_size
    with path.open("r+b") as file:
        file.seek(end - 60)
        file.write(bytes(20))
    for moment in (number, grown.times[number], grown.times[number + 1] - timedelta(microseconds=1)):
        with pytest.raises(Damaged):
            memcodec.open(path, as_of=moment)
    for other in {1, 6, 8, 13, COMMITS} - {number}:
        try:
            assert said(path, other) == said(grown.stopped[other])
        except Damaged:
            # In sound, a commit's record alone tells where its index stands: newer states need it, too.
            assert path.suffix == ".flac"
            assert other > number
