"""What a command and its children asked of the system, as strace(1) saw it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OPTIONS = ("-f", "-qq", "-y", "-s", "4096", "-e", "trace=%file,%network")

_CALL = re.compile(r"^\d+ +(?P<name>\w+)\((?P<rest>.*)$")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
_PEER = re.compile(r'sin6?_port=htons\((\d+)\), .*?"([^"]+)"')
_FOLDER = re.compile(r"AT_FDCWD<([^>]*)>|^\d+<([^>]*)>")
_OPENS = {"open", "openat", "openat2", "creat", "execve", "execveat"}
_CHANGES = {
    "mkdir",
    "mkdirat",
    "unlink",
    "unlinkat",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "symlink",
}
_WRITES = ("O_WRONLY", "O_RDWR", "O_CREAT", "O_TMPFILE")


@dataclass(frozen=True)
class Touched:
    """A file that was opened, run or changed."""

    path: Path
    written: bool


def touched(trace: Path, work: Path) -> Iterator[Touched]:
    """Every file that was there or was made by a command in the folder ``work``."""
    for name, rest in _calls(trace):
        if name in _OPENS | _CHANGES and " = -1 " not in rest:
            strings = _STRING.findall(rest)[: 1 if name in _OPENS else 2]
            folder = _FOLDER.search(rest)
            base = Path((folder[1] or folder[2]) if folder else work)
            written = name in _CHANGES or any(flag in rest for flag in _WRITES)
            yield from (Touched(base / string, written) for string in strings)


def hosts(trace: Path) -> list[str]:
    """Every call for a socket that may leave this machine, and every connection to a service that looks hosts up."""
    return [
        f"{name}({rest}"
        for name, rest in _calls(trace)
        if name in {"socket", "connect", "sendto", "sendmsg", "bind"}
        and ("AF_INET" in rest or "nscd" in rest)
    ]


def peers(trace: Path) -> set[tuple[str, int]]:
    """Addresses and ports that were connected to, sent to or listened at."""
    named = (_PEER.findall(call) for call in hosts(trace) if not call.startswith("socket("))
    return {(address, int(port)) for each in named for port, address in each}


def _calls(trace: Path) -> Iterator[tuple[str, str]]:
    """Names and what follows; a call that another interrupted is one again."""
    begun: dict[str, str] = {}
    for line in trace.read_text(errors="replace").splitlines():
        pid, _, said = line.partition(" ")
        if said.endswith("<unfinished ...>"):
            begun[pid] = said.removesuffix("<unfinished ...>")
            continue
        if "resumed>" in said:
            said = begun.pop(pid, "") + said.partition("resumed>")[2]
        if found := _CALL.match(f"{pid} {said.strip()}"):
            yield found["name"], found["rest"]
