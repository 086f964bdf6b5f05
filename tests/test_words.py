"""Errors and notes advise what their reader can do: a call in Python, an option at the command line, a tool in MCP."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click import Context

import memcodec
from memcodec.answers import words
from memcodec.cli import main
from memcodec.errors import MemcodecError

ROOT = Path(__file__).parent.parent
#: commands that have no call: what a program does there is to run them, too
ALONE = {"fetch", "jobs", "seal"}
#: pages that are printed or carried in media, for people without a program; and what makes scripts
PAGES = {"drawing.py", "part.py", "stemmers.py"}


def messages() -> Iterator[tuple[Path, str]]:
    """What the library's errors and notes may say: every text that is neither documentation nor an argument."""
    for folder in ("memcodec", "codecs"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "cli" in path.parts or path.name in {"words.py", *PAGES}:
                continue
            tree = ast.parse(path.read_text("utf-8"))
            said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
                    yield path, node.value


MESSAGES = list(messages())


def test_the_library_names_no_option_of_the_command_line() -> None:
    flags = [
        (path.name, text)
        for path, text in MESSAGES
        if re.search(r"(?<![\w'-])--[a-z]\w+.*\s|\s--[a-z]", text)
    ]
    assert not flags


def test_the_library_names_no_command_that_has_a_call() -> None:
    named = {match[1] for _, text in MESSAGES for match in re.finditer(r"`memcodec (\w+)", text)}
    assert named == ALONE


def test_what_is_advised_can_be_said_by_the_command_line_and_is_there() -> None:
    advised = {match[1] for _, text in MESSAGES for match in re.finditer(r"(?<!`)`(\w[^` ]*)`(?!`)", text)}
    calls = {each for each in advised if each.endswith("()")}
    assert len(advised) > 20
    assert advised <= {*words.CLI, "semantic"}, advised - set(words.CLI)
    for call in calls | set(words.COMMANDS):
        assert hasattr(memcodec.Memory, call[:-2]) or hasattr(memcodec, call[:-2]), call


def test_the_command_line_has_what_it_advises() -> None:
    commands = set(main.list_commands(Context(main)))
    for text in words.COMMANDS.values():
        assert text.strip("`").split()[1] in commands
    options = {
        flag
        for name in commands
        for parameter in getattr(main.get_command(Context(main), name), "params", ())
        for flag in parameter.opts
    } | {flag for parameter in main.params for flag in parameter.opts}
    for text in words.GIVEN.values():
        flag = text.strip("`").split()[0]
        assert flag in options, text


def test_only_what_is_advised_is_said_otherwise() -> None:
    said = "`force=True`.md: exists already; use `force=True` to replace it, or `no such` thing"
    assert words.told(said) == "--force.md: exists already; use --force to replace it, or `no such` thing"
    answer = {"notes": ["use `force=True`"], "text": "use `force=True`", "rows": [{"reason": "see `log()`"}]}
    assert words.in_answer(answer) == {
        "notes": ["use --force"],
        "text": "use `force=True`",
        "rows": [{"reason": "see `memcodec log`"}],
    }


def test_a_program_is_told_what_to_call(tmp_path: Path) -> None:
    file = tmp_path / "notes.mp4"
    file.write_bytes(b"")
    with pytest.raises(MemcodecError, match=r"use `force=True` to replace it"):
        memcodec.create(file)
    memory = memcodec.create(model="none")
    memory.add("A heron.")
    memory.commit()
    with pytest.raises(MemcodecError, match=r"`documents\(\)` shows what there is"):
        memory.read("swift.md")
    with pytest.raises(MemcodecError, match=r"`Filter\(path='\*'\)` for all"):
        memory.forget(memcodec.Filter())
