"""docs/DEPENDENCIES.md against pyproject.toml, the lock files, and what the packages say of themselves."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from memcodec.config.packages import packages

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
ROWS = [
    (name, cells[2].strip())
    for row in re.findall(r"^\| `.*$", (ROOT / "docs" / "DEPENDENCIES.md").read_text("utf-8"), re.MULTILINE)
    for cells in [row.split("|")[1:]]
    for name in re.findall(r"`([^`]+)`", cells[0])
]


def required(extras: set[str]) -> set[str]:
    lists = [PROJECT["dependencies"], *(PROJECT["optional-dependencies"][extra] for extra in extras)]
    names = {re.split(r"[^A-Za-z0-9._-]", line)[0] for each in lists for line in each}
    return names - {"memcodec"}


def test_every_package_has_its_row() -> None:
    extras = set(PROJECT["optional-dependencies"]) - {"all", "dev", "docs"}
    assert {name for name, _ in ROWS} == required(extras)
    assert len(ROWS) == len({name for name, _ in ROWS})


def test_licences_are_those_that_packages_state() -> None:
    stated = {each.name.lower(): each.licence for each in packages() if each.licence}
    wrong = {name: stated[name.lower()] for name, said in ROWS if stated.get(name.lower(), said) != said}
    assert not wrong and len(stated) > 20


@pytest.mark.parametrize(("lock", "extras"), [("demo", set[str]()), ("test", {"all", "dev"})])
def test_locks_name_every_package_by_its_hash(lock: str, extras: set[str]) -> None:
    text = (ROOT / "lock" / f"{lock}.txt").read_text("utf-8")
    pinned = re.findall(r"^([a-z0-9._-]+)==\S+[^\n]*\\\n    --hash=sha256:[0-9a-f]{64}", text, re.MULTILINE)
    lines = re.findall(r"^[a-z0-9]", text, re.MULTILINE)
    assert len(pinned) == len(lines)
    assert {re.sub(r"[._]", "-", name.lower()) for name in required(extras)} <= set(pinned)
