"""Several edit one note in processes of their own while its service is killed again and again.

By default a small run; MEMCODEC_NOTES_EDITS (1000) and MEMCODEC_NOTES_KILLS (20) make a large one.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.service.conftest import made
from tests.service.notes.conftest import REST, commits, free_port, in_file, noting, surviving

EDITS = int(os.environ.get("MEMCODEC_NOTES_EDITS", "100"))
KILLS = int(os.environ.get("MEMCODEC_NOTES_KILLS", "2"))
PEOPLE = 5


def check(text: str, logs: list[Path]) -> int:
    """Every token that was acknowledged is there, once, and none that was taken out; how many of these there are."""
    count, tokens = 0, re.findall(r"\[\w+-\d+\]", text)
    assert "".join(tokens) == text
    assert len(set(tokens)) == len(tokens)
    for log in logs:
        lines = log.read_text().split("\n")[:-1]  # the last one may be half written
        put, taken, meant = ({each[1:] for each in lines if each[0] == kind} for kind in "+-?")
        assert put - meant <= set(tokens)
        assert not taken & set(tokens)
        count += len(put) + len(taken)
    return count


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_and_all_texts_are_equal(tmp_path: Path) -> None:
    path, state, port, chance = (
        made(tmp_path / "birds.mp4", 1),
        tmp_path / "state",
        free_port(),
        random.Random(11),
    )
    logs = [tmp_path / f"{name}.log" for name in "abcde"]
    before, seen = len(commits(path)), list[int]()
    people = list[subprocess.Popen[str]]()
    try:
        for kill in range(KILLS + 1):
            with noting(path, state, port=port) as service:
                if not people:
                    url = f"{service.url.replace('http', 'ws')}/live/birds.mp4/notes/all.md"
                    for number, log in enumerate(logs):
                        log.touch()
                        command = [sys.executable, "-m", "tests.service.notes.editing", url, log.stem]
                        command += [str(EDITS // len(logs)), str(number), str(log)]
                        people.append(
                            subprocess.Popen(
                                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
                            )
                        )
                if kill == KILLS:
                    for each in people:
                        assert each.stdout is not None
                        assert each.stdout.readline() == "done\n"
                    texts = _texts(people)
                    assert len(set(texts)) == 1
                    assert check(texts[0], logs) == EDITS // len(logs) * len(logs)
                    _rests(path, texts[0])
                    for each in people:
                        each.communicate(timeout=30)
                    assert service.stop() == 0
                else:
                    enough = EDITS * (kill + chance.uniform(0.1, 0.9)) / (KILLS + 1)
                    while sum(line[0] in "+-" for log in logs for line in log.read_text().split()) < enough:
                        time.sleep(0.01)
                    time.sleep(chance.random() * 0.1)
                    service.process.kill()
                    service.process.wait()
                    time.sleep(0.02)
                    seen.append(check(surviving(path, state, "notes/all.md"), logs))
    finally:
        for each in people:
            each.kill()
            each.wait()
            for pipe in (each.stdin, each.stdout):
                assert pipe is not None
                pipe.close()
    assert in_file(path, "notes/all.md") == texts[0]
    assert seen == sorted(seen)
    print(  # noqa: T201
        f"{EDITS} edits by {PEOPLE}, {KILLS} kills when {seen} were acknowledged, none lost, all texts equal; "
        f"{len(commits(path)) - before} commits in media"
    )


def _texts(people: list[subprocess.Popen[str]]) -> list[str]:
    """What each of them has, once all of it has come to all."""
    end = time.monotonic() + 30
    while True:
        texts = list[str]()
        for each in people:
            assert each.stdin is not None
            assert each.stdout is not None
            each.stdin.write("\n")
            each.stdin.flush()
            texts.append(json.loads(each.stdout.readline()))
        if len(set(texts)) == 1 or time.monotonic() > end:
            return texts
        time.sleep(0.05)


def _rests(path: Path, text: str) -> None:
    """It is committed once it rests, once."""
    end = time.monotonic() + 30
    while in_file(path, "notes/all.md") != text:
        assert time.monotonic() < end
        time.sleep(0.05)
    numbers = commits(path)
    time.sleep(3 * REST)
    assert commits(path) == numbers
