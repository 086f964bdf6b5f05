"""Completion, as a real bash asks for it."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from memcodec.cli import COMMANDS
from memcodec.media import registry
from tests.cli.support import Run

BASH = shutil.which("bash")

# What bash does when the Tab key is pressed: it calls the function that is registered for the command.
ASK = """
eval "$(memcodec completion bash)"
read -r -a COMP_WORDS <<< "$1"
[[ "$1" == *" " ]] && COMP_WORDS+=("")
COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
function compopt() { echo compopt "$@"; }
how=$(complete -p memcodec)
"$(sed -E 's/.*-F ([^ ]+) .*/\\1/' <<< "$how")" memcodec
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def offered(tmp_path: Path) -> Callable[[str], list[str]]:
    """What the Tab key offers at the end of a line."""
    assert BASH, "these tests need bash"
    tool = tmp_path / "bin" / "memcodec"
    tool.parent.mkdir()
    tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m memcodec "$@"\n')
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    environ = {**os.environ, "PATH": f"{tool.parent}:{os.environ['PATH']}"}

    def press_tab(line: str) -> list[str]:
        done = subprocess.run(
            [str(BASH), "--norc", "-c", ASK, "bash", line],
            capture_output=True,
            text=True,
            env=environ,
            timeout=60,
            check=True,
        )
        assert done.stderr == ""
        return done.stdout.split("\n")[:-1]

    return press_tab


def test_commands(offered: Callable[[str], list[str]]) -> None:
    assert set(offered("memcodec ")) == set(COMMANDS)
    assert offered("memcodec comp") == ["compact", "completion"]


@pytest.mark.slow
def test_options_and_their_values(offered: Callable[[str], list[str]]) -> None:
    assert {"--codec", "--profile"} <= set(offered("memcodec encode --"))
    assert set(offered("memcodec encode x -o y --profile ")) == {"dense", "robust"}
    assert set(offered("memcodec search x --mode ")) == {"hybrid", "lexical", "semantic"}
    assert set(offered("memcodec encode --codec ")) == set(registry.names())
    assert offered("memcodec convert a b --codec fl") == ["flac"]
    assert set(offered("memcodec completion ")) == {"bash", "zsh", "fish"}
    assert {"list", "status", "cancel"} <= set(offered("memcodec jobs "))


def test_files(offered: Callable[[str], list[str]]) -> None:
    assert offered("memcodec info no") == ["compopt -o default", ""]
    assert offered("memcodec no-such-comm") == [""]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_each_shell_asks_this_program(shell: str, run: Run) -> None:
    text = run("completion", shell).stdout
    assert f"_MEMCODEC_COMPLETE={shell}_complete" in text


def test_clicks_own_way_gives_the_same(run: Run) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "memcodec"],
        env={**os.environ, "_MEMCODEC_COMPLETE": "bash_source"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "complete -o nosort" in done.stdout


def test_other_shells_are_refused(run: Run) -> None:
    assert "is not one of" in run("completion", "csh", code=2).stderr
