"""Somebody with folders and a memory file: what they do by the real command line, and what must be in the file."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import shutil
import subprocess
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from click.testing import CliRunner

import memcodec
from memcodec.cli import main
from tests.cli.support import program
from tests.reliability import sealing
from tests.reliability.folder_model import Change, Doc, Model, Root, found

#: what a report says of the run itself
_OF_THE_RUN = {"seconds", "size", "written", "commit", "planned", "dry_run"}
_HOURS = itertools.count(1)
_NEWEST = 25  # words that are searched after every command; all are at the end of a day


class User:
    """One user at ``top``; ``file`` is the memory file, ``model`` what must be in it, ``past`` that of each commit.

    The file is sealed if its name says so.
    """

    def __init__(self, top: Path, file: str = "notes.flac") -> None:
        self.top, self.file = top, top / file
        self.model, self.past = Model(), dict[int, Model]()
        self.words: dict[bytes, str] = {}
        self.commands = 0
        self.spawned = False

    @property
    def _sealed(self) -> list[str]:
        """What has a command seal a new file for whom this one is."""
        return [word for each in sealing.recipients_of(self.file) for word in ("--seal-to", each)]

    # Folders

    def text(self, number: int) -> bytes:
        """A text with a word of its own."""
        word = word_of(number)
        data = f"# About {word}\n\nIt is written of {word} that {number} herons stood there.\n".encode()
        self.words[data] = word
        return data

    def write(self, path: Path, data: bytes) -> None:
        """Write a file, an hour after the last."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        hour = 1_600_000_000 + 3600 * next(_HOURS)
        os.utime(path, ns=(hour * 10**9 + 123_456_789,) * 2)

    # Commands

    def command(self, *args: object, code: int = 0, given: bytes | None = None) -> Any:
        """Run a command; what it prints with ``--json``."""
        name, *rest = map(str, args)
        words = [name, *([] if name == "cat" else ["--json"]), *rest]
        self.commands += 1
        if self.spawned:
            done = subprocess.run(program(*words), input=given, capture_output=True, check=False, timeout=60)
            status, out, err = done.returncode, done.stdout.decode(), done.stderr.decode()
        else:
            result = CliRunner().invoke(main, words, input=given)
            if result.exception is not None and not isinstance(result.exception, SystemExit):
                raise result.exception
            status, out, err = result.exit_code, result.stdout, result.stderr
        assert status == code, (words, status, err)
        return err if status else out if name == "cat" else json.loads(out)

    def refused(self, *args: object) -> None:
        """A command that changes nothing, and says what to do."""
        before = self.file.read_bytes()
        error = self.command(*args, code=3)
        assert error.startswith("memcodec: ") and self.file.read_bytes() == before

    def encode(self, *sources: Path) -> None:
        """Make the memory file."""
        words = ["encode", *sources, "-o", self.file, "--model", "none", "--parity", 0, *self._sealed]
        told = self.command(*words, "--dry-run")
        assert not self.file.exists()
        self.command(*words)
        change = self.model.append([*map(str, sources)])
        check_counts(change, told["planned"], told["unchanged"])
        self.check()

    def append(self, *sources: Path, name: str | None = None, tags: dict[str, str] | None = None) -> None:
        """Append folders and files, after a dry run."""
        marks = [word for key, value in (tags or {}).items() for word in ("--tag", f"{key}={value}")]
        words = ["append", self.file, *marks, *_as(name)]
        told, done = self.command(*words, "--dry-run", "--", *sources), self.command(*words, "--", *sources)
        change = self.model.append([*map(os.path.realpath, sources)], name, tags)
        self._compare(told, done)
        check_counts(change, done["commit"], done["unchanged"])
        self.check()

    def note(self, data: bytes, uri: str | None, *, piped: bool, tags: dict[str, str] | None = None) -> None:
        """Append a note."""
        marks = [word for key, value in (tags or {}).items() for word in ("--tag", f"{key}={value}")]
        words = ["append", self.file, *(["-"] if piped else ["--text", data.decode()]), *marks]
        words += ["--uri", uri] if uri is not None else []
        done = self.command(*words, given=data if piped else None)
        change = self.model.note(data, uri, tags)
        check_counts(change, done["commit"], done["unchanged"])
        assert done["elsewhere"] == sum(old.root is not None for old, _ in change.changed)
        self.check()

    def sync(self, *sources: Path, name: str | None = None) -> None:
        """Mirror folders and files, after a dry run. Of a sealed file's folders nothing is remembered but here."""
        if not sources and sealing.is_sealed(self.file):
            self.refused("sync", self.file, *_as(name))
            sources = tuple(
                Path(each) for each in sorted(self.remembered(), key=len) if os.path.lexists(each)
            )
            if not sources:
                return
        words = ["sync", self.file, *sources, *_as(name), "--allow-empty"]
        told, done = self.command(*words, "--dry-run"), self.command(*words)
        if not sources:
            assert {*done["sources"]} == self.remembered(), (done["sources"], self.remembered())
        change = self.model.sync([*map(os.path.realpath, done["sources"])], name)
        self._compare(told, done)
        check_sync(change, done)
        self.check()
        if not sources and not self.remembered():
            self.refused(*words)
            return
        again = self.command(*words)
        assert again["commit"] is None and again["unchanged"] == again["scanned"], again

    def remembered(self) -> set[str]:
        """Where what went into the file lies, last if it moved: what is there, or what there are documents of."""
        live, places = {doc.root for doc in self.model.docs}, dict[Root, str]()
        for root, place in self.model.places:
            if root.owner == "me" and (os.path.lexists(place) or not os.path.lexists(places.get(root, ""))):
                places[root] = place
        return {place for root, place in places.items() if root in live or os.path.lexists(place)}

    def forget(self, doc: Doc) -> None:
        """Forget a document."""
        words = ["forget", self.file, "--doc", self._id(doc)]
        told, done = self.command(*words, "--dry-run"), self.command(*words)
        assert told["forgotten"] == done["forgotten"] and len(done["forgotten"]) == 1
        self.model.forget(doc)
        self.check()

    def tag(self, doc: Doc, key: str, value: str) -> None:
        """Tag a document."""
        self.command("tag", self.file, self._id(doc), "--tag", f"{key}={value}")
        if doc.tags is None or doc.tags.get(key) != value:
            self.model.tag(doc, key, value)
        self.check()

    def rollback(self, number: int) -> None:
        """Back to the state after a commit; what is known of places stays."""
        self.command("rollback", self.file, number)
        self.model.docs = [*self.past[number].docs]
        self.check()

    def compact(self) -> None:
        """Compact the file: its past goes."""
        self.command("compact", self.file)
        self.past.clear()
        self.model.compact()
        self.check()

    def convert(self) -> None:
        """Carry the file over to the other medium; all stays."""
        new = self.file.with_suffix({".flac": ".mp4", ".mp4": ".flac"}[self.file.suffix])
        self.command("convert", self.file, new, "--parity", 0)
        self.file.unlink()
        self.file = new
        self.check()

    def merge(self, other: Path, theirs: Model, *, same_key: bool = False) -> None:
        """Take in somebody else's file; where it is sealed, with another key."""
        new = self.file.with_stem("merged")
        words = ["merge", self.file, other, "-o", new, *([] if same_key else self._sealed)]
        told = self.command(*words, "--dry-run")
        assert told["size"] is None and not new.exists()
        done = self.command(*words)
        assert {**told, "size": 0, "seconds": 0} == {**done, "size": 0, "seconds": 0}
        new.replace(self.file)
        self.model.merge(theirs)
        assert done["documents"] == len(self.model.docs)
        self.command("compact", self.file)
        self.past.clear()
        self.check()

    def merge_with_past(self, number: int) -> None:
        """Take in a copy of an old state."""
        old = self.file.with_stem("old")
        self.command("branch", self.file, number, "-o", old)
        self.merge(old, self.past[number].copy(), same_key=True)
        old.unlink()

    def branch(self, number: int) -> None:
        """Go on with a copy of an old state."""
        new = self.file.with_stem("branch")
        self.command("branch", self.file, number, "-o", new)
        new.replace(self.file)
        self.model = self.past[number].copy()
        self.past = {each: model for each, model in self.past.items() if each <= number}
        self.check()

    def restore(self) -> None:
        """Write all into an empty folder: each file is what it was, and has its time."""
        out = self.top / "restored"
        out.mkdir()
        self.command("restore", self.file, "-o", out)
        left = Counter((each.read_bytes(), each.stat().st_mtime_ns) for each in map(Path, found([str(out)])))
        for doc in self.model.docs:
            if doc.root is not None:
                left[doc.data, doc.mtime] -= 1
                path = out / (doc.uri or "")
                is_one = sum(each.uri == doc.uri for each in self.model.docs) == 1
                assert not is_one or (path.read_bytes(), path.stat().st_mtime_ns) == (doc.data, doc.mtime)
        assert all(count >= 0 for count in left.values())
        assert left.total() == sum(doc.root is None for doc in self.model.docs)
        shutil.rmtree(out)

    def compare_with_disk(self) -> None:
        """What ``restore`` gives back is what lies in the folders now, with times and permissions."""
        out = self.top / "restored"
        self.command("restore", self.file, "-o", out)
        held = {(doc.root, doc.rest): doc for doc in self.model.docs if doc.root is not None}
        mine = {place for root, place in self.model.places if root.owner == "me"}
        for path in {*found(mine)}:
            doc = held[self.model.home(path) or (None, "")]
            one, other = Path(path), out / (doc.uri or "")
            if sum(each.uri == doc.uri for each in self.model.docs) == 1:
                assert one.read_bytes() == other.read_bytes()
                assert (one.stat().st_mtime_ns, one.stat().st_mode) == (
                    other.stat().st_mtime_ns,
                    other.stat().st_mode,
                )

    # Checks

    def look_closely(self) -> None:
        """The same by the command line: every text, and a word of each document."""
        held = self.held()
        texts = self.command("cat", self.file, *held)
        assert texts.encode() == b"".join(doc.data for doc in held.values())
        live = {doc.data for doc in self.model.docs}
        for is_live in (True, False):
            words = [word for data, word in self.words.items() if (data in live) == is_live]
            for at in range(0, len(words), 20):
                some = words[at : at + 20]
                hits = self.command("search", " OR ".join(some), self.file, "-k", 99, "--all")["hits"]
                ids = {name for name, doc in held.items() if self.words.get(doc.data) in some}
                assert {hit["document"]["id"] for hit in hits} == ids

    def _compare(self, told: dict[str, Any], done: dict[str, Any]) -> None:
        """A dry run says what the run then does."""
        assert {**told, **dict.fromkeys(_OF_THE_RUN)} == {**done, **dict.fromkeys(_OF_THE_RUN)}
        if "planned" in told:
            counts = ("number", "kind", "added", "changed", "removed")
            plan, made = told["planned"] or {}, done["commit"] or {}
            assert [plan.get(name) for name in counts] == [made.get(name) for name in counts]

    def _id(self, doc: Doc) -> str:
        return next(name for name, known in self.held().items() if known is doc)

    def check(self) -> None:
        """The file is what the model says: documents, texts, and what is found."""
        held = self.held()
        with memcodec.open(self.file) as memory:
            for name, doc in held.items():
                stored = memory.document(name)
                assert memory.read_bytes(stored) == doc.data
                assert doc.root is None or stored.mtime == doc.mtime, (doc, stored.mtime)
            self.past[memory.log()[-1].number] = self.model.copy()
            for data, word in [*self.words.items()][-_NEWEST:]:
                right = Counter(name for name, doc in held.items() if doc.data == data)
                hits = memory.search(word, k=50, mode="lexical")
                assert Counter(hit.document.id for hit in hits) == right, (word, hits, right)

    def held(self) -> dict[str, Doc]:
        """The model's document for each that ``list`` shows, by id; what could not be told beforehand is learnt."""
        listed: list[dict[str, Any]] = self.command("list", self.file)["documents"]
        left, made = [*self.model.docs], dict[str, Doc]()
        for is_sure in (True, False):
            for each in listed:
                doc = next((doc for doc in left if self._is(doc, each, is_sure)), None)
                if doc is not None and each["id"] not in made:
                    left.remove(doc)
                    made[each["id"]] = self._learnt(doc, each)
        assert not left and len(made) == len(listed), (self.model, listed)
        return made

    def _is(self, doc: Doc, shown: dict[str, Any], is_sure: bool) -> bool:
        root = self.model.shown().get(doc.root) if doc.root is not None else None
        if (hashlib.sha256(doc.data).hexdigest(), root) != (shown["sha256"], shown["root"]):
            return False
        if doc.tags not in (None, shown["tags"]):
            return False
        if is_sure or doc.uri is not None:
            return doc.uri == shown["uri"]
        return all(each.uri != shown["uri"] for each in self.model.docs) and _fits(shown["uri"], doc)

    def _learnt(self, doc: Doc, shown: dict[str, Any]) -> Doc:
        if doc.uri is not None and doc.tags is not None:
            return doc
        known = replace(doc, uri=shown["uri"], tags=shown["tags"])
        self.model.docs[self.model.docs.index(doc)] = known
        return known


def _as(name: str | None) -> list[str]:
    return ["--as", name] if name is not None else []


def _fits(uri: str, doc: Doc) -> bool:
    """Whether it is a uri for a document whose plain one is taken."""
    if doc.root is None:
        return uri.startswith(("stdin-", "text-"))
    return uri.endswith(f"/{doc.rest}") or not doc.root.name


def word_of(number: int) -> str:
    """A word that no other number has, and no stemmer shortens."""
    syllables = [a + b for a in "bdfgkmnprtvz" for b in "aou"]
    word = ""
    while number or not word:
        number, rest = divmod(number, len(syllables))
        word += syllables[rest]
    return f"qu{word}x"


def check_counts(change: Change, commit: dict[str, Any] | None, unchanged: int) -> None:
    """A report of ``append`` counts what came; a document may be stored again to tell of a new place."""
    told = (commit or {"added": 0, "changed": 0}) if commit is None else commit
    again = change.unchanged - unchanged
    assert again in (0, 1)
    versions = {new for _, new in change.changed}
    assert (told["added"], told["changed"]) == (len(change.new), len(versions) + again), (told, change)
    assert (commit is not None) == (bool(change) or again > 0)


def check_sync(change: Change, done: dict[str, Any]) -> None:
    """A report of ``sync`` has all that came and went."""
    again = change.unchanged - done["unchanged"]
    assert again in (0, 1)
    assert len(done["new"]) == len(change.new), (change, done)
    assert len(done["changed"]) == len({new for _, new in change.changed}) + again, (change, done)
    assert len(done["renamed"]) == len(change.renamed), (change, done)
    assert len(done["removed"]) == len(change.removed), (change, done)
    went = [*change.removed, *(old for old, _ in change.renamed)]
    assert {*done["removed"], *(each["old"] for each in done["renamed"])} == {doc.uri for doc in went}
    assert (done["commit"] is not None) == (bool(change) or again > 0)
