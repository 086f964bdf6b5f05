"""Whole memories in sound: every text comes back, from damaged and from re-encoded files too."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

import memcodec
from fixtures.prose import write_tree
from memcodec.cli import main
from memcodec.config.settings import Settings
from memcodec.errors import CodecError, MemcodecError
from memcodec.storage import MemorySource, RamFile
from memcodec_audio import commits, flac
from memcodec_audio.commits import COMMITS

pytestmark = pytest.mark.slow

PLAIN = Settings().with_options(model="none")


def texts(count: int, seed: int) -> Iterator[str]:
    """Texts of 1 to 20 KB: Unicode from all planes, incompressible, repetitive, and prose-like."""
    chance = random.Random(seed)
    for number in range(count):
        size = chance.randrange(1000, 20_000)
        kind = number % 4
        if kind == 0:
            letters = (
                chance.choice((chance.randrange(32, 0xD800), chance.randrange(0xE000, 0x110000)))
                for _ in range(size // 4)
            )
            yield "".join(map(chr, letters))
        elif kind == 1:
            yield chance.randbytes(size // 2).hex()
        elif kind == 2:
            yield chance.choice(("a", "\0", "ab\n", "\U0001f9a9")) * (size // 4)
        else:
            yield " ".join(chance.choice(("heron", "amber", "north", "Ω", "日本")) for _ in range(size // 6))


@pytest.mark.parametrize(("profile", "count"), [("dense", 200), ("robust", 60)])
def test_every_text_comes_back_from_the_file_and_from_its_sound_alone(
    profile: str, count: int, tmp_path: Path
) -> None:
    wanted = {f"{number}.txt": text for number, text in enumerate(texts(count, 7))}
    path = tmp_path / "m.flac"
    with memcodec.create(path, profile=profile, model="none", index="none") as memory:
        for uri, text in wanted.items():
            memory.add(text, uri=uri)
    subprocess.run(["flac", "-s", "-f", "-o", tmp_path / "again.flac", path], check=True)
    memcodec.repair(tmp_path / "again.flac", tmp_path / "repaired.flac", settings=PLAIN)
    for each in (path, tmp_path / "repaired.flac"):
        with memcodec.open(each) as memory:
            report = memory.restore(tmp_path / each.stem)
        assert len(report.files) == len(wanted)
        for uri, text in wanted.items():
            assert (tmp_path / each.stem / uri).read_bytes() == text.encode()


@pytest.mark.parametrize("bits", ["16", "24"])
def test_every_text_alone_comes_back(bits: str, tmp_path: Path) -> None:
    for number, text in enumerate(texts(40, 11)):
        path = tmp_path / f"{number}.flac"
        with memcodec.create(path, settings=memcodec.Settings.of(bits=bits), model="none") as memory:
            memory.add(text, uri="one.txt")
        with memcodec.open(path) as memory:
            memory.restore(tmp_path / str(number))
        assert (tmp_path / str(number) / "one.txt").read_bytes() == text.encode()


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A folder, half of it incompressible, and a dense file of it."""
    folder = tmp_path_factory.mktemp("sound")
    source = write_tree(folder / "source", 20, 20_000)
    for number in range(10):
        (source / f"noise{number}.txt").write_text(random.Random(number).randbytes(40_000).hex())
    with memcodec.create(folder / "m.flac", model="none") as memory:
        memory.add_path(source)
    return folder / "m.flac", source


def assert_restores(path: Path, source: Path, out: Path) -> None:
    with memcodec.open(path) as memory:
        report = memory.restore(out)
    assert not report.losses
    assert len(report.files) == 30
    for document, file in report.files:
        assert file.read_bytes() == (source / document.uri).read_bytes()


@pytest.mark.parametrize("at", [0.0, 0.1, 0.35, 0.62, 0.9, 1.0])
def test_any_run_of_8_percent_of_the_media_is_brought_back(
    sound: tuple[Path, Path], tmp_path: Path, at: float
) -> None:
    path, source = sound
    with memcodec.open(path) as memory:
        offsets, lengths, *_ = memory.reader.segments[0].catalogue.frames()
    begin, end = int(offsets[0]), int(offsets[-1] + lengths[-1])
    length = (end - begin) * 8 // 100
    start = begin + int((end - begin - length) * at)
    data = bytearray(path.read_bytes())
    data[start : start + length] = bytes(length)
    damaged = tmp_path / "damaged.flac"
    damaged.write_bytes(data)
    assert_restores(damaged, source, tmp_path / "out")
    with memcodec.open(damaged) as memory:
        report = memory.verify()
    assert report.complete
    assert report.lost == report.recovered > 0


@pytest.mark.parametrize("where", ["head", "tail"])
def test_without_head_or_tail_repair_brings_all_back(
    sound: tuple[Path, Path], tmp_path: Path, where: str
) -> None:
    path, source = sound
    data = bytearray(path.read_bytes())
    if where == "head":
        data[:5000] = bytes(5000)
    damaged = tmp_path / "damaged.flac"
    damaged.write_bytes(data if where == "head" else data[: len(data) * 93 // 100])
    report = memcodec.repair(damaged, tmp_path / "new.flac", settings=PLAIN)
    assert report.complete
    assert_restores(tmp_path / "new.flac", source, tmp_path / "out")


def test_any_changed_byte_is_seen_by_verify(sound: tuple[Path, Path], tmp_path: Path) -> None:
    path, _ = sound
    with memcodec.open(path) as memory:
        assert memory.verify(deep=True).ok
    data, chance = path.read_bytes(), random.Random(4)
    changed = tmp_path / "changed.flac"
    for spot in [5, 21, 25, 60, 4000, len(data) - 1, *(chance.randrange(len(data)) for _ in range(40))]:
        raw = bytearray(data)
        raw[spot] ^= 1 << chance.randrange(8)
        changed.write_bytes(raw)
        try:
            with memcodec.open(changed) as memory:
                assert not memory.verify().ok, spot
        except MemcodecError as error:
            assert "\n" not in str(error)


def test_from_an_mp3_of_it_the_whole_memory_comes_back(tmp_path: Path) -> None:
    source = write_tree(tmp_path / "source", 10, 3000)
    with memcodec.create(tmp_path / "m.flac", profile="robust", model="none") as memory:
        memory.add_path(source)
        first = memory.commit()
        memory.add("A later note on herons.", uri="later.txt", tags={"kind": "note"})
    command = ["ffmpeg", "-v", "error", "-i", tmp_path / "m.flac", "-b:a", "128k", tmp_path / "m.mp3"]
    subprocess.run(command, check=True)
    report = memcodec.repair(tmp_path / "m.mp3", tmp_path / "new.flac", settings=PLAIN)
    assert (report.complete, report.codec, report.profile, report.commits) == (True, "flac", "robust", 2)
    assert first is not None
    with memcodec.open(tmp_path / "new.flac") as memory:
        documents = {document.uri: document for document in memory.documents()}
        memory.restore(tmp_path / "out")
    assert documents["later.txt"].tags == {"kind": "note"}
    assert (tmp_path / "out" / "later.txt").read_text() == "A later note on herons."
    assert len(documents) == 11


def bad_files(folder: Path) -> Iterator[tuple[str, Path]]:
    def made(name: str, *options: str) -> Path:
        tone = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=d=0.3:r=48000"]
        subprocess.run([*tone, *options, folder / name], check=True)
        return folder / name

    (folder / "empty.flac").write_bytes(b"")
    yield "empty", folder / "empty.flac"
    yield "foreign", made("foreign.flac")
    yield "rate", made("rate.flac", "-ar", "44100")
    yield "channels", made("channels.flac", "-ac", "2")
    wide = bytearray(made("wide.flac").read_bytes())
    wide[20:22] = bytes([wide[20] | 1, wide[21] | 0xF0])  # 32 bits a sample
    (folder / "wide.flac").write_bytes(wide)
    yield "wide", folder / "wide.flac"
    with memcodec.create(folder / "m.flac", model="none") as memory:
        memory.add("A heron.", uri="one")
    (folder / "cut.flac").write_bytes((folder / "m.flac").read_bytes()[:9_000])
    yield "cut", folder / "cut.flac"
    (folder / "stub.flac").write_bytes((folder / "m.flac").read_bytes()[:20])
    yield "stub", folder / "stub.flac"


def test_what_is_no_memory_file_is_one_line_and_its_exit_code(tmp_path: Path) -> None:
    for name, path in bad_files(tmp_path):
        for command in (["info", str(path)], ["search", "heron", str(path)]):
            result = CliRunner().invoke(main, command)
            assert result.exit_code == 5, (name, result.output)
            assert result.stderr.count("\n") == 1, name
            assert "Traceback" not in result.stderr
    assert "2 channels" in CliRunner().invoke(main, ["info", str(tmp_path / "channels.flac")]).stderr
    assert "32 bits" in CliRunner().invoke(main, ["info", str(tmp_path / "wide.flac")]).stderr


def test_the_name_of_the_file_chooses_the_medium(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("A heron.")
    for name, options, codec in (
        ("a.flac", [], "flac"),
        ("a.FLAC", ["--profile", "robust", "--rate", "low"], "flac"),
        ("b.flac", ["--bits", "16"], "flac"),
        ("a.mp4", [], "av1"),
    ):
        command = [
            "encode",
            str(tmp_path / "note.txt"),
            "-o",
            str(tmp_path / name),
            "--model",
            "none",
            *options,
        ]
        result = CliRunner().invoke(main, command)
        assert result.exit_code == 0, result.stderr
        with memcodec.open(tmp_path / name) as memory:
            assert memory.info().codec == codec
    result = CliRunner().invoke(main, ["encode", str(tmp_path / "note.txt"), "-o", "c.mp4", "--bits", "16"])
    assert (result.exit_code, result.stderr.count("\n")) == (3, 1)
    assert "bits" in result.stderr


@pytest.mark.parametrize("left", [1, 3])
def test_a_recording_without_frame_numbers_is_not_written_on(left: int) -> None:
    """Whatever number a forged commit says it has: what is added must be found again, or is refused."""
    settings = Settings.of(codec="flac", model="none", parity=0)
    file, forged = RamFile("a.flac"), RamFile("b.flac")
    with memcodec.create(file, settings=settings) as memory:
        memory.add("A grey heron.", uri="a.txt")
    data = file.to_bytes()
    last = COMMITS.last_before(MemorySource(data), len(data))
    assert last is not None
    frames = commits.frames(
        last.config, last.guide, last.previous, flac.NUMBERS - left, last.runs, last.record
    )
    target = forged.create()
    target.append(data[: last.start] + frames)
    target.publish()
    target.close()
    with (
        pytest.raises(CodecError, match=r"no numbers left; `compact\(\)`"),
        memcodec.open(forged, settings=settings) as memory,
    ):
        memory.add("An egret.", uri="b.txt")
    with memcodec.open(forged, settings=settings) as memory:
        assert [memory.read(each) for each in memory] == ["A grey heron."]
        memory.compact(file, force=True)
    with memcodec.open(file, settings=settings) as memory:
        memory.add("An egret.", uri="b.txt")
    with memcodec.open(file) as memory:
        assert [memory.read(each) for each in memory] == ["A grey heron.", "An egret."]
