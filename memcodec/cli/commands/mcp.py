"""``memcodec mcp``."""

from __future__ import annotations

import click

from memcodec.cli import console, mcp_clients, remote_options
from memcodec.cli.opened import collection_of
from memcodec.cli.options import file_argument


@click.command("mcp")
@file_argument("files", many=True)
@click.option("--read-only", is_flag=True, help="Offer no tool that changes a FILE.")
@click.option(
    "--print-config",
    "client",
    type=click.Choice(list(mcp_clients.CLIENTS)),
    help="Print the settings that make that program start this server, and end.",
)
@remote_options.cache_option
def mcp_command(files: tuple[str, ...], read_only: bool, client: str | None) -> None:
    """Serve memory files to a program that speaks MCP.

    The Model Context Protocol, over standard input and output: a client starts this command. Its tools are search,
    get, read, list and history; add and forget change a FILE of this machine. Documents are resources, too. What other
    processes add to FILE is found. Needs pip install 'memcodec[mcp]'.

    --print-config prints JSON with the command in full and absolute paths, to be put into claude_desktop_config.json or
    .mcp.json (claude), .cursor/mcp.json (cursor) or .vscode/mcp.json (vscode).

    \b
    Examples:
      memcodec mcp notes.mp4
      memcodec mcp notes.mp4 https://example.org/manual.mp4 --read-only
      memcodec mcp notes.mp4 --print-config claude
    """
    from memcodec.agents.mcp import server

    with collection_of(files, remote_options.settings()) as collection:
        if client is None:
            server.server(collection, read_only=read_only).run()
            return
    options = [*["--read-only"] * read_only, *remote_options.given()]
    console.echo_json(mcp_clients.settings(client, files, options))
