"""The codecs that are installed, found by entry point.

memcodec never imports one by name: a codec is an entry point of group ``memcodec.codecs``, loaded when it is first
asked for, so a third party adds one by installing a package.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoints, entry_points

from memcodec.config.settings import Encode
from memcodec.errors import CodecError, NotAMemoryFile
from memcodec.media.container import head
from memcodec.media.contract import Codec
from memcodec.storage import Source

GROUP = "memcodec.codecs"
END = 1024  #: bytes that ``sniff_end`` is shown


@cache
def _entries() -> EntryPoints:
    """Those of all installed packages, each of which is looked through."""
    return entry_points(group=GROUP)


@cache
def names() -> tuple[str, ...]:
    """The installed codecs' names, sorted. Loads none of them."""
    return tuple(sorted(_entries().names))


@cache
def get(name: str) -> Codec:
    """The codec of that name. Raises CodecError naming the installed ones, or why this one does not load."""
    for entry in _entries().select(name=name):
        try:
            codec: Codec = entry.load()()
        except ImportError as error:
            raise CodecError(f"codec {name!r} does not load: {error}; install what it needs") from error
        return codec
    raise CodecError(f"no codec named {name!r}; installed: {', '.join(names())}")


def for_file(path: str, preferred: str) -> str:
    """The name of the codec to write such a file with: the preferred one, or the first whose files end so."""
    path, default = path.lower(), Encode().codec
    for name in (preferred, default, *names()):
        if path.endswith(get(name).suffixes):
            return name
    return preferred


def detect(source: Source) -> Codec:
    """The codec that wrote a file, judged by its end, or else by its first bytes. Raises NotAMemoryFile."""
    start = max(0, source.size - END)
    tail = bytes(source.get_bytes(start, source.size - start))
    for name in names():
        if get(name).sniff_end(tail):
            return get(name)
    begin = head(source)
    for name in names():
        if get(name).sniff(begin):
            return get(name)
    raise NotAMemoryFile(f"{source.name}: not a memory file (no installed codec recognises it)")
