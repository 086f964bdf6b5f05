"""``memcodec completion``, and what is offered when a shell asks to complete a command line.

click does the work (its documentation, "Shell Completion"). What it lacks is here: arguments are completed as files,
since here a FILE may be a URL and click takes it for any text; and ``--codec`` offers the codecs there are.
"""

from __future__ import annotations

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
)

PROGRAM, VARIABLE = "memcodec", "_MEMCODEC_COMPLETE"


class _Offers(ShellComplete):
    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
        """What may stand in the place of ``incomplete``, after ``args``."""
        option = args[-2:-1] if args[-1:] == ["="] else args[-1:]
        if option == ["--codec"]:
            return [CompletionItem(name) for name in _codecs() if name.startswith(incomplete)]
        found = super().get_completions(args, incomplete)
        if found or not args or incomplete.startswith("-"):
            return found
        return [CompletionItem(incomplete, type="file")]


def _codecs() -> list[str]:
    from memcodec.media import registry

    return list(registry.names())


@add_completion_class
class Bash(_Offers, BashComplete):
    """In bash, 4.4 and later."""


@add_completion_class
class Zsh(_Offers, ZshComplete):
    """In zsh."""


@add_completion_class
class Fish(_Offers, FishComplete):
    """In fish."""


SHELLS: dict[str, type[ShellComplete]] = {"bash": Bash, "zsh": Zsh, "fish": Fish}


@click.command("completion")
@click.argument("shell", metavar="SHELL", type=click.Choice(list(SHELLS)))
def completion_command(shell: str) -> None:
    """Print what makes a shell complete memcodec's command lines.

    SHELL is bash, zsh or fish. The shell reads what is printed, and from then on the Tab key completes commands,
    options, their values and the names of files.

    \b
    Examples:
      memcodec completion bash | tee ~/.local/share/bash-completion/completions/memcodec
      memcodec completion zsh | tee ~/.zfunc/_memcodec
      memcodec completion fish | tee ~/.config/fish/completions/memcodec.fish
    """
    from memcodec.cli import main

    click.echo(SHELLS[shell](main, {}, PROGRAM, VARIABLE).source())
