"""A user without a home whom no table of users knows, as in containers and services: it works, or is one line."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.support import program

NOBODY = 54321
READS_ALL = (
    "--inh-caps=+dac_read_search",
    "--ambient-caps=+dac_read_search",
)  # this project may lie in a closed folder
AS_NOBODY = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *READS_ALL]
COMMANDS = [
    "models",
    "codecs",
    "encode notes -o new.mp4",
    "encode notes -o new.mp4 --model none",
    "search heron m.mp4",
    "search heron http://127.0.0.1:1/m.mp4 --cache 10MB",
    "fetch http://127.0.0.1:1/m.mp4 new.mp4",
    "index m.mp4",
    "index m.mp4 --background",
    "append m.mp4 notes",
    "compact m.mp4",
    "restore m.mp4 -o out",
    "jobs list",
]


@pytest.mark.slow
@pytest.mark.parametrize("home", [None, "/nonexistent"])
@pytest.mark.parametrize("command", COMMANDS)
def test_it_works_or_is_one_line(command: str, home: str | None, memory_file: str, tmp_path: Path) -> None:
    if os.geteuid():
        pytest.skip("only root may become another user")
    for folder in [tmp_path, *tmp_path.parents]:
        if folder.stat().st_mode & 0o001 == 0:
            folder.chmod(0o755)
    shutil.copy(memory_file, tmp_path / "m.mp4")
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").write_text("The heron waits.\n")
    for path in (tmp_path, tmp_path / "notes", tmp_path / "m.mp4"):
        os.chown(path, NOBODY, NOBODY)
    environ = {"PATH": os.environ["PATH"], "HF_HUB_OFFLINE": "1", **({"HOME": home} if home else {})}
    done = subprocess.run(
        [*AS_NOBODY, *program(*command.split())],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
        timeout=120,
    )
    assert "Traceback" not in done.stderr
    if done.returncode:
        assert done.stderr.count("\n") == 1 and done.stderr.startswith("memcodec: "), done.stderr
    assert not (tmp_path / "~").exists()
