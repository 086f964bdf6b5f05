"""docs/CLI.md and the commands say the same: every command, option, default, example and exit code."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from memcodec import errors
from memcodec.cli import COMMANDS, main
from memcodec.cli.options import Setting, default_of
from memcodec.cli.unlocking import OPTIONS, in_front

PAGE = (Path(__file__).parent.parent / "docs" / "CLI.md").read_text("utf-8")
SECTIONS = {part.split("\n", 1)[0]: part for part in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]}
OTHERS = {"Settings", "Output", "Exit codes"}


def command(name: str) -> click.Command:
    found = main.get_command(click.Context(main), name)
    assert found is not None
    return found


def options(name: str) -> list[click.Option]:
    return [each for each in command(name).params if isinstance(each, click.Option)]


def documented(name: str) -> dict[str, str]:
    """A section's option names, each with its row's default."""
    found = {}
    for cells in (
        re.split(r"(?<!\\)\|", row)[1:-1] for row in re.findall(r"^\| `-.*$", SECTIONS[name], re.MULTILINE)
    ):
        for option in re.findall(r"`(--?[A-Za-z-]+)", cells[0]):
            found[option] = cells[2].strip()
    return found


def test_every_command_has_a_section_and_every_section_a_command() -> None:
    assert set(SECTIONS) - OTHERS == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_options_are_documented_and_documented_options_exist(name: str) -> None:
    assert set(documented(name)) == {text for option in options(name) for text in option.opts}


@pytest.mark.parametrize("name", COMMANDS)
def test_documented_defaults_are_the_settings(name: str) -> None:
    for option in options(name):
        if isinstance(option, Setting) and option.show_default is not False:
            for text in option.opts:
                assert documented(name)[text] == default_of(str(option.name)), text


@pytest.mark.parametrize("name", COMMANDS)
def test_documented_arguments_are_the_commands(name: str) -> None:
    arguments = [each.metavar for each in command(name).params if isinstance(each, click.Argument)]
    usage = SECTIONS[name].split("`")[1]
    for metavar in filter(None, arguments):
        assert metavar in usage


def examples() -> list[str]:
    helps = [str(command(name).help) for name in COMMANDS] + [str(main.help)]
    lines = [line.strip() for text in (PAGE, *helps) for line in text.splitlines()]
    shown = [re.sub(r"^\$ |^git log \| ", "", re.sub(r"^\$ ", "", line)) for line in lines]
    return sorted(
        {re.split(r" (?:\||&&) ", line)[0] for line in shown if re.match(r"memcodec [a-z]+ ", line)}
    )


@pytest.mark.parametrize("example", examples())
def test_examples_parse(example: str) -> None:
    _, name, *args = shlex.split(example)
    ours = [each for each in in_front(args) if each in OPTIONS]
    args = in_front(args)[2 * len(ours) :]  # what the program itself takes
    command(name).make_context(name, args, click.Context(main, **main.context_settings))


def test_there_are_examples_for_every_command() -> None:
    assert {example.split()[1] for example in examples()} >= set(COMMANDS) - {"codecs", "models"}


def test_exit_codes_are_documented() -> None:
    rows = dict(re.findall(r"^\| (\d+) \| (.*) \|$", SECTIONS["Exit codes"], re.MULTILINE))
    for error in vars(errors).values():
        if isinstance(error, type) and issubclass(error, errors.MemcodecError) and error.exit_code > 1:
            assert f"{error.__name__}: " in rows[str(error.exit_code)]
