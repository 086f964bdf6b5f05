"""Patterns of ``.gitignore`` and ``--exclude``: as git has them, and never slow."""

from __future__ import annotations

import random
import subprocess
import time
from pathlib import Path

import pytest

from memcodec.ingest import globs
from memcodec.ingest.ignore import Rules

PIECES = [
    "a",
    "b",
    "ab",
    "*",
    "?",
    "**",
    "[ab]",
    "[!a]",
    "[a-c]",
    "[]a]",
    "[a",
    "\\*",
    "\\",
    "[[:alpha:]]",
    ".",
    "-",
]
NAMES = ["a", "b", "c", "ab", "aab", "-", "]", "a.b", "[a"]


def git_ignores(folder: Path, pattern: str, paths: list[str]) -> set[str]:
    (folder / ".gitignore").write_text(pattern + "\n")
    command = [
        "git",
        "-C",
        str(folder),
        "-c",
        "core.excludesFile=",
        "check-ignore",
        "--no-index",
        "--stdin",
        "-z",
    ]
    told = subprocess.run(command, input="\0".join(paths).encode(), capture_output=True, check=False)
    return {each.decode() for each in told.stdout.split(b"\0") if each}


def ignored(rules: Rules, path: str) -> bool:
    """Whether a walk leaves a file out: it, or a folder above it."""
    names = path.split("/")
    above = ("/".join(names[:count]) for count in range(1, len(names)))
    return any(rules.ignore(each, folder=True) for each in above) or rules.ignore(path, folder=False)


@pytest.mark.slow
def test_patterns_mean_what_they_mean_to_git(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    source = random.Random(7)
    paths = sorted({"/".join(source.choices(NAMES, k=depth)) for depth in (1, 2, 3) for _ in range(12)})
    files = [path for path in paths if not any(other.startswith(path + "/") for other in paths)]
    for path in files:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    for _ in range(60):
        # Within a name git takes two stars for a star or for two, by what stands before them; its manual: for one.
        parts = [
            source.choice(
                ["**", *["".join(source.choices(PIECES, k=source.randint(1, 3))) for _ in range(4)]]
            )
            for _ in range(source.randint(1, 3))
        ]
        if any("**" in part and part != "**" for part in parts):
            continue
        pattern = source.choice(["", "", "/", "!"]) + "/".join(parts) + source.choice(["", "", "/"])
        parsed = globs.parse(pattern)
        rules = Rules((("", (parsed,)),)) if parsed else Rules()
        assert {path for path in files if ignored(rules, path)} == git_ignores(tmp_path, pattern, files), (
            pattern
        )


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 60 + "b", "a" * 250),
        ("**/a/" * 60 + "b", "/".join(["a"] * 200)),
        ("/".join(["*a" * 20 + "b"] * 20), "/".join(["a" * 100] * 20)),
        ("[" * 5000, "["),
        ("\\" * 5001, "\\"),
        ("[[:" * 2000, "["),
    ],
)
def test_no_pattern_is_slow(pattern: str, path: str) -> None:
    began = time.process_time()
    parsed = globs.parse(pattern)
    assert parsed is None or not parsed.matches(path.split("/"), folder=False)
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize("line", ["", "#a", "!", "/", "//", "a//b", "[a", "a\\", "  "])
def test_what_is_no_pattern_is_none(line: str) -> None:
    assert globs.parse(line) is None
