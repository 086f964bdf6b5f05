"""FILE, the memory file of a command, and when it may be left out: where the settings name one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from memcodec.errors import NotAMemoryFile


class FileArgument(click.Argument):
    """FILE, or FILE..., before the command's other arguments or behind QUERY. Left out, it is ``default.file``.

    Where there are too few words for FILE and what else is needed, FILE is left out. Where there are enough, though
    the others would have room for all of them, it is left out unless the first word is a memory file: by its name's
    ending, as a URL, or by what is in it.
    """

    def handle_parse_result(
        self, ctx: click.Context, opts: Mapping[str, Any], args: list[str]
    ) -> tuple[Any, list[str]]:
        """As click has it; and the words that were given go to the arguments behind a FILE that was left out."""
        if ctx.resilient_parsing:
            return super().handle_parse_result(ctx, opts, args)
        if self.nargs == 1:
            opts = self._placed(ctx, opts)
        elif not _words([opts.get(self.name)]) and (file := _default()):
            opts = {**opts, self.name: (file,)}
        if not _words([opts.get(self.name)]):
            raise click.MissingParameter("Name a memory file, or set MEMCODEC_FILE", ctx, self)
        return super().handle_parse_result(ctx, opts, args)

    def _placed(self, ctx: click.Context, opts: Mapping[str, Any]) -> Mapping[str, Any]:
        others = [
            each for each in ctx.command.params if isinstance(each, click.Argument) and each is not self
        ]
        words = _words([opts.get(each.name) for each in (self, *others)])
        if not _is_left_out(words, others) or not (file := _default()):
            return opts
        assert isinstance(opts, dict)  # click reads the other arguments from it after this one
        opts[self.name] = file
        for each in others:
            count = len(words) if each.nargs < 0 else 1
            taken, words = words[:count], words[count:]
            opts.pop(each.name, None)
            if taken:
                opts[each.name] = tuple(taken) if each.nargs < 0 else taken[0]
        return opts


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
    from memcodec.config import settings

    return settings.load().default.file
