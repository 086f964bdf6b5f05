"""``memcodec doctor``: what works here is tried; what does not is said, and is no failure unless it is the core."""

from __future__ import annotations

import json
import os
import sys
from importlib import metadata
from io import BytesIO
from pathlib import Path

import pytest

from memcodec.cli import machine
from memcodec.isolation import confine, landlock, seccomp, trial
from memcodec.isolation.confine import Confinement
from memcodec.media import registry
from memcodec.process import machine as machine_
from tests.cli.support import Run

HELD = Confinement("landlock 7", "seccomp", "seccomp", "limits")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is tried."""
    monkeypatch.setattr(machine, "_tried", lambda name: (True, True, "written and read"))
    monkeypatch.setattr(trial, "confinement", lambda: HELD)


@pytest.mark.slow
def test_what_works_is_tried(run: Run) -> None:
    found = json.loads(run("doctor", "--json").stdout)
    assert found["works"]
    assert {each["name"] for each in found["codecs"]} == set(registry.names())
    assert all(each["encode"] and each["decode"] for each in found["codecs"])
    (core,) = [each for each in found["extras"] if each["name"] == "core"]
    assert core["installed"] and {"av", "numpy"} <= {each["name"] for each in core["libraries"]}
    assert found["native"]["libavcodec"]
    if sys.platform == "linux" and landlock.version() and seccomp.is_available():
        assert found["sandbox"]["network"] == "seccomp" and found["sandbox"]["files"].startswith("landlock ")


@pytest.mark.usefixtures("quick")
def test_it_says_what_it_has_of_the_machine(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_, "cores", lambda: 3)
    monkeypatch.setattr(machine_, "free_memory", lambda: 1000 << 20)
    monkeypatch.setattr(os, "cpu_count", lambda: 16)
    found = json.loads(run("doctor", "--json").stdout)["machine"]
    assert (found["cores"], found["machine_cores"], found["memory"], found["workers"]) == (
        3,
        16,
        1000 << 20,
        2,
    )
    assert "3 of 16 cores; 1 GB of memory free; 2 index workers" in run("doctor").stdout


@pytest.mark.skipif(sys.platform == "win32", reason="its names of files are others")
def test_an_open_sandbox_is_not_taken_for_a_closed_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confine, "_held", HELD)
    ((held, _),) = trial._attempts(BytesIO(b"sound"))
    assert held == {"files": "", "network": "", "programs": "", "memory": "limits"}


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("held", [None, Confinement("", "", "", "limits")])
def test_a_system_without_a_sandbox_is_named(
    held: Confinement | None, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "confinement", lambda: held)
    found = json.loads(run("doctor", "--json").stdout)
    (check,) = [each for each in found["checks"] if each["name"] == "sandbox"]
    assert found["works"] and not check["works"] and found["sandbox"]["network"] is None
    assert "sandbox     weak: " in run("doctor").stdout


@pytest.mark.usefixtures("quick")
def test_a_core_that_does_not_work_is_the_exit_code(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> object:
        raise ImportError("libdav1d.so: wrong ELF class")

    monkeypatch.undo()
    monkeypatch.setattr(trial, "confinement", lambda: HELD)
    monkeypatch.setattr("memcodec.create", lambda **options: broken("av1"))
    done = run("doctor", "--json", code=1)
    found = json.loads(done.stdout)
    assert not found["works"] and found["codecs"][0]["decode"] is None
    assert done.stderr.count("\n") == 1 and "ImportError: libdav1d.so: wrong ELF class" in done.stderr


@pytest.mark.usefixtures("quick")
def test_settings_that_cannot_be_used_are_the_exit_code(run: Run) -> None:
    Path("memcodec.toml").write_text("[encode]\nnonsense = 1\n")
    assert "nonsense" in run("doctor", code=1).stderr


@pytest.mark.usefixtures("quick")
def test_a_library_that_is_missing_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    version = metadata.version

    def without(name: str) -> str:
        if name.lower() == "pyarrow":
            raise metadata.PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr(metadata, "version", without)
    extras = {each["name"]: each for each in json.loads(run("doctor", "--json").stdout)["extras"]}
    assert not extras["data"]["installed"]
    assert {"name": "pyarrow", "version": None} in extras["data"]["libraries"]
    assert "missing pyarrow" in run("doctor").stdout
    assert not {"all", "dev", "docs"} & set(extras)


@pytest.mark.usefixtures("quick")
def test_folders_have_their_sizes(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "memcodec" / "spans").mkdir(parents=True)
    (tmp_path / "memcodec" / "spans" / "one").write_bytes(bytes(1234))
    folders = {each["name"]: each for each in json.loads(run("doctor", "--json").stdout)["folders"]}
    if sys.platform == "linux":
        assert folders["spans"] == {"name": "spans", "path": str(tmp_path / "memcodec/spans"), "bytes": 1234}
