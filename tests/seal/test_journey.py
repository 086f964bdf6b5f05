"""A sealed file goes through the hands of people without its key; who has it gets back what went in, byte for byte."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import memcodec
from memcodec.cli import main
from tests.seal.people import Person
from tests.support.memories import MEDIA, texts
from tests.support.s3servers import S3

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ministack: S3) -> Run:
    monkeypatch.chdir(tmp_path)
    for name, value in ministack.env().items():
        monkeypatch.setenv(name, value)

    def call(*args: object, code: int = 0) -> Result:
        done = CliRunner().invoke(main, list(map(str, args)), standalone_mode=True)
        assert done.exit_code == code, (args, done.output)
        return done

    return call


@pytest.mark.slow
@pytest.mark.parametrize("suffix", MEDIA)
def test_through_many_hands(suffix: str, run: Run, ministack: S3, ada: Person) -> None:
    for uri, text in texts("a", 20, 4000).items():
        path = Path("in") / uri
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    Path("key.txt").write_text(ada.identity)
    options = ("--model", "none", "--parity", 30, "-q")
    run("encode", "in", "-o", f"a.{suffix}", "--seal-to", ada.recipient, *options)
    damage(Path(f"a.{suffix}"), ada)

    run("search", "heron", f"a.{suffix}", code=13)
    assert "no packet is lost" in run("verify", f"a.{suffix}", code=6).output
    run("repair", f"a.{suffix}", "-o", f"b.{suffix}", "-q")
    run("verify", f"b.{suffix}", "--deep")
    whole = Path(f"b.{suffix}").read_bytes()
    run("split", f"b.{suffix}", "--size", f"{len(whole) // 2 + 2000}", "-o", "parts", "-q")
    parts = sorted(Path("parts").iterdir())
    assert len(parts) > 2
    run("join", *parts[1:], "-o", f"c.{suffix}", "-q")
    run("publish", f"c.{suffix}", ministack.url(f"c.{suffix}"), "-q")
    run("fetch", ministack.url(f"c.{suffix}"), f"d.{suffix}", "-q")
    assert Path(f"c.{suffix}").read_bytes() == Path(f"d.{suffix}").read_bytes() == whole

    run("repair", f"d.{suffix}", "-o", f"e.{suffix}", "--identity", "key.txt", "--model", "none", "-q")
    run("restore", f"e.{suffix}", "-o", "out", "--identity", "key.txt", "-q")
    assert told(Path("out")) == told(Path("in"))
    assert run("search", "heron", f"e.{suffix}", "--identity", "key.txt").output
    run("search", "heron", f"e.{suffix}", code=13)


def damage(file: Path, who: Person) -> None:
    """Two frames of it are gone."""
    with memcodec.open(file, unlock=who.identity) as memory:
        frames = list(memory.reader.segments[0].frames())
    data = bytearray(file.read_bytes())
    for each in frames[1:3]:
        data[each.offset : each.offset + each.length] = bytes(each.length)
    file.write_bytes(data)


def told(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
