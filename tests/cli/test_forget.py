"""``memcodec forget`` and ``compact``."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.cli.support import DOCUMENTS, NEWER, Run, uris, write_documents


def ids(run: Run, file: str) -> dict[str, str]:
    return {each["uri"]: each["id"] for each in json.loads(run("list", file, "--json").stdout)["documents"]}


def test_forget_says_what_goes_and_what_stays(run: Run, grown: str) -> None:
    name = ids(run, grown)["notes.txt"]
    result = run("forget", grown, "--doc", name)
    assert result.stdout.splitlines() == [
        f"- notes.txt  {name}",
        f"{grown}: commit 4 forgot 1 document, {len(NEWER['notes.txt'])} B",
    ]
    assert result.stderr == (
        f"note: the text is still in the file's history; `memcodec compact {grown}` removes it for good\n"
    )
    assert "notes.txt" not in uris(run, grown)
    assert json.loads(run("search", "kettle", grown, "--json").stdout)["hits"] == []
    assert "notes.txt" in uris(run, grown, "--as-of", 3)
    run("verify", grown, "--deep")


def test_forget_json(run: Run, grown: str) -> None:
    answer = json.loads(run("forget", grown, "--path", "birds/*", "--json").stdout)
    assert set(answer) == {"file", "commit", "forgotten"}
    assert {each["uri"] for each in answer["forgotten"]} == {"birds/herons.md", "birds/swifts.txt"}
    assert (answer["commit"]["kind"], answer["commit"]["removed"]) == ("forget", 2)
    assert run("forget", grown, "--path", "letters/*", "--quiet").output == ""


def test_all_conditions_must_hold(run: Run, grown: str) -> None:
    # The new version of a file keeps its tags; a new file has none.
    run("forget", grown, "--path", "*.txt", "--tag", "place=pond")
    assert uris(run, grown) == {"birds/herons.md", "letters/june.txt"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "left"),
    [("2025-01-01T00:00Z", {"a.txt", "b.txt"}), ("2025-01-01T00:01Z", {"b.txt"}), ("2025-02-01", set())],
)
def test_before_leaves_that_time_itself(run: Run, before: str, left: set[str]) -> None:
    write_documents(Path("in"), {"a.txt": "a", "b.txt": "b", "c.txt": "c"})
    for name, seconds in {"a": 1735689600, "b": 1735862399, "c": 1735500000}.items():
        os.utime(f"in/{name}.txt", (seconds, seconds))
    run("encode", "in", "-o", "a.mp4", "--model", "none")
    run("forget", "a.mp4", "--before", before)
    assert uris(run, "a.mp4") == left


def test_a_dry_run_changes_nothing(run: Run, grown: str) -> None:
    before = Path(grown).read_bytes()
    result = run("forget", grown, "--path", "birds/*", "--dry-run")
    assert [line.split()[:2] for line in result.stdout.splitlines()[:2]] == [
        ["-", "birds/herons.md"],
        ["-", "birds/swifts.txt"],
    ]
    assert "would forget 2 documents, " in result.stdout and "nothing was changed" in result.stdout
    assert result.stderr == ""
    answer = json.loads(run("forget", grown, "--path", "birds/*", "--dry-run", "--json").stdout)
    assert answer["commit"] is None and len(answer["forgotten"]) == 2
    assert Path(grown).read_bytes() == before


def test_only_the_first_ten_are_named(run: Run) -> None:
    write_documents(Path("in"), {f"{number:02}.txt": str(number) for number in range(13)})
    run("encode", "in", "-o", "a.mp4", "--model", "none")
    lines = run("forget", "a.mp4", "--path", "*", "--dry-run").stdout.splitlines()
    assert [line.split()[1] for line in lines[:10]] == [f"{number:02}.txt" for number in range(10)]
    assert lines[10:] == [
        "... and 3 more (--json lists them all)",
        "a.mp4: would forget 13 documents, 16 B; nothing was changed",
    ]


@pytest.mark.parametrize("options", [("--path", "x*"), ("--doc", "0" * 16), ("--before", "1990-01-01")])
@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_nothing_that_matches(run: Run, grown: str, options: tuple[str, ...], dry: tuple[str, ...]) -> None:
    before = Path(grown).read_bytes()
    assert "memcodec list" in run("forget", grown, *options, *dry, code=9).stderr
    assert Path(grown).read_bytes() == before


def test_forget_needs_a_condition(run: Run, grown: str) -> None:
    error = run("forget", grown, code=2).stderr
    assert error == (
        "memcodec: say what to forget: --doc, --path, --tag, --type, --lang, --since, --until or --before "
        "(see `memcodec forget --help`)\n"
    )


def test_forgotten_documents_come_back_when_they_are_appended(run: Run, grown: str, folder: Path) -> None:
    run("append", grown, folder)
    assert uris(run, grown) == {*DOCUMENTS, *NEWER}
