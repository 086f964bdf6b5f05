"""Without a program a test is skipped and says what to install; in CI it fails. However it comes to miss it."""

from __future__ import annotations

import subprocess

import pytest

from tests.support import needs


@pytest.fixture(autouse=True)
def _absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(needs.PACKAGES, "no-such-program", "nothing-of-the-kind")
    monkeypatch.delenv("CI", raising=False)


def test_it_is_skipped() -> None:
    with pytest.raises(
        pytest.skip.Exception, match="no no-such-program here: apt install nothing-of-the-kind"
    ):
        needs.needs("no-such-program")
    with pytest.raises(pytest.skip.Exception, match="no no_such_library here: make test"):
        needs.library("no_such_library.part")


def test_in_ci_it_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="apt install nothing-of-the-kind"):
        needs.needs("no-such-program")
    with pytest.raises(pytest.fail.Exception, match="no no_such_library here"):
        needs.needs_library("no_such_library")


@pytest.mark.parametrize("name", ["no-such-program", "of-which-we-know-nothing"])
def test_a_program_that_was_to_be_run_is_known(name: str) -> None:
    with pytest.raises(FileNotFoundError) as missed:
        subprocess.run([name], check=True)
    assert needs.missing_program(missed.value) == (name if name in needs.PACKAGES else None)


def test_what_is_here_has_a_path() -> None:
    assert needs.needs("bash").endswith("/bash")
    assert needs.missing_program(FileNotFoundError(2, "No such file or directory", "bash")) is None
