"""``memcodec tag``."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli.support import DOCUMENTS, Run


@pytest.fixture
def file(memory_file: str) -> str:
    return str(shutil.copy(memory_file, "birds.mp4"))


def listed(run: Run, *args: object) -> dict[str, dict[str, Any]]:
    return {each["uri"]: each for each in json.loads(run("list", *args, "--json").stdout)["documents"]}


def test_the_report(run: Run, file: str) -> None:
    words = run("tag", file, "--path", "birds/*", "--tag", "status=done", "--untag", "place").stdout
    assert words.startswith("birds.mp4\n") and "2 changed, 0 were so already" in words
    assert "grew by " in words and "commit     2\n" in words
    tags = {uri: each["tags"] for uri, each in listed(run, file).items()}
    done, as_it_was = {"status": "done"}, {"place": "pond"}
    assert tags == {uri: done if uri.startswith("birds/") else as_it_was for uri in DOCUMENTS}


def test_by_id_and_by_uri(run: Run, file: str) -> None:
    before = listed(run, file)
    made = json.loads(
        run(
            "tag", file, before["notes.txt"]["id"], "evil.txt", "--author", "Ada", "--lang", "en", "--json"
        ).stdout
    )
    assert set(made) == {"file", "commit", "unchanged", "notes"}
    assert (made["commit"]["changed"], made["unchanged"]) == (2, 0)
    after = listed(run, file)
    assert {uri for uri in after if after[uri]["author"] == "Ada"} == {"notes.txt", "evil.txt"}
    assert listed(run, file, "--as-of", 1) == before


def test_nothing_new(run: Run, file: str) -> None:
    before = Path(file).read_bytes()
    assert "nothing new: 5 are so already" in run("tag", file, "--path", "*", "--tag", "place=pond").stdout
    assert run("tag", file, "--path", "*", "--tag", "place=pond", "-q").output == ""
    assert Path(file).read_bytes() == before


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (("--tag", "a=b"), 2, "say which documents: DOC..., --path"),
        (("notes.txt",), 2, "say what to change: --tag"),
        (("notes.txt", "--tag", "a"), 3, "write KEY=VALUE"),
        (("notes.txt", "--lang", "the one"), 4, "'the one': is no language tag"),
        (("absent.txt", "--tag", "a=b"), 9, "no document absent.txt"),
    ],
)
def test_what_cannot_be_done(run: Run, file: str, args: tuple[str, ...], code: int, words: str) -> None:
    error = run("tag", file, *args, code=code).stderr
    assert words in error and error.count("\n") == 1
