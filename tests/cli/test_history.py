"""``memcodec log``, ``timeline``, ``diff``, ``branch`` and ``rollback``, and ``--as-of`` of the commands that read."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.support import DOCUMENTS, NEWER, Run, uris, write_documents

COMMIT = {"number", "time", "kind", "added", "changed", "removed", "size"}
STATES = {1: DOCUMENTS.keys(), 2: {*DOCUMENTS, *NEWER}, 3: {*DOCUMENTS, *NEWER} - {"evil.txt"}}


def commits(run: Run, file: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("log", file, "--json").stdout)["commits"]
    return found


@pytest.fixture
def _in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC0")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def dated(run: Run, _in_utc: None) -> str:
    """Documents of 2025-01-01, 2025-01-02 at 23:59:59, and 2026-03-05."""
    write_documents(Path("in"), {"new.txt": "Spring\n", "old.txt": "Winter\n", "sub/late.txt": "Night\n"})
    for name, seconds in {"old": 1735689600, "sub/late": 1735862399, "new": 1772668800}.items():
        os.utime(f"in/{name}.txt", (seconds, seconds))
    run("encode", "in", "-o", "dated.mp4", "--model", "none")
    return "dated.mp4"


# log


def test_log_shows_the_newest_first(run: Run, grown: str) -> None:
    lines = run("log", grown).stdout.splitlines()
    assert lines[0].split() == ["COMMIT", "TIME", "KIND", "DOCUMENTS", "SIZE"]
    rows = [line.split(maxsplit=3) for line in lines[1:]]
    assert [row[0] for row in rows] == ["3", "2", "1"]
    assert [row[2] for row in rows] == ["forget", "add", "add"]
    assert [re.split(r"  +", row[3])[0] for row in rows] == ["-1", "+1 ~1", f"+{len(DOCUMENTS)}"]


def test_log_json(run: Run, grown: str) -> None:
    found = commits(run, grown)
    assert all(set(each) == COMMIT for each in found)
    assert [each["number"] for each in found] == [3, 2, 1]
    assert sum(each["size"] for each in found) == Path(grown).stat().st_size


def test_log_of_the_newest(run: Run, grown: str) -> None:
    assert len(run("log", grown, "-n", 2).stdout.splitlines()) == 3
    assert [
        each["number"] for each in json.loads(run("log", grown, "-n", 1, "--json").stdout)["commits"]
    ] == [3]


@pytest.mark.slow
def test_the_times_that_log_shows_name_the_states(run: Run) -> None:
    write_documents(Path("in"), {"a.txt": "a"})
    run("encode", "in", "-o", "a.mp4", "--model", "none")
    time.sleep(1.1)  # log shows seconds
    Path("b.txt").write_text("b")
    run("append", "a.mp4", "b.txt")
    for line, state in zip(
        run("log", "a.mp4").stdout.splitlines()[1:], ({"a.txt", "b.txt"}, {"a.txt"}), strict=True
    ):
        assert uris(run, "a.mp4", "--as-of", line.split()[1]) == state
    for each, state in zip(commits(run, "a.mp4"), ({"a.txt", "b.txt"}, {"a.txt"}), strict=True):
        assert uris(run, "a.mp4", "--as-of", each["time"]) == state


# --as-of


@pytest.mark.parametrize("number", STATES)
def test_list_and_restore_as_of(run: Run, grown: str, number: int) -> None:
    assert uris(run, grown, "--as-of", number) == STATES[number]
    run("restore", grown, "-o", "out", "--as-of", number, "-q")
    found = {
        p.relative_to("out").as_posix(): p.read_bytes().decode()
        for p in Path("out").rglob("*")
        if p.is_file()
    }
    texts = DOCUMENTS if number == 1 else DOCUMENTS | NEWER
    assert found == {uri: texts[uri] for uri in STATES[number]}


def test_search_and_get_as_of(run: Run, grown: str) -> None:
    assert json.loads(run("search", "whistles", grown, "--json").stdout)["hits"] == []
    (hit,) = json.loads(run("search", "whistles", grown, "--as-of", 1, "--json").stdout)["hits"]
    assert hit["text"] == DOCUMENTS["notes.txt"]
    assert "no longer in it" in run("get", grown, hit["chunk"], code=9).stderr
    answer = json.loads(run("get", grown, hit["chunk"], "--as-of", 1, "--json").stdout)
    assert answer["chunks"][0]["text"] == hit["text"]


def test_info_as_of(run: Run, grown: str) -> None:
    for number, state in STATES.items():
        info = json.loads(run("info", grown, "--as-of", number, "--json").stdout)
        assert (info["commit"], info["documents"]) == (number, len(state))
    words = run("info", grown).stdout
    assert "state      commit 3, of " in words and ", 3 commits\n" in words
    # The old notes.txt and evil.txt.
    assert "dropped    2 documents of the past still in the file (`memcodec compact` removes them)" in words
    assert "dropped" not in run("info", grown, "--as-of", 1).stdout


@pytest.mark.parametrize("state", ["4", "0", "1999-12-31", "March 1999"])
def test_a_state_that_there_is_not(run: Run, grown: str, state: str) -> None:
    error = run("list", grown, "--as-of", state, code=9).stderr
    assert "no commit" in error and "memcodec log" in error


def test_a_state_in_words(run: Run, grown: str) -> None:
    assert uris(run, grown, "--as-of", "now") == uris(run, grown)


def test_a_state_that_cannot_be_read(run: Run, grown: str) -> None:
    error = run("list", grown, "--as-of", "last gasp", code=2).stderr
    assert "'last gasp' is not a commit's number and not a time; write a date, 2026-04-02, or" in error


# timeline


def test_timeline(run: Run, dated: str) -> None:
    lines = run("timeline", dated).stdout.splitlines()
    assert lines[::2] == [
        "2025-01-01  1 document",
        "2025-01-02  1 document",
        "2026-03-05  1 document",
        "3 documents",
    ]
    assert [line.split()[0] for line in lines[1::2]] == ["00:00", "23:59", "00:00"]
    assert [line.split()[-1] for line in lines[1::2]] == ["old.txt", "sub/late.txt", "new.txt"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), ["old.txt", "sub/late.txt", "new.txt"]),
        (("--since", "2025-01-02"), ["sub/late.txt", "new.txt"]),
        (("--until", "2025-01-02"), ["old.txt", "sub/late.txt"]),
        (("--until", "2025-01-02T23:58"), ["old.txt"]),
        (("--since", "2025-01-01T00:00:01Z", "--until", "2026-03-04"), ["sub/late.txt"]),
        (("--path", "sub/*"), ["sub/late.txt"]),
        (("--since", "2027-01-01"), []),
    ],
)
def test_timeline_within(run: Run, dated: str, options: tuple[str, ...], expected: list[str]) -> None:
    documents = json.loads(run("timeline", dated, *options, "--json").stdout)["documents"]
    assert [each["uri"] for each in documents] == expected
    count = f"{len(expected)} document{'s' * (len(expected) != 1)}" if expected else "no documents"
    assert run("timeline", dated, *options).stdout.splitlines()[-1] == count


def test_timeline_of_many_days_goes_by_the_month(run: Run, _in_utc: None) -> None:
    for day in range(40):
        path = write_documents(Path("in"), {f"{day:02}.txt": str(day)}) / f"{day:02}.txt"
        os.utime(path, (1735689600 + day * 86400,) * 2)
    run("encode", "in", "-o", "a.mp4", "--model", "none")
    lines = run("timeline", "a.mp4").stdout.splitlines()
    assert [line for line in lines if line.startswith("2025")] == [
        "2025-01  31 documents",
        "2025-02  9 documents",
    ]
    assert lines[31].split()[:2] == ["31", "00:00"]


# diff


def test_diff(run: Run, grown: str) -> None:
    lines = run("diff", grown, 1).stdout.splitlines()
    assert lines == [
        "- evil.txt",
        "+ letters/june.txt",
        "~ notes.txt",
        "1 added, 1 changed, 1 removed from commit 1 to commit 3",
    ]
    assert run("diff", grown, 2, 3).stdout.splitlines()[0] == "- evil.txt"
    assert run("diff", grown, 3, 2).stdout.splitlines()[0] == "+ evil.txt"
    assert run("diff", grown, 2, 2).stdout == "0 added, 0 changed, 0 removed from commit 2 to commit 2\n"


def test_diff_json(run: Run, grown: str) -> None:
    answer = json.loads(run("diff", grown, 1, "2999-12-31", "--json").stdout)
    assert set(answer) == {"file", "from", "to", "added", "changed", "removed"}
    assert (answer["from"], answer["to"]) == (1, 3)
    assert [each["uri"] for each in answer["added"]] == ["letters/june.txt"]
    assert [each["uri"] for each in answer["removed"]] == ["evil.txt"]
    (pair,) = answer["changed"]
    assert [pair[side]["size"] for side in ("before", "after")] == [
        len(texts["notes.txt"]) for texts in (DOCUMENTS, NEWER)
    ]


def test_diff_is_coloured_on_a_terminal(on_terminal: Callable[..., str], grown: str) -> None:
    text = on_terminal("diff", grown, 1)
    for sign, colour in (("+ letters/june.txt", 32), ("~ notes.txt", 33), ("- evil.txt", 31)):
        assert f"\x1b[{colour}m{sign}\x1b[0m" in text


# branch and rollback


@pytest.mark.parametrize("number", STATES)
def test_branch(run: Run, grown: str, number: int) -> None:
    before = Path(grown).read_bytes()
    result = run("branch", grown, number, "-o", "b.mp4")
    assert result.stdout.startswith(f"b.mp4: commit {number} of {grown}, ")
    assert uris(run, "b.mp4") == STATES[number]
    assert commits(run, "b.mp4") == commits(run, grown)[-number:]
    run("verify", "b.mp4", "--deep")
    assert Path(grown).read_bytes() == before


def test_branch_json(run: Run, grown: str) -> None:
    answer = json.loads(run("branch", grown, "2999-01-01", "-o", "b.mp4", "--json").stdout)
    assert answer == {"file": "b.mp4", "commit": 3, "size": Path("b.mp4").stat().st_size}


def test_branch_refuses(run: Run, grown: str) -> None:
    before = Path(grown).read_bytes()
    assert ".mp4" in run("branch", grown, 1, "-o", "b.flac", code=3).stderr
    assert "input" in run("branch", grown, 1, "-o", grown, "--force", code=3).stderr
    run("branch", grown, 9, "-o", "b.mp4", code=9)
    Path("b.mp4").write_text("mine")
    assert "--force" in run("branch", grown, 1, "-o", "b.mp4", code=11).stderr
    assert (Path("b.mp4").read_text(), Path(grown).read_bytes()) == ("mine", before)
    run("branch", grown, 1, "-o", "b.mp4", "--force")


def test_rollback(run: Run, grown: str) -> None:
    result = run("rollback", grown, 1)
    assert result.stdout == f"{grown}: commit 4 brings back commit 1 (+2 -2)\n"
    assert uris(run, grown) == STATES[1]
    assert json.loads(run("search", "whistles", grown, "--json").stdout)["hits"]
    for number, state in STATES.items():
        assert uris(run, grown, "--as-of", number) == state
    run("rollback", grown, 3)
    assert uris(run, grown) == STATES[3]
    run("verify", grown, "--deep")


def test_rollback_json(run: Run, grown: str) -> None:
    answer = json.loads(run("rollback", grown, 2, "--json").stdout)
    assert set(answer) == {"file", "commit"} and set(answer["commit"]) == COMMIT
    assert (answer["commit"]["number"], answer["commit"]["kind"]) == (4, "rollback")


def test_rollback_to_where_it_is_writes_nothing(run: Run, grown: str) -> None:
    before = Path(grown).read_bytes()
    assert "already; nothing was written" in run("rollback", grown, 3).stdout
    assert json.loads(run("rollback", grown, 3, "--json").stdout)["commit"] is None
    run("rollback", grown, 7, code=9)
    assert Path(grown).read_bytes() == before
