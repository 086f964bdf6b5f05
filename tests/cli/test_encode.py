"""``memcodec encode``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.support import DOCUMENTS, Run

QUICK = ("--model", "none")


def test_the_report(run: Run, folder: Path) -> None:
    (folder / ".hidden").write_text("x")
    (folder / "image.bin").write_bytes(b"\xff\xfe\x00")
    try:
        result = run("encode", folder, "-o", "a.mp4", *QUICK)
    finally:
        (folder / ".hidden").unlink()
        (folder / "image.bin").unlink()
    words = result.stdout
    assert words.startswith("a.mp4\n")
    assert f"documents  {len(DOCUMENTS)}, " in words
    assert "index      lexical, " in words
    assert "1 not text (image.bin)" in words
    assert "1 hidden (.hidden)" in words
    assert [path.name for path in Path().iterdir()] == ["a.mp4"]


def test_json(run: Run, folder: Path) -> None:
    result = run("encode", folder, "-o", "a.mp4", "--json", *QUICK)
    made = json.loads(result.stdout)
    assert made["documents"] == len(DOCUMENTS)
    assert made["text"] == sum(len(text.encode()) for text in DOCUMENTS.values())
    assert made["size"] == Path("a.mp4").stat().st_size == sum(made["parts"].values())
    assert (made["lexical"], made["model"], made["codec"], made["profile"]) == (True, None, "av1", "dense")
    assert made["skipped"] == {} and made["notes"] == []
    assert result.stderr == ""


def test_quiet_says_nothing(run: Run, folder: Path) -> None:
    assert run("encode", folder, "-o", "a.mp4", "-q", *QUICK).output == ""


def test_standard_input(run: Run) -> None:
    run("encode", "-", "-o", "a.mp4", *QUICK, input="piped herons\n")
    (document,) = json.loads(run("list", "a.mp4", "--json").stdout)["documents"]
    assert (document["uri"], document["size"]) == (document["uri"], 13)
    assert document["uri"].startswith("stdin-")


def test_include_and_exclude(run: Run, folder: Path) -> None:
    run("encode", folder, "-o", "a.mp4", "--include", "txt", "--exclude", "evil*", *QUICK)
    documents = json.loads(run("list", "a.mp4", "--json").stdout)["documents"]
    assert {each["uri"] for each in documents} == {"birds/swifts.txt", "notes.txt", "漢字.txt"}


@pytest.mark.parametrize(("options", "taken"), [((), {"b"}), (("--no-gitignore",), {"a", "b"})])
def test_gitignore(run: Run, options: tuple[str, ...], taken: set[str]) -> None:
    Path("in").mkdir()
    for name in "ab":
        Path("in", name).write_text(name)
    Path("in/.gitignore").write_text("a\n")
    run("encode", "in", "-o", "m.mp4", *options, *QUICK)
    assert {each["uri"] for each in json.loads(run("list", "m.mp4", "--json").stdout)["documents"]} == taken


def test_hidden(run: Run) -> None:
    Path("in").mkdir()
    Path("in/.a").write_text("a")
    run("encode", "in", "-o", "m.mp4", "--hidden", *QUICK)
    assert json.loads(run("info", "m.mp4", "--json").stdout)["documents"] == 1


def test_tags(run: Run, folder: Path) -> None:
    run("encode", folder, "-o", "a.mp4", "--tag", "a=1", "--tag", "b=x=y", *QUICK)
    documents = json.loads(run("list", "a.mp4", "--json").stdout)["documents"]
    assert all(each["tags"] == {"a": "1", "b": "x=y"} for each in documents)


def test_settings_come_from_file_environment_and_options(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def chunks(*options: str) -> int:
        run("encode", folder / "birds/herons.md", "-o", "a.mp4", "--force", *options)
        return int(json.loads(run("info", "a.mp4", "--json").stdout)["chunks"])

    Path("memcodec.toml").write_text('[index]\nmodel = "none"\n[encode]\nchunk_size = 400\n')
    from_file = chunks()
    monkeypatch.setenv("MEMCODEC_ENCODE_CHUNK_SIZE", "200")
    from_environment = chunks()
    assert chunks("--chunk-size", "1000") < from_file < from_environment


def test_no_index(run: Run, folder: Path) -> None:
    made = json.loads(run("encode", folder, "-o", "a.mp4", "--index", "none", "--json").stdout)
    assert (made["lexical"], made["model"], made["parts"]["lexical"]) == (False, None, 0)


def test_an_existing_file_stays_without_force(run: Run, folder: Path) -> None:
    Path("a.mp4").write_text("precious")
    assert "--force" in run("encode", folder, "-o", "a.mp4", *QUICK, code=11).stderr
    assert Path("a.mp4").read_text() == "precious"
    run("encode", folder, "-o", "a.mp4", "--force", *QUICK)
    run("verify", "a.mp4")


@pytest.mark.parametrize("name", ["a.ogg", "mp4", "a"])
def test_the_ending_must_be_the_codecs(run: Run, folder: Path, name: str) -> None:
    assert ".mp4" in run("encode", folder, "-o", name, code=3).stderr
    assert list(Path().iterdir()) == []


def test_no_documents_is_an_error(run: Run) -> None:
    Path("empty").mkdir()
    Path("empty/.hidden").write_text("x")
    error = run("encode", "empty", "-o", "a.mp4", *QUICK, code=4).stderr
    assert error == "memcodec: no documents found in empty; left out: 1 hidden (.hidden)\n"
    assert not Path("a.mp4").exists()
