"""docs/INTEGRATIONS.md and the examples of memories do what they say."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import memcodec
from tests.support.chatserver import chat_server, streamed

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "INTEGRATIONS.md").read_text("utf-8")
CODE = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
MAKE, RAM, BLOB, LANGCHAIN, LLAMAINDEX, MCP, CHAT = CODE


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with the page's file in it, and the command in a folder of its own."""
    tool = tmp_path / "bin" / "memcodec"
    tool.parent.mkdir()
    tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m memcodec "$@"\n')
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    run(tmp_path, MAKE.replace('"notes.mp4")', '"notes.mp4", model="none")'))
    return tmp_path


def run(place: Path, *args: str) -> str:
    """What Python code, or an example, prints there."""
    command = args if len(args) > 1 else ("-c", *args)
    path = f"{place / 'bin'}:{os.environ['PATH']}"
    done = subprocess.run(
        [sys.executable, *command],
        cwd=place,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def said(code: str) -> str:
    """What the page says that an example's last line prints."""
    return re.findall(r"  # (.*)$", code, re.MULTILINE)[-1]


@pytest.mark.parametrize(
    "code", [RAM.replace("create()", 'create(model="none")'), LANGCHAIN, LLAMAINDEX, MCP]
)
def test_the_pages_examples(code: str, place: Path) -> None:
    printed = run(place, code)
    assert "birds/herons.md" in printed
    assert printed.splitlines()[-1] == said(code)
    assert len(code.splitlines()) <= 13


def test_the_pages_storage_of_ones_own(place: Path) -> None:
    assert run(place, BLOB).strip() == said(BLOB)


def test_the_pages_conversation(place: Path) -> None:
    with chat_server() as server:
        server.script = streamed("In April [1].")
        printed = run(place, CHAT.replace("http://127.0.0.1:8080/v1", server.url))
    assert printed == "In April [1]. ['birds/herons.md:1']\n"


def test_the_pages_settings_start_the_server(place: Path) -> None:
    settings: dict[str, Any] = json.loads(re.findall(r"^```json\n(.*?)^```", PAGE, re.M | re.S)[0])
    server = settings["mcpServers"]["notes"]
    code = f"""
import subprocess
done = subprocess.run([{server["command"]!r}, *{server["args"]!r}], stdin=subprocess.DEVNULL, timeout=60)
print(done.returncode)
"""
    assert run(place, code) == "0\n"


def test_the_metadata_the_page_names_are_those_there_are(place: Path) -> None:
    from memcodec.agents import passages

    table = PAGE.split("## What a passage says of itself")[1].split("\n\n")[1]
    named = {name for row in table.splitlines()[2:] for name in re.findall(r"`(\w+)`", row.split("|")[1])}
    with memcodec.open(place / "notes.mp4") as memory:
        assert named == set(passages.about(memory.search("heron")[0]))


@pytest.mark.parametrize(
    ("name", "args", "words"),
    [
        ("chat_history.py", [], ["user: Three. Last winter the mice got into one of them."]),
        ("shared_tasks.py", [], ["6 of 6 tasks done, each once\nfound/Graz.txt\n"]),
        ("async_service.py", [], ["ada: The spare key hangs behind the clock.\nben: The spare key is under"]),
        ("mailbox_memory.py", [], ["2 new messages", "Bo <bo@example.org>: Kettle", "The kettle is broken."]),
        ("codebase.py", [str(ROOT / "memcodec/agents/chat"), "."], ["new, 0 changed\nnothing new\n", "quoting.py:"]),
    ],
)  # fmt: skip
def test_the_examples(name: str, args: list[str], words: list[str], tmp_path: Path) -> None:
    printed = run(tmp_path, str(ROOT / "examples" / name), *(args or ["."]))
    assert all(each in printed for each in words), printed
    if name == "mailbox_memory.py":
        assert run(tmp_path, str(ROOT / "examples" / name), ".").startswith("0 new messages")
