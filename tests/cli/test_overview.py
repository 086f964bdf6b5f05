"""The group of commands: help, version, what it does not import."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import click
import pytest

import memcodec
from memcodec.cli import COMMANDS, main
from tests.cli.support import Run, Spawn

HEAVY = {
    "numpy",
    "av",
    "faiss",
    "torch",
    "onnxruntime",
    "cv2",
    "zxingcpp",
    "sentence_transformers",
    "zstandard",
}

LOADED_BY = """
import json, sys
from memcodec.cli import main
for args in json.loads(sys.argv[1]):
    try:
        main(args)
    except SystemExit as exit:
        assert not exit.code, args
print(json.dumps(sorted(sys.modules)))
"""


def loaded_by(*runs: list[str]) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", LOADED_BY, json.dumps(runs)], capture_output=True, check=True
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_help_imports_no_heavy_package_and_no_command() -> None:
    loaded = loaded_by(["--help"], ["--version"])
    assert "click" in loaded
    assert not loaded & HEAVY
    assert not {name for name in loaded if name.startswith("memcodec.")} & {
        "memcodec.memory",
        *(f"memcodec.cli.commands.{name}" for name in COMMANDS),
    }


def test_the_commands_own_help_imports_no_heavy_package() -> None:
    assert not loaded_by(*([name, "--help"] for name in COMMANDS)) & HEAVY


def test_reading_imports_no_model_and_no_vector_library(memory_file: str) -> None:
    loaded = loaded_by(["list", memory_file], ["info", memory_file], ["verify", memory_file])
    assert not loaded & {"faiss", "torch", "onnxruntime", "sentence_transformers"}


# Modules of memcodec and its codecs that a command may load; each costs half a millisecond of its start.
STARTS = {
    ("list",): 164,
    ("info",): 170,
    ("get", "0"): 162,
    ("show", "notes.txt"): 161,
    ("search", "heron", "--mode", "lexical"): 198,
    ("search", "heron"): 198,
}
WRITING = {
    "memcodec.file.writer",
    "memcodec.ingest.loaders",
    "memcodec.jobs.client",
    "memcodec.upkeep.compact",
    "memcodec_video.writer",
    "sqlite3",
    "tarfile",
    "numpy.ma",
}


@pytest.mark.parametrize("command", STARTS)
def test_reading_loads_what_reading_needs(command: tuple[str, ...], memory_file: str) -> None:
    name, *rest = command
    given = [memory_file, *rest] if name in ("get", "show") else [*rest, memory_file]
    loaded = loaded_by([name, *given])
    assert not loaded & WRITING
    assert sum(each.startswith("memcodec") for each in loaded) <= STARTS[command]
    assert ("av" in loaded) == (name not in ("list", "info"))


def test_help_answers_at_once() -> None:
    """It takes as long as what it loads: Click, and a handful of small modules."""
    loaded = loaded_by(["--help"], ["--version"])
    tops = {name.partition(".")[0] for name in loaded if not name.startswith("_")}
    assert tops - sys.stdlib_module_names == {"click", "memcodec"}
    assert len([name for name in loaded if name.startswith("memcodec.")]) < 9
    assert not tops & {"asyncio", "http", "multiprocessing", "socket", "sqlite3", "ssl", "urllib"}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_overview_says_what_the_command_says(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.name == name
    assert str(command.help).split("\n", 1)[0] == COMMANDS[name].summary


@pytest.mark.parametrize("name", COMMANDS)
def test_every_help_shows_an_example(name: str, run: Run) -> None:
    text = run(name, "-h").stdout
    assert f"  memcodec {name} " in text or f"  memcodec {name}\n" in text
    assert "Examples:" in text


@pytest.mark.parametrize("name", COMMANDS)
def test_a_long_list_of_options_has_headings_and_lacks_none(name: str, run: Run) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    text = run(name, "--help").stdout
    lists = re.split(r"^[A-Z][a-z ]+:$", text.split("Examples:")[1], flags=re.MULTILINE)[1:]
    shown = [option for each in lists for option in re.findall(r"^  (-\S+?),? ", each + " ", re.MULTILINE)]
    options = [each.opts[0] for each in command.params if isinstance(each, click.Option)]
    assert sorted(shown) == sorted([*options, "-h"])
    assert max(len(re.findall(r"^  -", each, re.MULTILINE)) for each in lists) <= 13 or len(lists) == 1


def test_what_is_done_is_told_to_who_asks(run: Run, memory_file: str) -> None:
    quiet = run("list", memory_file)
    told = run("-v", "list", memory_file)
    assert told.stdout == quiet.stdout and quiet.stderr == ""
    assert "memcodec.file.reader: " in told.stderr and "commit 1" in told.stderr
    failed = run("--verbose", "list", "a\x1b[31m.mp4", code=11).stderr
    assert "Traceback" in failed and "\x1b" not in failed
    assert failed.splitlines()[-1].startswith("memcodec: a")
    assert run("list", "absent.mp4", code=11).stderr.count("\n") == 1


def test_version(run: Run, spawn: Spawn) -> None:
    assert run("--version").stdout == f"memcodec {memcodec.__version__}\n"
    assert spawn("--version").stdout.decode() == f"memcodec {memcodec.__version__}\n"


def test_a_mistyped_command_is_told_the_nearest(run: Run) -> None:
    result = run("serch", "x", code=2)
    assert result.stderr == "memcodec: no command 'serch'; did you mean 'search'? (see `memcodec --help`)\n"
    assert result.stdout == ""
