"""``memcodec help``."""

from __future__ import annotations

import click


@click.command("help")
@click.argument("names", metavar="[COMMAND]...", nargs=-1)
@click.pass_context
def help_command(ctx: click.Context, names: tuple[str, ...]) -> None:
    """Explain a command, as its --help does; or list all of them.

    \b
    Examples:
      memcodec help
      memcodec help search
      memcodec help jobs wait
    """
    shown = ctx.find_root()
    for name in names:
        group = shown.command
        if not isinstance(group, click.Group):
            raise click.UsageError(f"{shown.command_path} has no commands of its own", shown)
        _, command, _ = group.resolve_command(shown, [name])
        assert command is not None  # or it is refused
        shown = command.make_context(name, [], shown, resilient_parsing=True)
    click.echo(shown.get_help())
