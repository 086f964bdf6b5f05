"""FILE, the memory file of a command, and when it may be left out: where the settings name one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any

import click

from memcodec.errors import NotAMemoryFile


class FileArgument(click.Argument):
    """FILE, or FILE..., before the command's other arguments or behind QUERY. Left out, it is ``default.file``.

    Where there are too few words for FILE and what else is needed, FILE is left out. Where there are enough, though
    the others would have room for all of them, it is left out unless the first word is a memory file: by its name's
    ending, as a URL, or by what is in it. Of the words that begin with FILE..., those at the end are for the arguments
    behind it: as many as they need, and as can be read as they are; where any
    word can be, all but memory files.
    """

    def add_to_parser(self, parser: Any, ctx: click.Context) -> None:
        """As click has it, which knows one argument of any number of words: FILE... beside another takes one first."""
        if self.nargs < 0 and any(each.nargs < 0 for each in self._behind(ctx)):
            parser.add_argument(obj=self, dest=self.name, nargs=1)
        else:
            super().add_to_parser(parser, ctx)

    def handle_parse_result(
        self, ctx: click.Context, opts: Mapping[str, Any], args: list[str]
    ) -> tuple[Any, list[str]]:
        """As click has it; and each word is given to the argument that it is for."""
        if ctx.resilient_parsing:
            return super().handle_parse_result(ctx, opts, args)
        behind = self._behind(ctx)
        words = _words([opts.get(each.name) for each in (self, *behind)])
        taken = self._taken(ctx, words, behind)
        given = tuple(words[:taken]) or tuple(filter(None, [_default()]))
        if not given:
            raise click.MissingParameter("Name a memory file, or set MEMCODEC_FILE", ctx, self)
        if behind and (taken != 1 or self.nargs < 0):
            assert isinstance(opts, dict)  # click reads the other arguments from it after this one
            _give(opts, behind, words[taken:])
        value = given if self.nargs < 0 else given[0]
        return super().handle_parse_result(ctx, {**opts, self.name: value}, args)

    def _behind(self, ctx: click.Context) -> list[click.Argument]:
        arguments = [each for each in ctx.command.params if isinstance(each, click.Argument)]
        return arguments[arguments.index(self) + 1 :]

    def _taken(self, ctx: click.Context, words: Sequence[str], behind: Sequence[click.Argument]) -> int:
        """How many words at the beginning name files."""
        if self.nargs < 0:
            taken = len(words) - _needed(ctx, words, behind)
            return (
                taken if taken or _default() else min(1, len(words))
            )  # then it is the other that is missing
        return 0 if _is_left_out(words, behind) and _default() else min(1, len(words))


def _needed(ctx: click.Context, words: Sequence[str], behind: Sequence[click.Argument]) -> int:
    """How many words at the end are for the arguments behind FILE...."""
    count = min(len(words), sum(each.required for each in behind))
    if behind and behind[0].nargs < 0 and isinstance(behind[0].type, click.types.StringParamType):
        return max(count, len(words) - sum(1 for _ in takewhile(_is_memory_file, words)))
    most = len(words) if any(each.nargs < 0 for each in behind) else len(behind)
    while count < min(most, len(words)) and _can_be(ctx, words[-count - 1], behind[0]):
        count += 1
    return count


def _can_be(ctx: click.Context, word: str, argument: click.Argument) -> bool:
    try:
        argument.type(word, argument, ctx)
    except click.BadParameter:
        return False
    return True


def _give(opts: dict[str, Any], arguments: Sequence[click.Argument], words: Sequence[str]) -> None:
    """Words for arguments, each as many as it can take."""
    for each in arguments:
        count = len(words) if each.nargs < 0 else 1
        taken, words = words[:count], words[count:]
        opts.pop(each.name, None)
        if taken:
            opts[each.name] = tuple(taken) if each.nargs < 0 else taken[0]


def _words(values: Sequence[Any]) -> list[str]:
    """What was given for arguments, in its order; click marks what was not given in its own way."""
    return [
        word
        for value in values
        if isinstance(value, str | tuple)
        for word in (value if isinstance(value, tuple) else (value,))
    ]


def _is_left_out(words: Sequence[str], others: Sequence[click.Argument]) -> bool:
    if len(words) <= sum(each.required for each in others):
        return True
    have_room = any(each.nargs < 0 for each in others) or len(words) <= len(others)
    return have_room and not _is_memory_file(words[0])


def _is_memory_file(word: str) -> bool:
    from memcodec.cli import remote_options
    from memcodec.media import registry
    from memcodec.storage.open import open_source

    suffixes = {suffix for name in registry.names() for suffix in registry.get(name).suffixes}
    if remote_options.is_far(word) or Path(word).suffix.lower() in suffixes:
        return True
    if not Path(word).is_file():
        return False
    source = open_source(word)
    try:
        registry.detect(source)
    except NotAMemoryFile:
        return False
    finally:
        source.close()
    return True


def _default() -> str:
    from memcodec.config import sources

    return sources.load().default.file
