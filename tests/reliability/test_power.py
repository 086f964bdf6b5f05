"""Power that fails at any moment of any command that writes: the file opens, and nothing acknowledged is lost."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from click.testing import CliRunner

import memcodec
from memcodec.cli import COMMANDS, main
from memcodec.errors import Damaged
from memcodec.file.reader import Reader, read_file
from memcodec.file.restore import read_documents
from memcodec.search.engine import Searcher
from memcodec.upkeep.index import coverage
from memcodec.upkeep.repair import repair
from tests.cli.support import READING
from tests.reliability import sealing
from tests.reliability.power import Disk, Recorder
from tests.reliability.support import MEDIA, append, create, text
from tests.support import signers
from tests.support.memories import Embedder
from tests.support.servers import web_server

STATES, FEWER = 200, 24  #: for each command and medium; and for those with sealed files
_LAST = 8  # events
SEARCHED, CONTINUED = 8, 20  # every so many states hits are compared, and the next append is tried

Step = Callable[[Path, Callable[[], None]], object]  #: works in a folder, and says what is acknowledged


@dataclass(frozen=True)
class State:
    """What a memory file holds; ``documents`` are proven by their hashes."""

    documents: tuple[tuple[str, str, str, tuple[tuple[str, str], ...]], ...]
    lexical: bool
    vectors: int
    chunks: int
    model: str | None


def state_of(data: bytes, *, search: bool = False) -> State:
    with contextlib.closing(read_file(data)) as reader:
        found = [
            stored.document
            for stored, content, _ in read_documents(reader, lambda _: True)
            if content is not None
        ]
        assert len(found) == sum(segment.documents for segment in reader.segments), "a document is lost"
        if search:
            assert_hits(reader)
        covered, chunks = coverage(reader)
        models = {run.model for run in reader.indexes if run.vectors}
        assert len(models) < 2, "vectors of two models"
        return State(
            tuple((each.uri, each.title, each.sha256, tuple(each.tags.items())) for each in found),
            all(run.record.lexical is not None for run in reader.indexes if run.record.chunks),
            covered,
            chunks,
            next(iter(models), None),
        )


def assert_hits(reader: Reader) -> None:
    there = {found.document.uri: found for found in reader.documents()}
    for mode in ("lexical", "hybrid"):
        for hit in Searcher([reader]).search("heron kettle", 20, mode):
            assert hit.document == there[hit.document.uri].document
            assert "heron" in hit.text or mode == "hybrid"


# Commands. X is the medium's suffix, Y the other one's.


@dataclass(frozen=True)
class Case:
    """A command line and the file that it makes or changes.

    ``many``: in several commits. ``named``: on a disk without unnamed files.
    """

    words: str
    target: str
    many: bool = False
    named: bool = False

    def run(self, folder: Path, acknowledged: Callable[[], None]) -> None:
        words = [
            sorted(map(str, Path().glob(word))) if "*" in word else [word] for word in self.words.split()
        ]
        done = CliRunner().invoke(main, [word for each in words for word in each])
        assert done.exit_code == 0, done.output
        acknowledged()


CASES = {
    "encode": Case("encode notes -o new.X", "new.X"),
    "encode --force": Case("encode notes -o m.X --force", "m.X"),
    "encode where files have names": Case("encode notes -o new.X", "new.X", named=True),
    "encode --force where files have names": Case("encode notes -o m.X --force", "m.X", named=True),
    "append": Case("append m.X notes", "m.X"),
    "append to a torn file": Case("append torn.X notes", "torn.X"),
    "sync": Case("sync m.X notes", "m.X"),
    "merge": Case("merge m.X other.X -o new.X", "new.X"),
    "merge --force": Case("merge m.X other.X -o old.X --force", "old.X"),
    "tag": Case("tag m.X --path a.txt --tag place=pond", "m.X"),
    "forget": Case("forget m.X --path a.txt", "m.X"),
    "rollback": Case("rollback m.X 1", "m.X"),
    "sign": Case("sign m.X --key alice", "m.X"),
    "compact": Case("compact m.X", "m.X"),
    "compact where files have names": Case("compact m.X", "m.X", named=True),
    "compact -o": Case("compact m.X -o new.X", "new.X"),
    "compact -o --force": Case("compact m.X -o old.X --force", "old.X"),
    "convert": Case("convert m.X new.Y", "new.Y"),
    "convert --force": Case("convert m.X old.Y --force", "old.Y"),
    "branch": Case("branch m.X 1 -o new.X", "new.X"),
    "branch --force": Case("branch m.X 1 -o old.X --force", "old.X"),
    "repair": Case("repair m.X -o new.X", "new.X"),
    "repair --force": Case("repair m.X -o old.X --force", "old.X"),
    "index": Case("index bare.X", "bare.X", many=True),
    "index --rebuild": Case("index m.X --rebuild", "m.X"),
    "index --model none": Case("index bare.X --model none", "bare.X"),
    "join": Case("join part-*.X -o new.X", "new.X"),
    "scan": Case("scan pages.pdf -o new.X", "new.X"),
    "fetch": Case("fetch URL/m.X new.X", "new.X"),
    "fetch --force": Case("fetch URL/m.X old.X --force", "old.X"),
}
SEAL = " --seal-to to.pub"
#: commands that make a sealed file of a plain one
SEALING = {
    "encode": Case(f"encode notes -o new.X{SEAL}", "new.X"),
    "encode --force": Case(f"encode notes -o m.X --force{SEAL}", "m.X"),
    "merge": Case(f"merge m.X other.X -o new.X{SEAL}", "new.X"),
    "convert": Case(f"convert m.X new.Y{SEAL}", "new.Y"),
    "seal": Case(f"seal m.X -o new.X{SEAL}", "new.X"),
    "seal --force": Case(f"seal m.X -o old.X --force{SEAL}", "old.X"),
}
#: commands that no plain file is given to
UNSEALING = {
    "recipients --add": Case("recipients m.X --add third.pub", "m.X"),
    "recipients --remove": Case(f"recipients m.X --remove {sealing.OTHER}", "m.X"),
    "rotate": Case("rotate m.X", "m.X"),
    "reseal": Case("reseal m.X -o new.X", "new.X"),
    "reseal --force": Case("reseal m.X -o old.X --force", "old.X"),
    "unseal": Case("unseal m.X -o new.X", "new.X"),
    "unseal --force": Case("unseal m.X -o old.X --force", "old.X"),
}
_NOT_SEALED = {"scan", "index"}  # they refuse a sealed file
OF_SEALED = {
    **{name: case for name, case in CASES.items() if name.split()[0] not in {"encode", *_NOT_SEALED}},
    **UNSEALING,
    "merge": Case(f"merge m.X other.X -o new.X{SEAL}", "new.X"),
    "merge --force": Case(f"merge m.X other.X -o old.X --force{SEAL}", "old.X"),
}
#: commands that write no memory file: their files are whole, by their bytes, or what was there
OTHERS = {
    "split": "split m.X --size SIZE",
    "restore": "restore m.X -o .",
    "restore --force": "restore m.X -o . --force",
    "spectrum": "spectrum m.X -o new.png",
    "print": "print m.X -o new.pdf",
}
#: of parts, so that the files here have several
SIZES = {"mp4": "14kB", "flac": "30kB"}


def commits_in_a_row(path: Path, acknowledged: Callable[[], None], seal: Sequence[str] = ()) -> None:
    """One writer, three commits, each acknowledged."""
    with memcodec.open(path) if path.exists() else memcodec.create(path, seal=seal) as memory:
        for number in range(3):
            memory.add(text(f"row {number}"), uri=f"row/{number}.txt")
            memory.commit()
            acknowledged()


ROWS = {"a new file, commit by commit": "new.X", "an old file, commit by commit": "m.X"}


def test_every_command_is_looked_at() -> None:
    looked_at = {name.split()[0] for name in (*CASES, *OTHERS, *SEALING, *UNSEALING)}
    looked_at |= {"fold"}  # in tests/file/journal
    looked_at |= {"graph", "dashboard", "page", "prove"}  # write pages, which can be made again
    looked_at |= {"capsule"}  # in tests/seal
    assert looked_at | READING == COMMANDS.keys() and not looked_at & READING


def test_the_states_are_ten_thousand() -> None:
    assert STATES * len(MEDIA) * (len(CASES) + len(OTHERS) + len(ROWS)) >= 10_000


# The files that they work on


class _Embedder(Embedder):
    def embed(self, batch: Sequence[str], **_: object) -> npt.NDArray[np.float32]:
        return super().embed(batch)


@pytest.fixture(scope="module", autouse=True)
def embedder() -> Iterator[None]:
    made = _Embedder()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("memcodec.models.embedding.available", lambda: True)
        for name in ("load", "load_exact"):
            patch.setattr(f"memcodec.models.embedding.{name}", lambda name: made)
        patch.setattr("memcodec.upkeep.index._embedder", lambda name: made)
        yield


@pytest.fixture(scope="module", params=MEDIA)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Memory files of one medium, and what else the commands are given."""
    return _world(request.param, tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module", params=sealing.MEDIA if sealing.FULL else sealing.MEDIA[-1:])
def sealed_world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, but the memory files are sealed."""
    return _world(request.param, tmp_path_factory.mktemp("world"))


def _world(kind: str, folder: Path) -> Path:
    suffix = kind.rpartition(".")[2]
    first, second = {"a.txt": text("anna"), "b.txt": text("berta")}, {"b.txt": text("berta and bert")}
    path = create(folder / f"m.{suffix}", first, like=kind, model="words")
    append(path, second)
    create(folder / f"other.{suffix}", {"o.txt": text("otto")}, like=kind, model="words")
    for medium in MEDIA:
        create(folder / f"old.{medium}", {"old.txt": text("olga")}, like=kind, model="words")
    create(folder / f"bare.{suffix}", first, like=kind, index="none")
    torn = shutil.copy(path, folder / f"torn.{suffix}")
    append(torn, {"t.txt": text("tilda")})
    data = torn.read_bytes()
    torn.write_bytes(data[: (path.stat().st_size + 4 * len(data)) // 5])
    (folder / "a.txt").write_text("what was there\n")
    signers.ssh(folder)
    (folder / "to.pub").write_text(sealing.RECIPIENT)
    (folder / "other.pub").write_text(sealing.OTHER)
    (folder / "third.pub").write_text(sealing.THIRD)
    (folder / "notes").mkdir()
    (folder / "notes" / "n.txt").write_text(text("nora"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        printing = [] if sealing.is_sealed(kind) else [f"print m.{suffix} -o pages.pdf"]
        for words in (f"split m.{suffix} --size {SIZES[suffix]}", *printing):
            done = CliRunner().invoke(main, words.split())
            assert done.exit_code == 0, done.output
        for number, part in enumerate(sorted(folder.glob("m-*")), 1):
            part.rename(folder / f"part-{number}.{suffix}")
    return folder


@dataclass
class Played:
    """A run of a command: what was written, and which states were acknowledged, each from which event on."""

    recorder: Recorder
    acknowledged: list[tuple[int, dict[str, bytes]]]

    def crashes(self, seed: str, states: int = STATES) -> Iterator[tuple[int, dict[str, bytes]]]:
        """So many folders after power failures, and the number of events before each."""
        rng = random.Random(seed)
        count = len(self.recorder.events)
        # Half of them at the end: where a file takes its name, and where the command says that it is done.
        firsts = (max(0, count - _LAST) if number % 2 else 0 for number in range(states))
        moments = [0, *sorted(rng.randrange(first, count + 1) for first in firsts)[1:-1], count]
        disk, at = Disk(self.recorder), 0
        for moment in moments:
            for event in self.recorder.events[at:moment]:
                disk.do(event)
            at = moment
            yield moment, disk.crash(rng)

    def allowed(self, moment: int) -> list[dict[str, bytes]]:
        """What may be there: the last that was acknowledged, and all that came later."""
        last = max(place for place, (begin, _) in enumerate(self.acknowledged) if begin <= moment)
        return [files for _, files in self.acknowledged[last:]]


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def play(world: Path, tmp_path: Path, step: Step) -> Played:
    folder = tmp_path / "disk"
    shutil.copytree(world, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        recorder = Recorder(folder)
        played = Played(recorder, [(0, files(folder))])
        recorder.patch(patch)
        step(folder, lambda: played.acknowledged.append((len(recorder.events), files(folder))))
    recorder.check()
    assert len(played.acknowledged) > 1
    return played


class Judge:
    """Looks at what a power failure left of one file."""

    def __init__(self, target: str, played: Played, *, many: bool) -> None:
        self._target, self._played, self._many = target, played, many
        self._known = dict[bytes, State]()
        self._looked = 0
        self.outcomes = Counter[str]()

    def look(self, moment: int, found: dict[str, bytes]) -> None:
        before = self._played.acknowledged[0][1]
        for name, data in before.items():
            if name != self._target:
                assert found.get(name) == data, f"{name} was changed"
        others = {name for name in found.keys() - before.keys() if name != self._target}
        assert all(name.startswith(".") and name.endswith("-partial") for name in others), others
        wanted = [files.get(self._target) for files in self._played.allowed(moment)]
        if (data := found.get(self._target)) is None:
            assert None in wanted, "the file is gone"
            self.outcomes["before"] += 1
            return
        first, last = (
            files.get(self._target) for _, files in (self._played.acknowledged[at] for at in (0, -1))
        )
        found_state = self.state(data)
        self.outcomes["before"] += first is not None and found_state == self.state(first)
        self.outcomes["after"] += last is not None and found_state == self.state(last)
        self._among(self.state(data), [self.state(each) for each in wanted if each is not None])

    @property
    def after(self) -> State | None:
        data = self._played.acknowledged[-1][1].get(self._target)
        return None if data is None else self.state(data)

    def state(self, data: bytes) -> State:
        if data not in self._known:
            self._looked += 1
            self._known[data] = state_of(data, search=self._looked % SEARCHED == 0)
        return self._known[data]

    def _among(self, state: State, wanted: list[State]) -> None:
        if self._many:  # vectors may come in several commits
            first, last = wanted[0], wanted[-1]
            assert replace(state, lexical=last.lexical, vectors=last.vectors, model=last.model) == last
            assert first.lexical <= state.lexical and first.vectors <= state.vectors <= last.vectors
        else:
            assert state in wanted


def assert_goes_on(data: bytes, path: Path, state: State, after: State | None) -> None:
    """The next append works, after ``repair`` where nobody can tell a torn record from a damaged one.

    What the media say of the commit whose record is torn, ``repair`` believes: that may be the state ``after`` it.
    """
    path.write_bytes(data)
    if is_broken(path):
        with pytest.raises(Damaged, match=r"newest commit is damaged; `repair\(\)`"):
            append(path, {"next.txt": text("next")})
        repair(path, path.with_name(f"repaired{path.suffix}"))
        path.with_name(f"repaired{path.suffix}").replace(path)
        repaired = state_of(path.read_bytes())
        whole = [state] if after is None else [state, after]
        assert any({*each.documents} <= {*repaired.documents} for each in whole)
        state = repaired
    append(path, {"next.txt": text("next")})
    found = state_of(path.read_bytes(), search=True)
    assert {each[0] for each in found.documents} == {each[0] for each in state.documents} | {"next.txt"}
    with memcodec.open(path) as memory:
        report = memory.verify(deep=True)
    # A commit counts when its record is right: of the FLAC frame around it, which players read, some may be lost.
    assert not report.losses and all(each.part == "container" for each in report.damage)


def is_broken(path: Path) -> bool:
    with memcodec.open(path) as memory:
        return bool(memory.reader.media.broken)


def judge_all(
    played: Played, target: str, seed: str, tmp_path: Path, *, many: bool = False, states: int = STATES
) -> None:
    judge = Judge(target, played, many=many)
    for number, (moment, found) in enumerate(played.crashes(seed, states)):
        judge.look(moment, found)
        if number % CONTINUED == 0 and target in found:
            assert_goes_on(found[target], tmp_path / target, judge.state(found[target]), judge.after)
    assert judge.outcomes["before"] and judge.outcomes["after"], judge.outcomes


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_a_command(name: str, world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    power_fails(name, CASES[name], world, tmp_path, monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize("name", OF_SEALED)
def test_a_command_with_sealed_files(
    name: str, sealed_world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    power_fails(name, OF_SEALED[name], sealed_world, tmp_path, monkeypatch, STATES if sealing.FULL else FEWER)


@pytest.mark.slow
@pytest.mark.parametrize("name", SEALING)
def test_a_command_that_seals(
    name: str, world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    power_fails(name, SEALING[name], world, tmp_path, monkeypatch, STATES if sealing.FULL else FEWER)


def power_fails(
    name: str,
    found: Case,
    world: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    states: int = STATES,
) -> None:
    """Power fails while a command runs, and what is left is looked at."""
    suffix = next(world.glob("m.*")).suffix[1:]
    other = next(kind for kind in MEDIA if kind != suffix)

    def spelled(words: str) -> str:
        return words.replace(".X", f".{suffix}").replace(".Y", f".{other}")

    case = replace(found, words=spelled(found.words), target=spelled(found.target))
    if case.named:
        monkeypatch.delattr(os, "O_TMPFILE")
        monkeypatch.setattr("tempfile._O_TMPFILE_WORKS", False)  # found out long ago
    with contextlib.ExitStack() as stack:
        if "URL" in case.words:
            server = stack.enter_context(web_server(tmp_path / "nginx"))
            shutil.copy(world / f"m.{suffix}", server.folder)
            case = replace(case, words=case.words.replace("URL/", server.url("")))
        played = play(world, tmp_path, case.run)
    judge_all(played, case.target, f"{name} {suffix}", tmp_path, many=case.many, states=states)


@pytest.mark.slow
@pytest.mark.parametrize("name", ROWS)
def test_commits_in_a_row(name: str, world: Path, tmp_path: Path) -> None:
    suffix = next(world.glob("m.*")).suffix[1:]
    target = ROWS[name].replace(".X", f".{suffix}")
    played = play(world, tmp_path, lambda folder, done: commits_in_a_row(folder / target, done))
    judge_all(played, target, f"{name} {suffix}", tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", ROWS)
def test_commits_in_a_row_of_a_sealed_file(name: str, sealed_world: Path, tmp_path: Path) -> None:
    suffix = next(sealed_world.glob("m.*")).suffix[1:]
    target = ROWS[name].replace(".X", f".{suffix}")
    played = play(
        sealed_world,
        tmp_path,
        lambda folder, done: commits_in_a_row(folder / target, done, [sealing.RECIPIENT]),
    )
    judge_all(played, target, f"{name} {suffix}", tmp_path, states=STATES if sealing.FULL else FEWER)


@pytest.mark.slow
@pytest.mark.parametrize("name", OTHERS)
def test_files_of_another_kind(name: str, world: Path, tmp_path: Path) -> None:
    suffix = next(world.glob("m.*")).suffix[1:]
    if name == "restore":
        (world / "a.txt").unlink()
    played = play(
        world, tmp_path, Case(OTHERS[name].replace(".X", f".{suffix}").replace("SIZE", SIZES[suffix]), "").run
    )
    (world / "a.txt").write_text("what was there\n")
    (_, before), (_, after) = played.acknowledged
    assert before != after
    for moment, found in played.crashes(f"{name} {suffix}"):
        wanted = played.allowed(moment)
        for each in before.keys() | after.keys() | found.keys():
            if not each.endswith("-partial"):
                assert comparable(each, found) in [comparable(each, files) for files in wanted], each


def comparable(name: str, files: dict[str, bytes]) -> bytes | None:
    """A file's bytes, but for the recording's length that a FLAC file states: that is no promise."""
    data = files.get(name)
    return data[:18] + data[26:] if data is not None and name.endswith(".flac") else data
