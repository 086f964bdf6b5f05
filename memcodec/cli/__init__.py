"""The command line: the table of commands, each loaded from the module of its name when it runs.

``exits.py`` turns errors into messages and exit codes, ``console.py`` writes for a person or as JSON,
``tables.py`` aligns columns, ``progress.py`` draws bars, ``options.py`` makes options of settings; ``commands/``
holds the commands.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NamedTuple

import click

from memcodec.cli import console, exits
from memcodec.version import __version__


class Listing(NamedTuple):
    """A command before it is loaded: its heading in the overview, its one-line summary."""

    section: str
    summary: str


# The summaries stand here too so that the overview loads no command.
COMMANDS = {
    "encode": Listing("Write", "Turn files, folders or standard input into a memory file."),
    "append": Listing("Write", "Add files, folders, standard input or a note to a memory file."),
    "sync": Listing("Write", "Make a memory file mirror folders and files: new, changed and deleted ones."),
    "merge": Listing("Write", "Join memory files into one."),
    "tag": Listing("Write", "Give documents other tags, another title, author or language."),
    "forget": Listing("Write", "Remove documents from a memory file's current state."),
    "fold": Listing("Write", "Fold a file's journal: make a commit of it, with media, parity and index."),
    "sign": Listing("Write", "Sign what a memory file holds."),
    "compact": Listing("Write", "Rewrite a memory file without its history."),
    "index": Listing("Write", "Build the indexes that memory files lack."),
    "jobs": Listing("Write", "Watch and control the indexing that runs in the background."),
    "convert": Listing("Write", "Convert a memory to another medium."),
    "seal": Listing("Seal", "Write a sealed copy of a memory file: encrypted, and still searched in place."),
    "unseal": Listing("Seal", "Write a plain copy of a sealed memory file."),
    "recipients": Listing("Seal", "List for whom a memory file is sealed, and change it."),
    "rotate": Listing("Seal", "Seal what is written from now on with a new key."),
    "reseal": Listing("Seal", "Write a sealed memory file anew, all of it under a new key."),
    "capsule": Listing("Seal", "Write a part of a memory for somebody, sealed, with rules for its use."),
    "search": Listing("Find", "Search one or many memory files."),
    "show": Listing("Find", "Print a document, or the lines around one."),
    "open": Listing("Find", "Print the text around a hit."),
    "get": Listing("Find", "Print chunks by their numbers."),
    "chat": Listing("Find", "Ask memory files questions, and have a model answer from them."),
    "mcp": Listing("Find", "Serve memory files to a program that speaks MCP."),
    "runs": Listing("Find", "See what agents did, and have them do it again."),
    "live": Listing("Find", "Search a stream as it flows: the newest lines, in memory."),
    "graph": Listing("Understand", "Draw what memory files speak of, and what belongs together."),
    "synthesize": Listing("Understand", "Put together what memory files say about something."),
    "topics": Listing("Understand", "List the topics of memory files."),
    "trends": Listing("Understand", "Tell what memory files came to speak of, and what they left."),
    "dashboard": Listing("Understand", "Write a page that shows memory files from above."),
    "list": Listing("Read", "List the documents in memory files."),
    "restore": Listing("Read", "Write documents back to files, byte for byte."),
    "cat": Listing("Read", "Write documents to standard output, byte for byte."),
    "mount": Listing("Read", "Show documents as read-only files in a folder."),
    "log": Listing("History", "List the commits of memory files."),
    "timeline": Listing("History", "Show the documents in the order of their times."),
    "diff": Listing("History", "Show which documents changed between two states of memory files."),
    "branch": Listing("History", "Make a new file from an old state."),
    "rollback": Listing("History", "Restore an old state, as a new commit."),
    "info": Listing("Check", "Show what is inside, and where every byte of the file went."),
    "verify": Listing("Check", "Check memory files for damage."),
    "prove": Listing("Check", "Prove that a passage is part of what was signed."),
    "repair": Listing("Check", "Rebuild a memory file from what its media still holds."),
    "split": Listing("Share", "Split a memory file into numbered parts, small enough to send."),
    "join": Listing("Share", "Put the parts of a memory file together again."),
    "publish": Listing("Share", "Upload a memory file to a bucket."),
    "fetch": Listing("Share", "Download a memory file."),
    "page": Listing("Share", "Make a web page that searches a memory file in the visitor's browser."),
    "serve": Listing("Share", "Share memory files over HTTP: a page that searches them, an API, events."),
    "print": Listing("Share", "Print a small memory on paper, as pages of QR symbols."),
    "scan": Listing("Share", "Read printed pages back into a memory file."),
    "spectrum": Listing("About", "Draw what a memory file looks like."),
    "codecs": Listing("About", "List the codecs: the kinds of media a memory file can be."),
    "models": Listing("About", "List the embedding models on this machine."),
    "about": Listing("About", "Show the versions and licences of memcodec and of the packages it uses."),
    "config": Listing("About", "See the settings in force."),
    "doctor": Listing("About", "Check what works on this machine: sandbox, codecs, extras, caches."),
    "cache": Listing("About", "Show what memcodec keeps on this machine, and clear it."),
    "help": Listing("About", "Explain a command, as its --help does; or list all of them."),
    "completion": Listing("About", "Print what makes a shell complete memcodec's command lines."),
}


# What a command loads it keeps: to look through it for garbage is a tenth of its start.
_GARBAGE = 50_000
_UNLOCKING = ("--identity", "--passphrase-file")  # what unlocking.py reads, wherever it stands


class Commands(click.Group):
    """A group that imports a command's module when the command is asked for, and ends every error in one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"memcodec.cli.commands.{cmd_name}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and not args[0].startswith("-") and not ctx.resilient_parsing:
            raise click.UsageError(f"no command {args[0]!r}{_nearest(args[0])}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for section in dict.fromkeys(entry.section for entry in COMMANDS.values()):
            with formatter.section(section):
                formatter.write_dl(
                    [
                        (name.ljust(8), entry.summary)
                        for name, entry in COMMANDS.items()
                        if entry.section == section
                    ]
                )

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if any(each.startswith(_UNLOCKING) for each in args):
            args = import_module("memcodec.cli.unlocking").in_front(args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        with exits.translated():
            return super().invoke(ctx)

    def main(  # type: ignore[override]
        self, args: Sequence[str] | None = None, *, standalone_mode: bool = True, **extra: Any
    ) -> Any:
        if not standalone_mode:
            return super().main(args, standalone_mode=False, **extra)
        gc.set_threshold(_GARBAGE)
        with exits.reported():
            return super().main(args, standalone_mode=False, **extra)

    def _main_shell_completion(self, *args: Any, **options: Any) -> None:
        if "_MEMCODEC_COMPLETE" in os.environ:
            import_module("memcodec.cli.commands.completion")  # which tells click what to offer
        super()._main_shell_completion(*args, **options)


def _ask(name: str) -> str | None:
    from memcodec.cli import unlocking  # few files are sealed

    return unlocking.ask(name)


def _nearest(wanted: str) -> str:
    from difflib import get_close_matches  # needed to word an error only

    close = get_close_matches(wanted, COMMANDS, 1)
    return f"; did you mean {close[0]!r}?" if close else ""


@click.group(
    "memcodec",
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Settings come from memcodec.toml, MEMCODEC_* variables and options, the last winning; `memcodec config "
    "show` tells them. Where MEMCODEC_FILE names a memory file, FILE may be left out. `memcodec COMMAND --help` "
    "explains a command and shows examples.",
)
@click.version_option(__version__, "-V", "--version", prog_name="memcodec", message="%(prog)s %(version)s")
@click.option(
    "-v", "--verbose", is_flag=True, help="Tell on standard error what is done, and where errors come from."
)
@click.option(
    "--identity",
    metavar="FILE",
    multiple=True,
    help="Open sealed files with the secret keys in FILE, of age or OpenSSH. Every command takes it. Repeatable.",
)
@click.option(
    "--passphrase-file",
    metavar="FILE",
    help="Open or seal files with the passphrase in FILE, or - for standard input. Every command takes it.",
)
@click.pass_context
def main(ctx: click.Context, verbose: bool, identity: tuple[str, ...], passphrase_file: str | None) -> None:
    """Turn text into media files that search themselves.

    A memory file is one ordinary video whose every frame is a grid of real QR codes, or one ordinary FLAC
    recording whose every block is a spectrum. They hold your documents, compressed and protected, and the search
    index is inside. It plays anywhere, answers searches, survives damage, and gives every document back byte
    for byte.

    \b
    Examples:
      memcodec encode notes/ -o notes.mp4
      memcodec search "when do herons nest" notes.mp4
      memcodec append notes.mp4 letters/
      memcodec restore notes.mp4 -o restored/
    """
    from memcodec.process import secrecy

    secrecy.ask = _ask  # of a person at a terminal; a library asks nobody
    if identity or passphrase_file is not None:
        from memcodec.cli import unlocking

        unlocking.allow(identity, passphrase_file)
        ctx.call_on_close(unlocking.forget)
    if console.is_forced():
        ctx.color = True
    if verbose:
        from memcodec.cli import verbose as speaking

        ctx.with_resource(speaking.shown())
