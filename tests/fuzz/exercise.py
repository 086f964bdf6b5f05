"""Every public function that reads a file, on one mutant; and what none of them may do."""

from __future__ import annotations

import contextlib
import shutil
import signal
import tempfile
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import islice
from pathlib import Path

import memcodec
from memcodec.config.settings import Settings
from memcodec.errors import MemcodecError
from memcodec.file.filter import Filter
from memcodec.file.journal.contents import line_of
from memcodec.file.journal.ledger import FileLedger
from memcodec.file.reader import Reader
from memcodec.format.budget import Budget
from memcodec.media import registry
from memcodec.share.paper.finder import find
from memcodec.share.paper.scanning import Gathered
from memcodec.share.parts import join
from memcodec.storage import MemorySource, RamFile
from memcodec.storage.open import place_of
from memcodec.storage.remote.source import RemoteSource
from memcodec.upkeep.convert import convert
from memcodec.upkeep.merge import merge
from memcodec.upkeep.repair import repair
from memcodec.upkeep.salvage import salvage
from tests.fuzz.mutants import Mutant, corpus
from tests.support.far import Memory as FarAway

SECONDS = 5.0  #: of processor time that one operation may take
QUERIES = ("grey heron", '"grey heron number"', "ledger", "title:heron kettle -river", "short", "nothingso")
SETTINGS = Settings.of(codec="plain", model="none", parity=0)
_WRITTEN = 0.15  # share of mutants that a whole new file is made of: that takes as long as all else
_MOST = 12  # documents and chunks of one mutant that are read
SHARED = Path("/dev/shm") if Path("/dev/shm").is_dir() else None


class Hang(BaseException):
    """An operation took too long. No ``except Exception`` keeps it."""


class Wrong(AssertionError):
    """An operation answered what nobody wrote."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What went wrong, in which operation, and where: faults of one place are one fault."""

    kind: str  #: "exception", "hang", "memory", "wrong", "crash"
    operation: str
    where: str
    detail: str

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, self.where

    def __str__(self) -> str:
        return f"{self.kind} in {self.operation} at {self.where}: {self.detail}"


def exercise(mutant: Mutant, note: Callable[[str], None] = lambda name: None) -> list[Fault]:
    """What reading a mutant does wrong. ``note`` is told of each operation before it begins."""
    faults = []
    for operation in _operations(mutant):
        note(operation.__name__.strip("_"))
        fault = _attempt(operation, mutant)
        if fault is not None:
            faults.append(fault)
    return faults


def _attempt(operation: Callable[[Mutant], None], mutant: Mutant) -> Fault | None:
    name = operation.__name__.strip("_")
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        operation(mutant)
    except MemcodecError:
        return None
    except Hang as error:
        return _fault("hang", name, error, f"more than {SECONDS:.0f} s")
    except MemoryError as error:
        return _fault("memory", name, error, "more than it may have")
    except Wrong as error:
        return _fault("wrong", name, error, str(error))
    except BaseException as error:  # whatever it is: it is outside the tree
        if isinstance(error, KeyboardInterrupt):
            raise
        return _fault("exception", name, error, f"{type(error).__name__}: {error}"[:200])
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return None


def _fault(kind: str, operation: str, error: BaseException, detail: str) -> Fault:
    frames = traceback.extract_tb(error.__traceback__)
    own = [
        each for each in frames if "/memcodec" in each.filename and "/tests/" not in each.filename
    ] or frames
    last = own[-1]
    file = "/".join(Path(last.filename).parts[-2:])
    where = f"{type(error).__name__} {file}:{last.lineno} {last.name}"
    return Fault(kind, operation, where, detail.splitlines()[0] if detail else "")


def on_alarm(*_: object) -> None:
    raise Hang


# Which operations


def _operations(mutant: Mutant) -> Iterator[Callable[[Mutant], None]]:
    if mutant.pictures:
        yield _sheets
        return
    if mutant.seed.is_part:
        yield _joined
        return
    yield from (_info, _documents, _search, _log)
    if mutant.seed.is_noted:
        yield _ledger
        if mutant.seed.codec == "plain" and mutant.choices.random() < 0.3:
            yield _fold
    slow = mutant.seed.codec != "plain"
    yield from mutant.choices.sample(
        (_verify, _chunks, _far, _restore, _rewritten, _branches), 1 if slow else 2
    )
    if mutant.seed.codec != "plain":
        yield mutant.choices.choice((_scan, _verify_deep, _layout))
        if mutant.choices.random() < _WRITTEN:
            yield mutant.choices.choice((_repair, _converted, _merged))
    elif mutant.unpacked or mutant.choices.random() < 0.3:
        yield from (_salvage, _verify_deep)
        if mutant.choices.random() < _WRITTEN:
            yield mutant.choices.choice((_repair, _merged, _converted))


def _info(mutant: Mutant) -> None:
    with memcodec.open(mutant.data) as memory:
        memory.warnings()
        repr(memory.info())


def _documents(mutant: Mutant) -> None:
    with memcodec.open(mutant.data) as memory:
        for document in islice(memory.timeline(), _MOST):
            with contextlib.suppress(MemcodecError):
                _check_text(mutant, memory.read_bytes(document))
                _check_text(mutant, memory.read_bytes(document, original=True))
            if not mutant.forged and repr(document) not in mutant.seed.documents:
                raise Wrong(f"a document nobody wrote: {document!r}"[:200])
        with contextlib.suppress(MemcodecError):
            memory.document("notes/*.md")
        with contextlib.suppress(MemcodecError):
            memory.documents(Filter(tags={"kind": "note"}, documents=("notes/0.md",)))


def _check_text(mutant: Mutant, text: bytes) -> None:
    if text in mutant.seed.texts or any(text in each.texts for each in corpus()[0]):
        return
    if text.startswith(b'{"n":') and (mutant.retold or _are_events(text)):
        return
    raise Wrong(f"a text nobody wrote: {text[:80]!r}")


def _are_events(text: bytes) -> bool:
    """Whether these are events that somebody wrote, each once and in order, whichever of them were saved."""
    numbers = [int(line[5:].partition(b",")[0]) for line in text.splitlines()]
    if sorted(set(numbers)) != numbers:
        return False
    return any(each.lines.issuperset(text.splitlines()) for each in corpus()[0] if each.is_noted)


def _ledger(mutant: Mutant) -> None:
    with FileLedger(place_of(mutant.data), SETTINGS) as ledger:
        for scope in ledger.scopes()[:_MOST]:
            events = list(ledger.events(scope))
            text = b"".join(line_of(each) for each in events)
            if text and not mutant.forged:
                _check_text(mutant, text)
            if [each.number for each in events] != sorted(
                {each.number for each in events}
            ) and not mutant.forged:
                raise Wrong(f"events out of order: {events[:3]!r}"[:200])


def _fold(mutant: Mutant) -> None:
    """Written behind the journal, as a commit."""
    file = _file(mutant)
    with memcodec.open(file, settings=SETTINGS) as memory:
        before = {each.id: memory.read_bytes(each) for each in islice(memory.documents(), _MOST)}
        memory.fold()
    with memcodec.open(file) as memory:
        for name, text in before.items():
            if memory.read_bytes(memory.document(name)) != text:
                raise Wrong(f"a fold changed {name}")


def _search(mutant: Mutant) -> None:
    with memcodec.open(mutant.data) as memory:
        for mode in ("lexical", "semantic", "hybrid"):
            with contextlib.suppress(MemcodecError):
                for hit in memory.search(mutant.choices.choice(QUERIES), mode=mode):
                    _check_hit(mutant, hit.text)
        with contextlib.suppress(MemcodecError):
            for hit in memory.search_pictures("heron", model="sight"):
                _check_hit(mutant, hit.text)


def _check_hit(mutant: Mutant, text: str) -> None:
    if not mutant.forged and text not in mutant.seed.chunks:
        raise Wrong(f"a hit nobody wrote: {text[:80]!r}")


def _log(mutant: Mutant) -> None:
    with memcodec.open(mutant.data) as memory:
        commit = mutant.choices.choice(memory.log()).number
        with contextlib.suppress(MemcodecError), memcodec.open(mutant.data, as_of=commit) as old:
            len(old.documents())
        with contextlib.suppress(MemcodecError):
            memory.diff(1)


def _verify(mutant: Mutant) -> None:
    with memcodec.open(mutant.data) as memory:
        memory.verify()


def _verify_deep(mutant: Mutant) -> None:
    with memcodec.open(mutant.data) as memory:
        memory.verify(deep=True)


def _chunks(mutant: Mutant) -> None:
    with memcodec.open(mutant.data) as memory:
        for number in (*range(min(_MOST, memory.reader.chunks)), 1 << 31, -1):
            with contextlib.suppress(MemcodecError):
                for hit in [memory.get(number), *memory.around(number)]:
                    _check_hit(mutant, hit.text)


def _far(mutant: Mutant) -> None:
    """As if it lay on a server: openings are read then."""
    source = RemoteSource(FarAway(mutant.data))
    with contextlib.closing(source):
        reader = Reader(source)
        with contextlib.closing(reader.media):
            for found in islice(reader.documents(), _MOST):
                reader.segments[found.segment.number].catalogue.document(found.ordinal)
            from memcodec.search.engine import Searcher

            for hit in Searcher([reader]).search("grey heron", 5, "hybrid"):
                _check_hit(mutant, hit.text)


def _restore(mutant: Mutant) -> None:
    with tempfile.TemporaryDirectory(dir=SHARED) as folder, memcodec.open(mutant.data) as memory:
        inner = Path(folder) / "a" / "b" / "c"
        inner.mkdir(parents=True)
        try:
            memory.restore(inner)
        finally:
            files = [path for path in Path(folder).rglob("*") if path.is_file()]
            for path in files:
                if inner not in path.parents:
                    raise Wrong(f"a file outside the folder: {path.relative_to(folder)}")
                _check_text(mutant, path.read_bytes())
            shutil.rmtree(Path(folder) / "a", ignore_errors=True)


def _rewritten(mutant: Mutant) -> None:
    """Written to: what writers read of a file."""
    file = _file(mutant)
    act = mutant.choices.randrange(5)
    with memcodec.open(file, settings=SETTINGS) as memory:
        if act == 0:
            memory.add("added later", uri="notes/0.md")
        elif act == 1:
            memory.forget(Filter(path="notes/*"))
        elif act == 2:
            memory.rollback(1)
        elif act == 3:
            memory.compact(RamFile("compact.plain"))
        else:
            memory.tag(Filter(path="*"), tags={"a": "b"})
    with memcodec.open(file) as memory:
        for document in islice(memory.documents(), _MOST):
            with contextlib.suppress(MemcodecError):
                text = memory.read_bytes(document)
                if text != b"added later":
                    _check_text(mutant, text)


def _file(mutant: Mutant) -> RamFile:
    """One that can be written to."""
    file = RamFile("mutant.plain")
    target = file.create()
    target.append(mutant.data)
    target.publish()
    target.close()
    return file


def _branches(mutant: Mutant) -> None:
    with memcodec.open(mutant.data) as memory:
        out = RamFile("branch.plain")
        memory.branch(2, out)
        _check_all(mutant, out.to_bytes())


def _check_all(mutant: Mutant, data: bytes) -> None:
    with memcodec.open(data) as memory:
        for document in islice(memory.documents(), _MOST):
            _check_text(mutant, memory.read_bytes(document))


def _scan(mutant: Mutant) -> None:
    with contextlib.closing(
        registry.detect(MemorySource(mutant.data)).open(MemorySource(mutant.data))
    ) as media:
        for _ in media.scan():
            pass


def _layout(mutant: Mutant) -> None:
    with contextlib.closing(
        registry.detect(MemorySource(mutant.data)).open(MemorySource(mutant.data))
    ) as media:
        if sum(extent.length for _, extent in media.layout()) != len(mutant.data) - media.moved:
            raise Wrong("the layout leaves bytes out")


def _salvage(mutant: Mutant) -> None:
    with contextlib.closing(registry.get("plain").open(MemorySource(mutant.data))) as media:
        for commit in salvage(media.scan(), Budget(len(mutant.data))):
            for item in commit.items:
                _check_text(mutant, b"".join(item.open()))


def _repair(mutant: Mutant) -> None:
    out = RamFile("repaired.plain")
    repair(mutant.data, out, settings=SETTINGS, codec="plain", profile="dense")
    _check_all(mutant, out.to_bytes())


def _merged(mutant: Mutant) -> None:
    out = RamFile("merged.plain")
    other = next(each for each in corpus()[0] if each.name == "many.plain")
    merge([mutant.data, other.data], out, settings=SETTINGS)
    _check_all(mutant, out.to_bytes())


def _converted(mutant: Mutant) -> None:
    with tempfile.TemporaryDirectory(dir=SHARED) as folder:
        path = Path(folder) / "mutant.plain"
        path.write_bytes(mutant.data)
        convert(path, Path(folder) / "converted.plain", settings=SETTINGS)
        _check_all(mutant, (Path(folder) / "converted.plain").read_bytes())


def _joined(mutant: Mutant) -> None:
    parts = [each for each in corpus()[0] if each.is_part and each is not mutant.seed]
    missing = mutant.choices.randrange(len(parts) + 1)
    with tempfile.TemporaryDirectory(dir=SHARED) as folder:
        paths = [
            Path(folder) / each.name for each in parts if each is not dict(enumerate(parts)).get(missing)
        ]
        for path, each in zip(paths, [each for at, each in enumerate(parts) if at != missing], strict=True):
            path.write_bytes(each.data)
        paths.append(Path(folder) / "mutant.plain")
        paths[-1].write_bytes(mutant.data)
        out = Path(folder) / "joined.plain"
        join(paths, out)
        if not any(out.read_bytes() == each.data for each in corpus()[0]):
            raise Wrong("parts gave what was never split")


def _sheets(mutant: Mutant) -> None:
    if find_spec("cv2") is None:
        return  # an extra
    gathered = Gathered()
    for picture in mutant.pictures:
        gathered.take(find(picture))
    str(gathered)
    gathered.check()
    for commit in salvage(gathered.packets, Budget(len(mutant.data))):
        for item in commit.items:
            _check_text(mutant, b"".join(item.open()))
