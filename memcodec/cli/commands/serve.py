"""``memcodec serve``."""

from __future__ import annotations

import contextlib
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import click

from memcodec.cli import console, remote_options
from memcodec.cli.options import file_argument, quiet_option
from memcodec.cli.stopping import stopping
from memcodec.config.units import parse_size

if TYPE_CHECKING:
    from memcodec.service.guard import Rules

_ROLES = ["read", "write", "admin"]


@click.command("serve")
@file_argument("files", many=True)
@click.option("--write", is_flag=True, help="Let clients change the files; without it they can only read.")
@click.option(
    "--live", is_flag=True, help="Let several people edit a note at once, at /notes/; needs --write."
)
@click.option(
    "--http",
    "where",
    metavar="HOST:PORT",
    default="127.0.0.1:8080",
    show_default=True,
    help="Where to listen.",
)
@click.option("--tokens", metavar="FILE", help="Ask for a token of this file; needed beyond this machine.")
@click.option(
    "--new-token",
    "role",
    type=click.Choice(_ROLES),
    help="Make a token of that role, add it to the file of --tokens, print it once, and end.",
)
@click.option("--name", metavar="NAME", help="What the new token is called.  [default: its role]")
@click.option(
    "--origin",
    "origins",
    metavar="URL",
    multiple=True,
    help="Let pages of this site ask, as https://example.org.",
)
@click.option(
    "--limit", metavar="SIZE", default="32MB", show_default=True, help="Refuse a request with more than this."
)
@click.option(
    "--rate",
    metavar="N",
    type=click.FloatRange(min=0),
    default=100.0,
    show_default=True,
    help="Answer so many requests a second of one client; 0: any number.",
)
@remote_options.memory_option
@quiet_option
def serve_command(
    files: tuple[str, ...],
    write: bool,
    live: bool,
    where: str,
    tokens: str | None,
    role: str | None,
    name: str | None,
    origins: tuple[str, ...],
    limit: str,
    rate: float,
    quiet: bool,
) -> None:
    """Share memory files over HTTP: a page that searches them, an API, events.

    The page reads the files by byte ranges at /files/NAME and searches them in the visitor's browser; another, at
    /manage, fills, edits and compares them, and makes new ones in a folder that is served. The API is described at
    /openapi.json; /ws tells of commits and jobs as they happen. What clients add is on stable storage when they are
    answered. SIGTERM ends the service in order. Needs pip install 'memcodec[serve]'.

    Without --tokens it listens on this machine alone, for any user of it. Tokens are for read, write (documents) or
    admin (roll back, index); the file has their hashes only.

    \b
    Examples:
      memcodec serve notes.mp4
      memcodec serve memories/ --write
      memcodec serve notes.mp4 --tokens tokens.json --new-token write
      memcodec serve notes.mp4 --write --live
      memcodec serve notes.mp4 manual.mp4 --write --tokens tokens.json --http 0.0.0.0:8080
    """
    from memcodec.errors import StorageError
    from memcodec.service import extra

    extra.need()
    if role is not None:
        _make_token(tokens, role, name)
        return
    for file in files:
        if remote_options.is_far(file):
            shown = remote_options.shown(file)
            raise StorageError(f"{shown}: is far away, and {remote_options.READS_ALL}")
    if name is not None:
        raise click.UsageError("--name goes with --new-token")
    if live and not write:
        raise click.UsageError("--live goes with --write")
    _serve(files, where, _rules(where, tokens, origins, limit, rate), write=write, live=live, quiet=quiet)


def _make_token(tokens: str | None, role: str, name: str | None) -> None:
    from memcodec.service.access import Role, new_token

    if tokens is None:
        raise click.UsageError("--new-token needs --tokens FILE to keep its hash in")
    click.echo(new_token(Path(tokens), name or role, Role[role.upper()]))


def _rules(where: str, tokens: str | None, origins: tuple[str, ...], limit: str, rate: float) -> Rules:
    from memcodec.errors import ConfigError
    from memcodec.process import ports
    from memcodec.service.access import Tokens
    from memcodec.service.guard import Rules

    try:
        host, _ = ports.split(where)
    except ValueError:
        raise ConfigError(f"--http {where}: write HOST:PORT, as 127.0.0.1:8080") from None
    known = Tokens.read(Path(tokens)) if tokens is not None else None
    is_local = host in ports.LOCAL
    if not is_local and not known:
        raise ConfigError(
            f"--http {where}: others reach that address; --tokens FILE says who may ask, --new-token makes one"
        )
    for each in origins:
        if each.rstrip("/") != each or "://" not in each:
            raise ConfigError(f"--origin {each}: write scheme and host alone, as https://example.org")
    hosts = ports.LOCAL if is_local and known is None else None
    return Rules(known, hosts, frozenset(origins), parse_size(limit), rate)


def _serve(files: tuple[str, ...], where: str, rules: Rules, *, write: bool, live: bool, quiet: bool) -> None:
    from memcodec.errors import ConfigError
    from memcodec.process import ports
    from memcodec.service.app import build
    from memcodec.service.notes.pace import Pace
    from memcodec.service.running import Server, url_of
    from memcodec.service.shelf import Shelf

    host, port = ports.split(where)
    with contextlib.ExitStack() as stack:
        try:
            listening = stack.enter_context(ports.bind(host, port))
        except OSError as error:
            raise ConfigError(f"{where}: cannot be served at: {error.strerror or error}") from None
        shelf = Shelf(files, remote_options.settings(), writable=write)
        stack.callback(shelf.close)
        if shelf.names:
            console.notes([*shelf.collection.notes, *shelf.collection.warnings()])
        server = Server(build(shelf, rules, Pace() if live else None))
        stack.enter_context(stopping(server.stop))
        if not quiet:
            url = url_of(listening, host)
            console.notes([f"served at {url}", *([f"managed at {url}manage"] if write else [])])
        with warnings.catch_warnings():
            server.run(sockets=[listening])
