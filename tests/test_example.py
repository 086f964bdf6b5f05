"""The reader written from docs/FORMAT.md alone gives every byte back, with Debian's own ffmpeg and zbarimg."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import memcodec
from fixtures.prose import write_tree
from tests.support.needs import needs

EXAMPLES = Path(__file__).parent.parent / "examples"
EXAMPLE = EXAMPLES / "read_without_memcodec.py"
SOUND = EXAMPLES / "read_sound_without_memcodec.py"


def run(command: list[str]) -> None:
    needs("ffmpeg", "zbarimg")
    subprocess.run(command, check=True, capture_output=True)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("codec", "profile", "count", "size"),
    [
        ("av1", "dense", 6, 20_000),  # with a dictionary
        ("h264", "dense", 3, 9_700),  # its last symbol is so small that zbar misses it at first
        ("h264", "robust", 3, 20_000),
    ],
)
def test_a_file_is_restored_without_memcodec(
    codec: str, profile: str, count: int, size: int, tmp_path: Path
) -> None:
    source = write_tree(tmp_path / "source", count, size)
    with memcodec.create(tmp_path / "m.mp4", codec=codec, profile=profile, model="none") as memory:
        memory.add_path(source)
    command = [sys.executable, str(EXAMPLE), str(tmp_path / "m.mp4"), str(tmp_path / "out")]
    run(command)
    for path in source.rglob("*.md"):
        assert (tmp_path / "out" / path.relative_to(source)).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("bits", ["16", "24"])
def test_sound_is_restored_without_memcodec(bits: str, tmp_path: Path) -> None:
    source = write_tree(tmp_path / "source", 10, 10_000)
    with memcodec.create(
        tmp_path / "m.flac", settings=memcodec.Settings.of(bits=bits), model="none"
    ) as memory:
        memory.add_path(source)
        memory.commit()
        memory.add("A later note.", uri="later.txt")
    command = [sys.executable, str(SOUND), str(tmp_path / "m.flac"), str(tmp_path / "out")]
    run(command)
    for path in source.rglob("*.md"):
        assert (tmp_path / "out" / path.relative_to(source)).read_bytes() == path.read_bytes()
    assert (tmp_path / "out" / "later.txt").read_text() == "A later note."


@pytest.mark.slow
@pytest.mark.parametrize(("example", "name"), [(EXAMPLE, "m.mp4"), (SOUND, "m.flac")])
def test_they_know_what_was_replaced_forgotten_merged_and_compacted(
    example: Path, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memcodec.upkeep.compact.SMALL", 10_000)
    source, path = write_tree(tmp_path / "source", 9, 28_000), tmp_path / name
    with memcodec.create(tmp_path / f"a-{name}", model="none") as memory:
        memory.add_path(source)
    with memcodec.create(tmp_path / f"b-{name}", model="none") as memory:
        memory.add("old", uri="note.txt")
    memcodec.merge([tmp_path / f"a-{name}", tmp_path / f"b-{name}"], path)
    gone = sorted(str(each.relative_to(source)) for each in source.rglob("*.md"))[7]
    with memcodec.open(path) as memory:
        memory.add("new", uri="note.txt")
        memory.commit()
        memory.forget(memcodec.Filter(path=gone))
        memory.rollback(2)
        memory.forget(memcodec.Filter(path=gone))
    for step in ("forgotten", "compacted"):
        with memcodec.open(path) as memory:
            if step == "compacted":
                memory.compact()
                assert memory.reader.segments[0].record.void or name == "m.flac"
            want = {
                document.uri: memory.restore(
                    tmp_path / f"as-{step}", memcodec.Filter(documents=document), force=True
                ).files
                for document in memory.documents()
            }
        command = [sys.executable, str(example), str(path), str(tmp_path / step)]
        run(command)
        there = {
            str(file.relative_to(tmp_path / step)) for file in (tmp_path / step).rglob("*") if file.is_file()
        }
        assert there == set(want)
        assert gone not in there
        assert (tmp_path / step / "note.txt").read_text() == "new"
        assert all(
            (tmp_path / step / uri).read_bytes() == files[0][1].read_bytes() for uri, files in want.items()
        )


@pytest.mark.parametrize(("example", "lines"), [(EXAMPLE, 175), (SOUND, 200)])
def test_they_are_short_and_stand_alone(example: Path, lines: int) -> None:
    text = example.read_text()
    assert len(text.splitlines()) < lines
    assert "import memcodec" not in text
    assert "from memcodec" not in text
