"""How the programs that start MCP servers are told of one: the settings of each, to be put into its own file.

Claude Desktop: ``claude_desktop_config.json``; Claude Code: ``.mcp.json`` (modelcontextprotocol.io, "Connect to
local MCP servers"). Cursor: ``.cursor/mcp.json`` (cursor.com/docs/mcp). VS Code: ``.vscode/mcp.json``, or ``mcp.json``
of the profile (code.visualstudio.com/docs/copilot/reference/mcp-configuration).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from memcodec.cli import remote_options

#: Of each client: the key that its servers stand under, and whether it wants to be told how a server is spoken to.
CLIENTS = {"claude": ("mcpServers", False), "cursor": ("mcpServers", True), "vscode": ("servers", True)}
_SEVERAL = "memcodec"


def settings(client: str, files: Sequence[str], options: Sequence[str] = ()) -> dict[str, Any]:
    """What a client needs to start a server for these files, from whatever folder and with whatever PATH."""
    key, typed = CLIENTS[client]
    program, *begin = command()
    entry = {"command": program, "args": [*begin, "mcp", *map(_absolute, files), *options]}
    return {key: {_name(files): {"type": "stdio", **entry} if typed else entry}}


def command() -> list[str]:
    """This memcodec: the script beside this Python; or the Python with the module, where there is none."""
    script = Path(sys.executable).with_name("memcodec.exe" if sys.platform == "win32" else "memcodec")
    return [str(script)] if script.is_file() else [sys.executable, "-m", "memcodec"]


def _absolute(file: str) -> str:
    """A path of this machine in full; a URL as it is, for without its query it may not be let in."""
    return file if remote_options.is_far(file) else str(Path(file).absolute())


def _name(files: Sequence[str]) -> str:
    """After the only file; of letters that every client takes."""
    stem = Path(files[0].partition("?")[0]).stem if len(files) == 1 else ""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", stem).strip("-") or _SEVERAL
