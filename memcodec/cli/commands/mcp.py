"""``memcodec mcp``."""

from __future__ import annotations

import click

from memcodec.cli import remote_options
from memcodec.cli.opened import collection_of
from memcodec.cli.options import file_argument


@click.command("mcp")
@file_argument("files", many=True)
@click.option("--read-only", is_flag=True, help="Offer no tool that adds documents.")
@remote_options.cache_option
def mcp_command(files: tuple[str, ...], read_only: bool) -> None:
    """Serve memory files to a program that speaks MCP.

    The Model Context Protocol, over standard input and output: a client starts this command. Its tools are search,
    get, list and add; add commits to a FILE of this machine. What other processes add to FILE is found, too. Needs
    pip install 'memcodec[mcp]'.

    \b
    Examples:
      memcodec mcp notes.mp4
      memcodec mcp notes.mp4 https://example.org/manual.mp4 --read-only
    """
    from memcodec.agents.mcp import server

    with collection_of(files, remote_options.settings()) as collection:
        server.server(collection, read_only=read_only).run()
