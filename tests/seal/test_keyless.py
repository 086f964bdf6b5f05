"""What anybody can do with a sealed file: check it, repair it, split it and put it together again."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

import memcodec
from memcodec.cli import main
from memcodec.errors import Damaged, Sealed
from memcodec.storage.open import place_of
from memcodec.upkeep import keyless
from memcodec.upkeep.recipients import change_recipients, rotate
from tests.seal.people import DOCUMENTS, Person, read, sealed
from tests.support.memories import MEDIA, stripped, texts


def grown(path: Path, to: Person) -> Path:
    """A sealed file of three commits."""
    sealed(path, to.recipient)
    for number in range(2):
        with memcodec.open(path, unlock=to.identity) as memory:
            memory.add(f"Note {number} on the weir.", uri=f"weir/{number}")
    return path


GROWN = DOCUMENTS | {f"weir/{number}": f"Note {number} on the weir." for number in range(2)}


@pytest.mark.parametrize("suffix", MEDIA)
def test_verify_needs_no_key(suffix: str, tmp_path: Path, ada: Person) -> None:
    file = grown(tmp_path / f"a.{suffix}", ada)
    for deep in (False, True):
        report = keyless.verify_place(place_of(file), deep=deep)
        assert report.ok and report.sealed and report.complete and not report.lost, report.damage


@pytest.mark.parametrize("suffix", MEDIA)
def test_every_damaged_place_is_seen_without_the_key(suffix: str, tmp_path: Path, ada: Person) -> None:
    file = grown(tmp_path / f"a.{suffix}", ada)
    data, broken = file.read_bytes(), tmp_path / f"b.{suffix}"
    for at in range(60, len(data), len(data) // 40):
        broken.write_bytes(data[:at] + bytes([data[at] ^ 0x20]) + data[at + 1 :])
        try:
            assert not keyless.verify_place(place_of(broken)).ok, at
        except memcodec.MemcodecError:
            continue  # so little is left that it is no memory file


@pytest.mark.parametrize("suffix", MEDIA)
def test_repair_without_the_key_and_then_with_it(suffix: str, tmp_path: Path, ada: Person) -> None:
    file = sealed(tmp_path / f"a.{suffix}", ada.recipient, documents=texts("a", 30, 4000), parity=40)
    with memcodec.open(file, unlock=ada.identity) as memory:
        frames = memory.reader.segments[0].frames()
    data = bytearray(file.read_bytes())
    for frame in frames[2:4]:
        data[frame.offset : frame.offset + frame.length] = bytes(frame.length)
    file.write_bytes(data)
    report = keyless.verify_place(place_of(file))
    assert not report.ok and report.complete and report.lost == report.recovered > 0
    again, last = tmp_path / f"b.{suffix}", tmp_path / f"c.{suffix}"
    repaired = memcodec.repair(file, again)
    assert repaired.sealed and repaired.complete and repaired.lost and "no key" in repaired.notes[0]
    assert keyless.verify_place(place_of(again), deep=True).ok
    with pytest.raises(Damaged, match="repaired without its key"):
        memcodec.open(again, unlock=ada.identity)
    with keyless_key(ada):
        made = memcodec.repair(again, last)
    assert made.complete and made.documents == 30 and not made.lost
    assert read(last, ada.identity) == texts("a", 30, 4000)
    with pytest.raises(Sealed):
        memcodec.open(last)


def keyless_key(to: Person):  # type: ignore[no-untyped-def]
    from memcodec.seal import keyring

    return keyring.using(keyring.Unlocking([to.identity]))


@pytest.mark.parametrize("suffix", MEDIA)
@pytest.mark.parametrize("how", ["added, removed, then rotated", "rotated for another", "twice rotated"])
def test_who_was_let_in_later_reads_all_that_was_repaired_without_the_key(
    suffix: str, how: str, tmp_path: Path, ada: Person, eve: Person
) -> None:
    """The keys of older commits stand in sealed records alone: these are kept for who opens them."""
    file, now = grown(tmp_path / f"a.{suffix}", ada), eve
    if how.startswith("added"):
        change_recipients(file, add=[eve.recipient], remove=[ada.recipient], unlock=ada.identity)
        rotate(file, unlock=eve.identity)
    else:
        rotate(file, seal=[eve.recipient], unlock=ada.identity)
    with memcodec.open(file, unlock=eve.identity) as memory:
        memory.add("The last weir.", uri="last")
    if how.startswith("twice"):
        rotate(file, seal=[ada.recipient], unlock=eve.identity)
        now = ada
    again, third, last = (tmp_path / f"{name}.{suffix}" for name in ("again", "third", "last"))
    assert memcodec.repair(file, again).sealed and memcodec.repair(again, third).sealed
    with keyless_key(now):
        for source in (again, third):
            made = memcodec.repair(source, last, force=True)
            assert made.complete
            assert read(last, now.identity) == GROWN | {"last": "The last weir."}


def test_commits_that_no_key_opens_are_told(tmp_path: Path, ada: Person, eve: Person) -> None:
    """Of a file of two keys, without records: who has one of them saves what that opens, and is told of the rest."""
    file, media, last = (tmp_path / f"{name}.mp4" for name in ("a", "media", "last"))
    grown(file, ada)
    rotate(file, seal=[eve.recipient], unlock=ada.identity)
    with memcodec.open(file, unlock=eve.identity) as memory:
        memory.add("The last weir.", uri="last")
    stripped(file, tmp_path).rename(media)
    with keyless_key(eve):
        made = memcodec.repair(media, last)
    assert (made.documents, made.unopened, made.complete) == (1, 3, False)
    assert read(last, eve.identity) == {"last": "The last weir."}
    (tmp_path / "key.txt").write_text(eve.identity)
    words = [
        "repair",
        media,
        "-o",
        last,
        "--force",
        "-q",
        "--model",
        "none",
        "--identity",
        tmp_path / "key.txt",
    ]
    done = CliRunner().invoke(main, [*map(str, words)])
    assert done.exit_code == 6 and "3 commits of it no key that was given opens" in done.stderr


@pytest.mark.parametrize("suffix", MEDIA)
def test_the_media_alone_is_enough_for_who_has_the_key(suffix: str, tmp_path: Path, ada: Person) -> None:
    """Without index and records, as FFmpeg leaves a file that it copies."""
    file, last = grown(tmp_path / f"a.{suffix}", ada), tmp_path / f"b.{suffix}"
    with memcodec.open(file, unlock=ada.identity) as memory:
        segment = memory.reader.segments[0]
        cut = memory.reader.segments[0].record.catalogue.offset
        assert segment.record.key
    stripped = tmp_path / f"s.{suffix}"
    stripped.write_bytes(file.read_bytes()[: cut - 64])  # media of the first commit alone
    with keyless_key(ada):
        report = memcodec.repair(stripped, last)
    assert report.complete and read(last, ada.identity) == DOCUMENTS


@pytest.mark.parametrize("suffix", MEDIA)
def test_parity_brings_back_the_seal_and_all_data(suffix: str, tmp_path: Path, ada: Person) -> None:
    """With all data packets gone their salt stands in the seal alone, of which the first packet is gone as well."""
    file = sealed(tmp_path / f"a.{suffix}", ada.recipient, parity=100)
    with memcodec.open(file, unlock=ada.identity) as memory:
        (segment,) = memory.reader.segments
        frames, record, catalogue = list(segment.frames()), segment.record, segment.record.catalogue.offset
    gone = record.full + 1
    assert all(each.packets == 1 for each in frames) and record.parity >= gone
    data = bytearray(file.read_bytes()[:catalogue])  # without index and commit record, too
    for frame in frames[:gone]:
        data[frame.offset : frame.offset + frame.length] = bytes(frame.length)
    broken, again, last = (tmp_path / f"{name}.{suffix}" for name in ("broken", "again", "last"))
    broken.write_bytes(data)
    kept = memcodec.repair(broken, again)
    assert kept.sealed and kept.complete and kept.lost == kept.recovered == gone
    with keyless_key(ada):
        for source in (broken, again):
            made = memcodec.repair(source, last, force=True)
            assert made.complete and read(last, ada.identity) == DOCUMENTS


@pytest.mark.parametrize("suffix", MEDIA)
def test_what_was_forgotten_stays_so_when_parity_alone_tells(
    suffix: str, tmp_path: Path, ada: Person
) -> None:
    """The commit that forgets has few packets of data; where all are lost, parity and the seal bring them back."""
    file = sealed(tmp_path / f"a.{suffix}", ada.recipient)
    with memcodec.open(file, unlock=ada.identity) as memory:
        memory.forget(memcodec.Filter(documents="notes.txt"))
    with memcodec.open(file, unlock=ada.identity) as memory:
        segment = memory.reader.segments[-1]
        frames, count = list(segment.frames()), segment.record.full
        assert all(each.packets == 1 for each in frames) and count <= segment.record.parity
    data = bytearray(file.read_bytes())
    for frame in frames[:count]:
        data[frame.offset : frame.offset + frame.length] = bytes(frame.length)
    (tmp_path / f"b.{suffix}").write_bytes(data)
    with keyless_key(ada):
        report = memcodec.repair(tmp_path / f"b.{suffix}", tmp_path / f"c.{suffix}")
    assert report.complete and report.lost == report.recovered == count
    assert read(tmp_path / f"c.{suffix}", ada.identity).keys() == DOCUMENTS.keys() - {"notes.txt"}


def test_splitting_and_joining_need_no_key(tmp_path: Path, ada: Person) -> None:
    from memcodec.share.parts.joiner import join
    from memcodec.share.parts.splitter import split

    file = grown(tmp_path / "a.mp4", ada)
    (tmp_path / "parts").mkdir()
    made = split(file, file.stat().st_size // 2, spare=1, folder=tmp_path / "parts")
    parts = sorted((tmp_path / "parts").iterdir())
    assert len(made.parts) == len(parts) > 2
    join(parts[1:], tmp_path / "b.mp4")
    assert (tmp_path / "b.mp4").read_bytes() == file.read_bytes()
    assert read(tmp_path / "b.mp4", ada.identity) == GROWN


@pytest.mark.slow
def test_a_stranger_reads_it_with_age_and_without_memcodec(tmp_path: Path, ada: Person) -> None:
    import subprocess
    import sys

    from tests.support.needs import needs

    needs("ffmpeg", "zbarimg", "age")
    file, key = grown(tmp_path / "a.mp4", ada), tmp_path / "key.txt"
    with memcodec.open(file, unlock=ada.identity) as memory:
        memory.forget(memcodec.Filter(documents="notes.txt"))
    key.write_text(ada.identity + "\n")
    example = Path(__file__).parents[2] / "examples" / "read_sealed_without_memcodec.py"
    command = [sys.executable, str(example), str(file), str(key), str(tmp_path / "out")]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert "BAD" not in done.stdout and len(example.read_text("utf-8").splitlines()) < 200
    restored = {
        line.split()[2]: (tmp_path / "out" / line.split()[0]).read_text() for line in done.stdout.splitlines()
    }
    assert restored == {uri: text for uri, text in GROWN.items() if uri != "notes.txt"}

    # Whoever has the key of a capsule reads it whole, whatever its rules are: they are manners.
    capsule = tmp_path / "c.mp4"
    with memcodec.open(file, unlock=ada.identity) as memory:
        memory.capsule(capsule, to=[ada.recipient], only=memcodec.Filter(path="birds/*"), allow="search")
    command[2], command[4] = str(capsule), str(tmp_path / "theirs")
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    (line,) = done.stdout.splitlines()
    assert (tmp_path / "theirs" / line.split()[0]).read_text() == GROWN["birds/herons.md"]


def test_age_and_we_open_each_others_files(tmp_path: Path, ada: Person) -> None:
    import subprocess

    from memcodec.seal import age
    from tests.support.needs import needs

    needs("age")
    (tmp_path / "key.txt").write_text(ada.identity + "\n")
    (made,) = age.wrap(b"k" * 32, age.recipients([ada.recipient]))
    command = ["age", "-d", "-i", str(tmp_path / "key.txt")]
    assert subprocess.run(command, input=made, capture_output=True, check=True).stdout == b"k" * 32
    theirs = subprocess.run(
        ["age", "-r", ada.recipient], input=b"q" * 32, capture_output=True, check=True
    ).stdout
    assert age.unwrap(theirs, age.identities([ada.identity])) == b"q" * 32
    assert age.unwrap(theirs[:-1] + b"\0", age.identities([ada.identity])) is None
