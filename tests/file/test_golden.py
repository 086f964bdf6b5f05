"""Old files still read: the golden files are never written by the code under test."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import memcodec
from fixtures.make_golden import ANALYSERS, given_back
from fixtures.ranking import by_words, searched
from memcodec import errors
from memcodec.config.settings import Index, Settings
from memcodec.errors import MemcodecError
from memcodec.format.blob import Blob
from memcodec.index.vectors.segment import VectorSegment
from memcodec.upkeep.repair import repair

GOLDEN = Path(__file__).parent.parent.parent / "fixtures" / "golden"
NAMES = [
    "av1-dense", "av1-robust", "flac-dense", "flac-robust", "flipped-postings", "h264-dense",
    "h265-dense", "lost-frame", "mp4v-dense", "newer-format", "no-commit", "noise", "torn-commit", "vp9-dense",
]  # fmt: skip
JOURNALS = ["av1-journal", "flac-journal"]
HISTORIES = ["av1-history", "av1-opening", "flac-history", "flac-opening", "merged", *JOURNALS]
WORDS = [Path(name).stem for name in ANALYSERS]
OLDER = "older-format"


def file(name: str) -> Path:
    return GOLDEN / f"{name}.{'flac' if name.startswith('flac') else 'mp4'}"


def expected(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    return found


def test_every_golden_file_is_here_and_tested() -> None:
    names = [*NAMES, *WORDS, *HISTORIES, OLDER]
    assert sorted(path.stem for path in GOLDEN.glob("*.json")) == sorted(names)
    assert all(file(name).exists() for name in names)


def _gives(memory: memcodec.Memory, state: dict[str, Any]) -> None:
    """What words score alone, and what search gives."""
    assert state["hits"].keys() == state["found"].keys()
    assert {query: by_words(memory, query) for query in state["hits"]} == state["hits"]
    assert {query: searched(memory, query) for query in state["found"]} == state["found"]


@pytest.mark.parametrize("name", [*NAMES, *WORDS])
def test_search_and_restore_give_what_they_gave(name: str, tmp_path: Path) -> None:
    want = expected(name)
    if want["outcome"] != "success":
        with (
            pytest.raises(getattr(errors, str(want["outcome"]))),
            memcodec.open(file(name)) as memory,
        ):
            memory.search("patient heron")
        return
    with memcodec.open(file(name)) as memory:
        report = memory.restore(tmp_path)
        _gives(memory, want)
    assert {
        document.uri: hashlib.sha256(path.read_bytes()).hexdigest() for document, path in report.files
    } == want["documents"]


@pytest.mark.parametrize("name", NAMES)
def test_verify_says_what_is_the_matter(name: str) -> None:
    try:
        with memcodec.open(file(name)) as memory:
            report = memory.verify(deep=True)
    except MemcodecError:
        assert name in ("newer-format", "no-commit", "noise")
        return
    assert report.ok == (name not in ("lost-frame", "flipped-postings", "torn-commit"))
    assert report.complete


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_repair_brings_every_document_back(name: str, tmp_path: Path) -> None:
    whole = expected("av1-dense")["documents"]
    if name == "noise":
        with pytest.raises(errors.Damaged):
            repair(GOLDEN / "noise.mp4", tmp_path / "out.mp4")
        return
    report = repair(file(name), tmp_path / "out.mp4", settings=Settings(index=Index(model="none")))
    with memcodec.open(tmp_path / "out.mp4") as memory:
        found = {document.uri: document.sha256 for document in memory.documents()}
    assert isinstance(whole, dict)
    assert report.complete
    assert found == (whole if name != "no-commit" else {uri: whole[uri] for uri in list(whole)[:2]})


@pytest.mark.parametrize("name", HISTORIES)
def test_every_old_state_gives_what_it_gave(name: str, tmp_path: Path) -> None:
    states = expected(name)["states"]
    assert isinstance(states, list)
    for state in states:
        with memcodec.open(file(name), as_of=state["commit"]) as memory:
            report = memory.restore(tmp_path / str(state["commit"]))
            assert not report.losses
            _gives(memory, state)
        restored = {document.uri: path.read_bytes() for document, path in report.files}
        found = {uri: hashlib.sha256(data).hexdigest() for uri, data in restored.items()}
        assert found == state["documents"]


@pytest.mark.parametrize("name", JOURNALS)
def test_a_journal_gives_the_events_that_it_had(name: str) -> None:
    with memcodec.open(file(name)) as memory:
        ledger = memory.ledger()
        assert list(ledger.scopes()) == ["one", "two"]
        assert [(each.number, each.body) for each in ledger.events("one")] == [
            (2 * n, b'{"heron":%d}' % n) for n in range(5)
        ]
        assert {each.body for each in ledger.events("two")} == {b"\xff\n"}
        ledger.close()


@pytest.mark.slow
@pytest.mark.parametrize("name", HISTORIES)
def test_histories_verify_and_their_last_state_is_repaired(name: str, tmp_path: Path) -> None:
    states = expected(name)["states"]
    assert isinstance(states, list)
    with memcodec.open(file(name)) as memory:
        assert memory.verify(deep=True).ok
    repair(file(name), tmp_path / "out.mp4", settings=Settings(index=Index(model="none")))
    with memcodec.open(tmp_path / "out.mp4") as memory:
        found = {document.uri: given_back(document) for document in memory.documents()}
    assert found == states[-1]["documents"]


@pytest.mark.parametrize("name", WORDS)
def test_what_old_analysers_indexed_and_what_is_added_are_found_as_one(name: str, tmp_path: Path) -> None:
    path = tmp_path / "grown.mp4"
    path.write_bytes(file(name).read_bytes())
    for number in range(9):  # enough that indexes of one analyser are folded
        with memcodec.open(path, settings=Settings.of(parity=0, model="none")) as memory:
            memory.add(f"Internal note {number}: un café, 一只猫", uri=f"new/{number}")
    new = {f"new/{number}" for number in range(9)}
    first = name.startswith("words-1")  # neither accents nor single characters
    with memcodec.open(path) as memory:
        assert memory.verify(deep=True).ok
        for query, old in (
            ("internal", "department.txt"),
            ('"internal memo" OR "internal note"', "department.txt"),
            ("cafe", None if first else "café.txt"),
            ("猫", None if first else "猫.txt"),
        ):
            found = {hit.document.uri for hit in memory.search(query, k=99)}
            assert found - {"intern.txt"} == new | ({old} if old else set()), query


@pytest.mark.parametrize("name", ["av1-dense", "flac-dense"])
def test_an_old_file_grows(name: str, tmp_path: Path) -> None:
    path = tmp_path / file(name).name
    path.write_bytes(file(name).read_bytes())
    with memcodec.open(path) as memory:
        before = list(memory.documents())
        memory.add("a new heron", uri="new.txt")
        memory.add("one\r\ntwo\0three\r", uri="crlf and nul.txt")
    with memcodec.open(path) as memory:
        assert memory.verify(deep=True).ok
        assert [document.uri for document in memory.documents()] == [
            *(each.uri for each in before),
            "new.txt",
        ]
        assert [commit.number for commit in memory.log()] == [1, 2, 3]
        assert memory.search("new heron")[0].document.uri == "new.txt"
        begin = memory.reader.entries[0].begin
        assert sum(commit.size for commit in memory.log()) == path.stat().st_size - begin
    with memcodec.open(path, as_of=2) as memory:
        assert list(memory.documents()) == before


def test_a_file_from_before_the_first_release_says_what_to_do() -> None:
    want = getattr(errors, str(expected(OLDER)["outcome"]))
    said = r"older-format\.mp4: made before the first release \(format 1\); encode its sources again$"
    with pytest.raises(want, match=said):
        memcodec.open(file(OLDER))


def test_golden_vectors_search_as_they_did() -> None:
    data = (GOLDEN / "vectors.blob").read_bytes()
    segment = VectorSegment(Blob(lambda offset, length: memoryview(data)[offset : offset + length], "golden"))
    made = np.random.default_rng(5).normal(size=(40, 16)).astype(np.float32)
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    assert segment.model == "golden@1"
    for row in (0, 17, 39):
        scores, chunks = segment.search(made[row], 3)
        assert chunks[0] == row
        assert scores[0] == pytest.approx(1, abs=0.03)
