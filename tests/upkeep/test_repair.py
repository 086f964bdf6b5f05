"""Repair needs the media and nothing else: not the index, not the boxes, not even the same pixels."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import memcodec
from fixtures.prose import prose, write_tree
from memcodec.errors import ConfigError, Damaged, NotAMemoryFile
from memcodec.upkeep.repair import RepairReport, repair

pytestmark = pytest.mark.slow


def ffmpeg(source: Path, target: Path, *options: str) -> Path:
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", str(source), *options, str(target)], check=True)
    return target


def assert_repaired(damaged: Path, original: Path, folder: Path, out: Path) -> RepairReport:
    """Repair gives a searchable file with the same documents: names, times, tags, ids and bytes."""
    from memcodec.config.settings import Index, Settings

    report = repair(damaged, out, settings=Settings(index=Index(model="none")))
    assert report.complete
    with memcodec.open(original) as before, memcodec.open(out) as after:
        assert list(after.documents()) == list(before.documents())
        restored = after.restore(out.with_suffix(".out"))
        for document, path in restored.files:
            assert path.read_bytes() == (folder / document.uri).read_bytes()
        assert [hit.text for hit in after.search("patient heron")] == [
            hit.text for hit in before.search("patient heron")
        ]
        assert after.info().file_id == before.info().file_id
        assert after.verify(deep=True).ok
    return report


def test_a_remux_strips_the_index_and_repair_rebuilds_it(
    lexical_file: Path, folder: Path, tmp_path: Path
) -> None:
    for name in ("b.mp4", "b.mkv"):
        stripped = ffmpeg(lexical_file, tmp_path / name, "-c", "copy")
        with pytest.raises(NotAMemoryFile, match="repair"):
            memcodec.open(stripped)
        report = assert_repaired(stripped, lexical_file, folder, tmp_path / f"{name}.mp4")
        assert report.lost == 0
        assert (report.codec, report.profile) == ("av1", "dense")


def test_a_file_without_its_head_its_tail_and_a_stretch_of_media(
    lexical_file: Path, folder: Path, tmp_path: Path
) -> None:
    data = bytearray(lexical_file.read_bytes())
    with memcodec.open(lexical_file) as memory:
        (segment,) = memory.reader.segments
        begin, end = segment.catalogue.media, segment.record.catalogue.offset
    data[:begin] = bytes(begin)
    data[end - 100 :] = b"\xff" * 1000
    start = begin + (end - begin) // 3
    data[start : start + (end - begin) // 20] = bytes((end - begin) // 20)
    (tmp_path / "wreck.mp4").write_bytes(data)
    report = assert_repaired(tmp_path / "wreck.mp4", lexical_file, folder, tmp_path / "out.mp4")
    assert report.lost == report.recovered > 0


@pytest.fixture(scope="module")
def robust(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A robust file of ten documents, and their folder."""
    base = tmp_path_factory.mktemp("robust")
    source = write_tree(base / "source", 10, 6000, seed=3)
    with memcodec.create(base / "robust.mp4", codec="h264", profile="robust", model="none") as memory:
        memory.add_path(source, tags={"kind": "note"})
    return base / "robust.mp4", source


REENCODINGS = {
    "x264 crf 28": ("b.mp4", "-c:v", "libx264", "-crf", "28"),
    "x264 crf 35": ("b.mp4", "-c:v", "libx264", "-crf", "35"),
    "three quarters of the size": ("b.mp4", "-vf", "scale=iw*3/4:ih*3/4", "-c:v", "libx264", "-crf", "23"),
    "vp9 crf 35": (
        "b.webm",
        "-c:v",
        "libvpx-vp9",
        "-crf",
        "35",
        "-b:v",
        "0",
        "-deadline",
        "realtime",
        "-cpu-used",
        "6",
    ),
}


@pytest.mark.parametrize("how", REENCODINGS)
def test_a_robust_file_survives_being_encoded_again(
    how: str, robust: tuple[Path, Path], tmp_path: Path
) -> None:
    original, source = robust
    name, *options = REENCODINGS[how]
    again = ffmpeg(original, tmp_path / name, *options)
    report = assert_repaired(again, original, source, tmp_path / "out.mp4")
    assert (report.codec, report.profile) == ("h264", "robust")


def test_beyond_parity_repair_saves_what_is_whole_and_names_the_rest(
    lexical_file: Path, folder: Path, tmp_path: Path
) -> None:
    with memcodec.open(lexical_file) as memory:
        (segment,) = memory.reader.segments
        begin, end = segment.catalogue.media, segment.record.catalogue.offset
        names = {document.uri for document in memory.documents()}
    data = bytearray(lexical_file.read_bytes()[:end])
    start = begin + (end - begin) // 2
    data[start : start + (end - begin) // 4] = bytes((end - begin) // 4)
    (tmp_path / "wreck.mp4").write_bytes(data)
    report = repair(tmp_path / "wreck.mp4", tmp_path / "out.mp4")
    assert not report.complete
    assert report.documents > 5
    with memcodec.open(tmp_path / "out.mp4") as memory:
        saved = {document.uri for document in memory.documents()}
        for document, path in memory.restore(tmp_path / "out").files:
            assert path.read_bytes() == (folder / document.uri).read_bytes()
    named = {loss.document.uri for loss in report.losses}
    assert saved | named <= names
    assert not saved & named
    assert len(saved) + len(named) + report.unnamed == len(names)


def test_commits_keep_their_numbers_and_times(tmp_path: Path) -> None:
    with memcodec.create(tmp_path / "m.mp4", model="none") as memory:
        for number in range(3):
            memory.add(prose(number, 500), uri=f"{number}", tags={"n": str(number)})
            memory.commit()
    ffmpeg(tmp_path / "m.mp4", tmp_path / "b.mp4", "-c", "copy")
    report = repair(tmp_path / "b.mp4", tmp_path / "out.mp4")
    assert report.commits == 3
    with memcodec.open(tmp_path / "m.mp4") as before, memcodec.open(tmp_path / "out.mp4") as after:
        assert [(each.number, each.time) for each in after.log()] == [
            (each.number, each.time) for each in before.log()
        ]
        assert list(after.documents()) == list(before.documents())


def test_repair_never_overwrites_its_input(lexical_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "m.mp4"
    path.write_bytes(lexical_file.read_bytes())
    with pytest.raises(ConfigError, match="never overwrites"):
        repair(path, path, force=True)
    assert path.read_bytes() == lexical_file.read_bytes()


@pytest.mark.parametrize("content", [b"", b"not a video", bytes(5000)])
def test_nothing_to_save_is_said_plainly(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.mp4").write_bytes(content)
    with pytest.raises(Damaged, match="no document"):
        repair(tmp_path / "x.mp4", tmp_path / "out.mp4")
    assert not (tmp_path / "out.mp4").exists()
