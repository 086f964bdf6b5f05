"""Splitting and joining: any so many parts give the file back, each part is media of its own, damage is noticed."""

from __future__ import annotations

import contextlib
import itertools
import json
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import memcodec
from memcodec import errors
from memcodec.config.settings import Encode, Settings
from memcodec.format.checksum import crc32c
from memcodec.media import registry
from memcodec.share.parts import erasure, join, part, plan, split, splitter
from memcodec.share.parts.joiner import OpenPart
from memcodec.share.parts.part import Part
from memcodec.share.parts.plan import Cost, SplitPlan
from memcodec.storage import LocalSource, MemorySource, MemoryTarget

MEDIA = ("mp4", "flac")


@pytest.fixture(scope="session")
def files(lexical_file: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A memory file of each medium."""
    folder = tmp_path_factory.mktemp("whole")
    shutil.copy(lexical_file, folder / "notes.mp4")
    memcodec.convert(lexical_file, folder / "notes.flac", settings=Settings(encode=Encode(codec="flac")))
    return {medium: folder / f"notes.{medium}" for medium in MEDIA}


@cache
def cost_of(path: Path) -> Cost:
    source = LocalSource(path)
    return splitter._cost(registry.detect(source), path.name, source.size)


def size_for(path: Path, needed: int, spare: int) -> int:
    """A size of parts that gives so many."""
    return cost_of(path).of(SplitPlan(path.stat().st_size, needed, spare))


def made(path: Path, folder: Path, needed: int, spare: int) -> list[Path]:
    report = split(path, size_for(path, needed, spare), spare=spare, folder=folder)
    assert (report.needed, report.spare, len(report.parts)) == (needed, spare, needed + spare)
    return [Path(each.path) for each in report.parts]


@pytest.fixture(scope="session")
def sets(files: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    """Six parts of each file, any four of which are enough. Do not change them: copy them first."""
    return {medium: made(path, tmp_path_factory.mktemp("parts"), 4, 2) for medium, path in files.items()}


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "_PIECE", 8192)


def damage(path: Path, place: float) -> None:
    """Change some bytes, the place given as a share of the file."""
    data = bytearray(path.read_bytes())
    start = int(len(data) * place)
    data[start : start + 64] = bytes(each ^ 0xFF for each in data[start : start + 64])
    path.write_bytes(data)


def damage_piece(path: Path, place: int) -> None:
    with contextlib.closing(LocalSource(path)) as source:
        found = part.parse(next(iter(registry.detect(source).open(source).commits())))
    assert found is not None
    damage(path, (found.pieces[place].offset + 1000) / path.stat().st_size)


def copied(parts: Sequence[Path], folder: Path) -> list[Path]:
    folder.mkdir(exist_ok=True)
    return [Path(shutil.copy(each, folder)) for each in parts]


def run(*words: object) -> str:
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=True)
    assert "error" not in done.stderr.lower()
    return done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("medium", MEDIA)
def test_any_four_of_six_parts_give_the_file_back(
    files: dict[str, Path], sets: dict[str, list[Path]], medium: str, tmp_path: Path
) -> None:
    whole, output = files[medium].read_bytes(), tmp_path / "out"
    for lost in [(), *itertools.combinations(range(6), 1), *itertools.combinations(range(6), 2)]:
        kept = [each for number, each in enumerate(sets[medium]) if number not in lost]
        random.Random(str(lost)).shuffle(kept)
        report = join(kept, output, force=True)
        assert output.read_bytes() == whole
        assert report.missing == tuple(number + 1 for number in lost)
        assert (report.damaged, report.unusable, report.name) == ((), (), files[medium].name)


@pytest.mark.parametrize("medium", MEDIA)
@pytest.mark.parametrize(
    ("lost", "words"), [((0, 2, 5), "1, 3, 6"), ((1, 3, 4), "2, 4-5"), ((0, 1, 2, 3, 4), "1-5")]
)
def test_one_part_too_few_names_what_is_missing(
    sets: dict[str, list[Path]], medium: str, lost: tuple[int, ...], words: str, tmp_path: Path
) -> None:
    kept = [each for number, each in enumerate(sets[medium]) if number not in lost]
    with pytest.raises(errors.Damaged) as error:
        join(kept, tmp_path / "out")
    assert f"missing: {words}: find {len(lost) - 2} more" in str(error.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("medium", MEDIA)
def test_parts_are_no_larger_than_was_asked(files: dict[str, Path], medium: str, tmp_path: Path) -> None:
    whole = files[medium]
    for limit in (whole.stat().st_size - 1, size_for(whole, 3, 0), size_for(whole, 9, 1) + 17):
        report = split(whole, limit, folder=tmp_path / str(limit))
        assert max(each.size for each in report.parts) <= limit
        assert [Path(each.path).stat().st_size for each in report.parts] == [
            each.size for each in report.parts
        ]


@pytest.mark.slow
def test_every_part_plays_and_says_what_it_is(sets: dict[str, list[Path]], tmp_path: Path) -> None:
    for number, path in enumerate(sets["mp4"], 1):
        shown = json.loads(
            run("ffprobe", "-v", "error", "-count_frames", "-show_streams", "-of", "json", path)
        )["streams"]
        assert [(each["codec_name"], each["nb_read_frames"]) for each in shown] == [("av1", "20")]
        picture = tmp_path / f"{number}.png"
        assert run("ffmpeg", "-v", "error", "-i", path, "-frames:v", "1", picture) == ""
        read = subprocess.run(["zbarimg", "-q", "--raw", picture], capture_output=True, check=True).stdout
        assert f"This is part {number} of 6 of the file notes.mp4 " in read.decode()
    for number, path in enumerate(sets["flac"], 1):
        run("flac", "-t", "-s", path)
        assert run("ffmpeg", "-v", "error", "-i", path, "-f", "null", "-") == ""
        shown = run("ffprobe", "-v", "error", "-show_entries", "format_tags", path)
        assert f"This is part {number} of 6 of the file notes.flac " in shown


@pytest.mark.parametrize("medium", MEDIA)
def test_nothing_of_the_file_is_taken_for_media_of_a_part_cut_short(
    sets: dict[str, list[Path]], medium: str
) -> None:
    """Frames, boxes and the commit of the file stand in its parts, but masked: a search of the bytes misses them."""
    for path in sets[medium][:4]:
        source = MemorySource(path.read_bytes()[:-5000])
        with contextlib.closing(registry.detect(source).open(source)) as media:
            assert not list(media.commits())
        source = MemorySource(path.read_bytes()[3000:-5000])
        with contextlib.closing(registry.get("av1" if medium == "mp4" else "flac").open(source)) as media:
            assert not list(media.scan())


@pytest.mark.parametrize("medium", MEDIA)
def test_a_part_is_no_memory_file(sets: dict[str, list[Path]], medium: str, tmp_path: Path) -> None:
    with pytest.raises(errors.NotAMemoryFile, match=r"part 3 of 6 of notes\.\w+; .*memcodec join"):
        memcodec.open(sets[medium][2])
    with pytest.raises(errors.MemcodecError):
        memcodec.repair(sets[medium][2], tmp_path / f"out.{medium}")
    with pytest.raises(errors.ConfigError, match="is itself part 3 of 6"):
        split(sets[medium][2], 1000)


@pytest.mark.parametrize("medium", MEDIA)
def test_damaged_parts_are_mended_by_the_others(
    files: dict[str, Path], medium: str, tmp_path: Path, small_pieces: None
) -> None:
    """With one spare part each of three parts is damaged, at a place of its own."""
    parts = made(files[medium], tmp_path / "parts", 3, 1)
    for place, path in enumerate(parts[:3]):
        damage_piece(path, 2 * place)
    report = join(parts, tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == files[medium].read_bytes()
    assert report.damaged == tuple(map(str, parts[:3]))
    damage_piece(parts[3], 0)  # where the first one is damaged, too
    with pytest.raises(errors.Damaged) as error:
        join(parts, tmp_path / "again")
    assert all(f"{path} (part {number})" in str(error.value) for number, path in enumerate(parts, 1))
    assert "find 1 more" in str(error.value)
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize("medium", MEDIA)
def test_what_is_no_part_is_left_out(
    files: dict[str, Path], sets: dict[str, list[Path]], medium: str, tmp_path: Path
) -> None:
    parts = copied(sets[medium], tmp_path / "parts")
    cut = parts[0]
    cut.write_bytes(cut.read_bytes()[:-5000])
    other = parts[1].with_name("other.txt")
    other.write_bytes(b"something else")
    report = join([*parts[:1], *parts[2:], other, files[medium]], tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == files[medium].read_bytes()
    assert report.missing == (1, 2)
    assert [each.path for each in report.unusable] == [str(cut), str(other), str(files[medium])]
    assert "cut short" in report.unusable[0].reason
    assert "not a part" in report.unusable[2].reason
    with pytest.raises(errors.NotAMemoryFile, match=r"no part .*other\.txt: something else"):
        join([other, files[medium]], tmp_path / "none")


@pytest.mark.parametrize("medium", MEDIA)
def test_names_copies_and_tails_do_not_matter(
    files: dict[str, Path], sets: dict[str, list[Path]], medium: str, tmp_path: Path
) -> None:
    parts = copied(sets[medium][1:5], tmp_path)
    names = ["zz", "a b.bin", "漢字", "-o"]
    renamed = [each.rename(tmp_path / name) for each, name in zip(parts, names, strict=True)]
    with renamed[0].open("ab") as stream:
        stream.write(b"\r\nSent from my telephone\r\n")
    damage(renamed[1], 0.5)
    again = shutil.copy(sets[medium][2], tmp_path / "again")  # a good copy of the damaged one
    report = join([*renamed, again], tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == files[medium].read_bytes()
    assert (report.missing, report.damaged) == ((1, 6), ())


def test_parts_of_different_sets_do_not_mix(
    files: dict[str, Path], sets: dict[str, list[Path]], tmp_path: Path
) -> None:
    otherwise = made(files["mp4"], tmp_path / "parts", 3, 1)
    for wrong in (sets["flac"][0], otherwise[0]):
        with pytest.raises(errors.ConfigError) as error:
            join([*sets["mp4"], wrong], tmp_path / "out")
        assert str(wrong) in str(error.value)
        assert str(sets["mp4"][0]) in str(error.value)
    assert not (tmp_path / "out").exists()


def test_splitting_again_gives_parts_of_the_same_set(
    files: dict[str, Path], sets: dict[str, list[Path]], tmp_path: Path
) -> None:
    again = made(files["flac"], tmp_path / "parts", 4, 2)
    join([*sets["flac"][:2], *again[4:]], tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == files["flac"].read_bytes()


def test_nothing_is_replaced_unasked(
    files: dict[str, Path], sets: dict[str, list[Path]], tmp_path: Path
) -> None:
    parts = made(files["flac"], tmp_path / "parts", 4, 2)
    for each in parts[:2]:
        each.unlink()
    with pytest.raises(errors.StorageError, match="`force=True`"):
        split(files["flac"], size_for(files["flac"], 4, 2), spare=2, folder=tmp_path / "parts")
    assert sorted((tmp_path / "parts").iterdir()) == parts[2:]
    with pytest.raises(errors.StorageError, match="`force=True`"):
        join(sets["flac"], parts[2])
    with pytest.raises(errors.ConfigError, match="one of the parts"):
        join(parts[2:], parts[3], force=True)


@pytest.mark.slow
def test_parts_are_called_what_they_are(files: dict[str, Path], tmp_path: Path) -> None:
    for name, stem in (
        ("a.b.mp4", "a.b"),
        ("plain", "plain"),
        ("odd.flac", "odd.flac"),
        ("LOUD.MP4", "LOUD"),
    ):
        whole = Path(shutil.copy(files["mp4"], tmp_path / name))
        parts = made(whole, tmp_path / "parts", 2, 1)
        assert [each.stem for each in parts] == [f"{stem}-0{number}-of-03" for number in (1, 2, 3)]
        assert {each.suffix.lower() for each in parts} == {".mp4"}


def test_sizes_and_spares_that_cannot_be(files: dict[str, Path], tmp_path: Path) -> None:
    whole = files["flac"]
    with pytest.raises(errors.ConfigError, match="send it as it is"):
        split(whole, whole.stat().st_size, folder=tmp_path)
    with pytest.raises(errors.ConfigError, match=r" has [0-9]+B") as error:
        split(whole, 3000, folder=tmp_path)
    smallest = int(str(error.value).split(" one has ")[1].split("B")[0])
    for spare in (-1, 254):
        with pytest.raises(errors.ConfigError, match="spare"):
            split(whole, smallest, spare=spare, folder=tmp_path)
    assert not list(tmp_path.iterdir())
    with pytest.raises(errors.ConfigError):
        split(whole, smallest - 1, folder=tmp_path)
    assert len(split(whole, smallest, folder=tmp_path).parts) == 255
    join(sorted(tmp_path.iterdir())[1:], tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == whole.read_bytes()


KILLED = """
import os, signal, sys
from memcodec.share.parts import join
from memcodec.storage import LocalTarget

def deadly(name, calls, after):
    real = getattr(LocalTarget, name)
    left = [calls]
    def call(self, *args):
        left[0] -= 1
        if left[0] == 0 and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = real(self, *args)
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer
    setattr(LocalTarget, name, call)

deadly(sys.argv[1], int(sys.argv[2]), sys.argv[3] == "after")
join(sys.argv[5:], sys.argv[4])
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("call", "number", "when", "there"),
    [
        ("append", 1, "before", False),
        ("append", 3, "after", False),
        ("sync", 1, "after", False),
        ("publish", 1, "before", False),
        ("publish", 1, "after", True),
    ],
)
def test_a_killed_join_leaves_nothing_or_the_file(
    files: dict[str, Path],
    sets: dict[str, list[Path]],
    call: str,
    number: int,
    when: str,
    there: bool,
    tmp_path: Path,
) -> None:
    output = tmp_path / "out.flac"
    words = [sys.executable, "-c", KILLED, call, str(number), when, str(output), *map(str, sets["flac"][1:5])]
    assert subprocess.run(words, check=False).returncode == -signal.SIGKILL
    assert list(tmp_path.iterdir()) == ([output] if there else [])
    assert not there or output.read_bytes() == files["flac"].read_bytes()


def test_a_file_that_changes_meanwhile_is_noticed(
    files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(shutil.copy(files["flac"], tmp_path))
    write = part.write

    def first_change(*args: object) -> None:
        damage(path, 0.5)
        monkeypatch.setattr(part, "write", write)
        write(*args)  # type: ignore[arg-type]

    size = size_for(path, 3, 1)
    monkeypatch.setattr(splitter, "_cost", lambda *args: cost_of(files["flac"]))
    monkeypatch.setattr(part, "write", first_change)
    with pytest.raises(errors.Changed, match="try again"):
        split(path, size, folder=tmp_path / "parts")
    assert not list((tmp_path / "parts").iterdir())


@pytest.mark.parametrize(
    ("field", "value"),
    [("number", 0), ("number", 99), ("needed", 0), ("needed", 256), ("spare", 254), ("size", 0), ("size", 1 << 200),
     ("size", True), ("sha256", "x"), ("sha256", 5), ("name", 5), ("name", "x" * 300), ("pieces", []), ("pieces", 7),
     ("pieces", [[-1, 0]]), ("pieces", [["a", "b"]]), ("pieces", [[0]])],
)  # fmt: skip
def test_a_record_that_makes_no_sense_is_refused(field: str, value: object) -> None:
    raw = json.loads(Part(SplitPlan(1000, 4, 2), 3, "x", "0" * 64, (part.Piece(5, 6),)).to_bytes())
    assert part.parse(json.dumps(raw).encode()) is not None
    raw["part"][field] = value
    with pytest.raises(errors.Damaged):
        part.parse(json.dumps(raw).encode())


def test_a_newer_part_is_told(
    sets: dict[str, list[Path]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part, "VERSION", 0)
    with pytest.raises(errors.NewerFormat, match=r"01-of-06\.mp4: a part of version 1; .*update memcodec"):
        join(sets["mp4"], tmp_path / "out")


def forged(folder: Path, **changes: object) -> Path:
    """A part in FLAC whose record lies."""
    target = MemoryTarget()
    writer = registry.get("flac").create(target, "dense")  # type: ignore[arg-type]
    writer.write_guide(["part"])
    piece = bytes(1000)
    place = writer.write_blob(part.masked(piece)).offset
    raw = json.loads(
        Part(SplitPlan(1000, 1, 0), 1, "x", "0" * 64, (part.Piece(place, crc32c(piece)),)).to_bytes()
    )
    raw["part"].update(changes)
    writer.commit(json.dumps(raw).encode())
    path = folder / "forged.flac"
    path.write_bytes(target.read(0, target.size))
    return path


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"size": 1 << 61, "pieces": [[64, 1]] * 256},
        {"size": 999},
        {"pieces": [[1 << 60, 1]]},
        {"pieces": [[0, 1]]},
    ],
)
def test_a_lying_part_gives_an_error_and_no_file(changes: dict[str, object], tmp_path: Path) -> None:
    with pytest.raises(errors.Damaged):
        join([forged(tmp_path, **changes)], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_names_cannot_steer(tmp_path: Path) -> None:
    report = Part(SplitPlan(1000, 4, 2), 3, "../../evil\x1b[2J" + "x" * 200, "0" * 64)
    assert "\x1b" not in report.page()
    assert len(report.page()) < 600


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_needed_parts_determine_all(data: st.DataObject) -> None:
    needed = data.draw(st.integers(1, 40))
    spare = data.draw(st.integers(0, 12))
    rows = [data.draw(st.binary(min_size=7, max_size=7)) for _ in range(needed)]
    words = erasure.basis(needed, spare, tuple(range(needed)))
    rows += [
        erasure.combine(((word[number], row) for word, row in zip(words, rows, strict=True)), 7)
        for number in range(needed, needed + spare)
    ]
    have = tuple(sorted(data.draw(st.permutations(range(needed + spare)))[:needed]))
    back = erasure.basis(needed, spare, have)
    for number, row in enumerate(rows):
        terms = ((word[number], rows[each]) for each, word in zip(have, back, strict=True))
        assert erasure.combine(terms, 7) == row


def test_the_code_is_reed_solomon_as_others_have_it() -> None:
    from reedsolo import RSCodec

    words = erasure.basis(5, 3, tuple(range(5)))
    message = bytes([3, 141, 59, 26, 255])
    coded = [
        erasure.combine(((w[n], bytes([m])) for w, m in zip(words, message, strict=True)), 1)
        for n in range(8)
    ]
    assert b"".join(coded) == bytes(RSCodec(3).encode(message))


@settings(max_examples=200, deadline=None)
@given(
    size=st.integers(300, 1 << 40), limit=st.integers(1, 1 << 36), spare=st.integers(0, 253),
    cost=st.builds(Cost, st.integers(0, 50_000), st.integers(0, 5000)),
)  # fmt: skip
def test_a_plan_keeps_to_the_limit_and_no_smaller_one_does(
    size: int, limit: int, spare: int, cost: Cost
) -> None:
    try:
        found = plan.plan(size, limit, spare, cost)
    except errors.ConfigError:
        assert size <= limit or cost.of(SplitPlan(size, 255 - spare, spare)) > limit
        return
    assert cost.of(found) <= limit
    assert found.needed == 2 or cost.of(SplitPlan(size, found.needed - 1, spare)) > limit
    assert found.total <= 255
    assert sum(found.span(place)[1] for place in range(found.pieces)) == found.slice
    assert found.slice * found.needed >= size
    assert found.pieces <= 256


@pytest.mark.slow
@settings(max_examples=12, deadline=None)
@given(st.data())
def test_round_trip_with_any_size_and_spare(files: dict[str, Path], data: st.DataObject) -> None:
    import tempfile

    whole = files["flac"]
    needed, spare = data.draw(st.integers(2, 8)), data.draw(st.integers(0, 4))
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "_PIECE", data.draw(st.sampled_from([1000, 4096, 10_000, 1 << 20])))
        patch.setattr(splitter, "_SAMPLE", 4096)
        # Small pieces cost more in parts than the sample says.
        patch.setattr(splitter, "_cost", lambda *args: Cost(20_000, 4096 + 256))
        limit = Cost(20_000, 4096 + 256).of(SplitPlan(whole.stat().st_size, needed, spare))
        if limit >= whole.stat().st_size:
            return
        report = split(whole, limit, spare=spare, folder=folder)
        assert all(each.size <= limit for each in report.parts)
        kept = data.draw(st.permutations([each.path for each in report.parts]))[: report.needed]
        join(kept, Path(folder) / "out")
        assert (Path(folder) / "out").read_bytes() == whole.read_bytes()


def test_a_piece_that_changes_while_joining_is_noticed(sets: dict[str, list[Path]], tmp_path: Path) -> None:
    parts = copied(sets["flac"][:4], tmp_path / "parts")
    real, seen = OpenPart.piece, []

    def changing(self: OpenPart, place: int) -> bytes | None:
        seen.append(self.path)
        if len(seen) == 5:
            damage(Path(self.path), 0.5)
        return real(self, place)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OpenPart, "piece", changing)
        with pytest.raises(errors.StorageError, match="changed"):
            join(parts, tmp_path / "out")
    assert not (tmp_path / "out").exists()
