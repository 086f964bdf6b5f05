"""Another file in the place of a sealed one: an older state of it, a plain one, somebody else's.

What is told of it, and what not: docs/SEALED.md says the same, in "Another file in its place".
"""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

import memcodec
from memcodec.config.settings import Settings
from memcodec.errors import ConfigError, Sealed, WrongKey
from memcodec.file.commit import CommitWriter
from memcodec.file.content import CommitOptions, Indexing, NewContent
from memcodec.format.change import StateChange
from memcodec.index.lexical.segment import LexicalBuilder
from memcodec.ingest.item import text_item
from memcodec.media import registry
from memcodec.seal import keyring
from memcodec.storage.open import place_of
from tests.seal.people import DOCUMENTS, Person, read, sealed
from tests.support import signers

NONE = Settings.of(model="none")


def test_an_older_copy_is_whole_and_only_its_commit_tells(tmp_path: Path, ada: Person) -> None:
    """Nothing in a file can say that there is a newer one. Its commit's number is sealed with it: nobody raises it."""
    file = sealed(tmp_path / "a.mp4", ada.recipient)
    old = shutil.copy(file, tmp_path / "old.mp4")
    with memcodec.open(file, unlock=ada.identity) as memory:
        memory.forget(memcodec.Filter(documents="notes.txt"))
    data = file.read_bytes()
    with memcodec.open(file, unlock=ada.identity) as memory:
        assert memory.info().commit == 2
    shutil.copy(old, file)
    with memcodec.open(file, unlock=ada.identity) as memory:
        assert memory.verify(deep=True).ok and memory.info().commit == 1
        assert {each.uri for each in memory} == DOCUMENTS.keys()
    # The newer file, cut where it was, is the older one.
    file.write_bytes(data[: old.stat().st_size])
    with memcodec.open(file, unlock=ada.identity) as memory:
        assert memory.info().commit == 1


def test_of_a_signed_file_the_statement_tells_it_as_well(tmp_path: Path, ada: Person) -> None:
    """Commit and time of the newest statement; whoever knows of a newer one sees that this is not it."""
    alice = signers.ssh(tmp_path)
    file = sealed(tmp_path / "a.mp4", ada.recipient)
    with memcodec.open(file, unlock=ada.identity) as memory:
        first = memory.sign(alice.private)
    old = file.read_bytes()
    with memcodec.open(file, unlock=ada.identity) as memory:
        memory.add("A weir.", uri="weir")
        memory.commit()
        second = memory.sign(alice.private)
        (newest,) = memory.verify_signed(alice.public).signatures
        assert newest.statement == second.statement
    file.write_bytes(old)
    with memcodec.open(file, unlock=ada.identity) as memory:
        report = memory.verify_signed(alice.public)
        (told,) = report.signatures
        assert report.complete  # as it was signed then
        assert told.commit < newest.commit and told.time <= newest.time
        assert told.statement == first.statement != second.statement


def plain_commit(file: Path) -> None:
    """A commit of somebody who has no key, behind a sealed one: the container right, all checksums right."""
    target = place_of(file).reopen(wait=0.0)
    media = registry.get("av1").reopen(target)
    options = CommitOptions(
        file_id=os.urandom(4),
        stream_id=os.urandom(4),
        commit=2,
        begin=target.size,
        time=datetime.now(UTC),
        codec="av1",
        profile="dense",
        parity=0.1,
    )
    writer = CommitWriter(media, target, options, None)
    item = text_item("Ada owes Eve a kettle.", uri="debts.txt")
    writer.add(
        NewContent([item], options, Indexing(1000, 0, LexicalBuilder("english"), None), StateChange("add"))
    )
    writer.finish(writer.entry("add", 1))
    media.close()
    target.close()


@pytest.mark.parametrize("how", ["behind it", "in its place"])
def test_nobody_adds_to_a_plain_file_for_the_sealed_one(how: str, tmp_path: Path, ada: Person) -> None:
    """It is read, as any file is. But what is added would be plain for all to read: that takes leaving out the key."""
    file = sealed(tmp_path / "a.mp4", ada.recipient)
    if how == "behind it":
        plain_commit(file)
    else:
        file.unlink()
        with memcodec.create(file, settings=NONE) as memory:
            memory.add("Ada owes Eve a kettle.", uri="debts.txt")
    data = file.read_bytes()
    assert read(file, ada.identity).keys() == {"debts.txt"}
    secret = "the cellar key hangs behind the clock"
    with (
        pytest.raises(ConfigError, match=r"a\.mp4: is not sealed, and a key was given"),
        memcodec.open(file, unlock=ada.identity) as memory,
    ):
        memory.add(secret)
    with (
        keyring.using(keyring.Unlocking([ada.identity])),
        pytest.raises(ConfigError, match="is not sealed"),
        memcodec.open(file) as memory,
    ):
        memory.add(secret)
    with (
        pytest.raises(ConfigError, match="is not sealed"),
        memcodec.open(file, passphrase="the kettle") as memory,
    ):
        memory.forget(memcodec.Filter(documents="debts.txt"))
    assert file.read_bytes() == data
    with memcodec.open(file) as memory:
        memory.add("for everybody")
    assert len(read(file)) == 2


def test_a_key_for_all_files_is_no_key_for_this_one(
    tmp_path: Path, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With MEMCODEC_IDENTITY plain files are written to as ever."""
    monkeypatch.setenv("MEMCODEC_IDENTITY", ada.identity)
    with memcodec.create(tmp_path / "a.mp4", settings=NONE) as memory:
        memory.add("for everybody")
    with memcodec.open(tmp_path / "a.mp4") as memory:
        memory.add("and this")
    assert len(read(tmp_path / "a.mp4")) == 2


def test_what_another_sealed_for_the_same_person_opens(tmp_path: Path, ada: Person, eve: Person) -> None:
    """Whoever knows a recipient can seal for him: a file that opens is not thereby one's own. A signature tells."""
    alice = signers.ssh(tmp_path)
    mine = sealed(tmp_path / "a.mp4", ada.recipient)
    with memcodec.open(mine, unlock=ada.identity) as memory:
        memory.sign(alice.private)
    theirs = sealed(tmp_path / "b.mp4", ada.recipient, eve.recipient, documents={"debts.txt": "A kettle."})
    theirs.replace(mine)
    with memcodec.open(mine, unlock=ada.identity) as memory:
        assert [each.uri for each in memory] == ["debts.txt"]
        with pytest.raises(memcodec.Unproven, match="is not signed"):
            memory.verify_signed(alice.public)


def test_a_reader_does_not_read_another_file_for_the_one_it_opened(
    tmp_path: Path, ada: Person, eve: Person
) -> None:
    """What was open stays what it was; opened anew, a file for somebody else does not open."""
    file = sealed(tmp_path / "a.mp4", ada.recipient)
    other = sealed(tmp_path / "b.mp4", eve.recipient, documents={"debts.txt": "A kettle."})
    with memcodec.open(file, unlock=ada.identity) as memory:
        other.replace(file)
        assert memory.read("notes.txt") == DOCUMENTS["notes.txt"]
    with pytest.raises(WrongKey):
        memcodec.open(file, unlock=ada.identity)
    with pytest.raises(Sealed):
        memcodec.open(file)
