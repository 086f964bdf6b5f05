"""Names of places: what is a URL, and how to show one without a secret of it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import quote, urljoin, urlsplit

from memcodec.errors import ConfigError

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*(?=://)")
_PLACE = re.compile(r"(?:[^\s:@/?#\[\]]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")  # a host or bucket, and a port
_PORTS = {"http": 80, "https": 443}
_SAFE = "".join(letter for letter in map(chr, range(33, 127)) if letter not in '"#<>`{}')


@dataclass(frozen=True)
class Url:
    """A URL without user info; ``str()`` shows nothing that could be a secret."""

    scheme: str  #: in small letters
    place: str  #: the host and port, or the bucket
    path: str  #: from its "/" on
    query: str = field(repr=False)  #: may be a signature: to be sent, never to be shown

    @property
    def sent(self) -> str:
        """All of it: for requests alone, never for a message or a log."""
        return f"{self}?{self.query}" if self.query else str(self)

    @cached_property
    def origin(self) -> tuple[str, str, int]:
        """The server: scheme, host as DNS has it, port. Raises ConfigError for what is none."""
        try:
            found = urlsplit(f"//{self.place}")
            host = (found.hostname or "").encode("idna").decode("ascii")
            return self.scheme, host, found.port or _PORTS[self.scheme]
        except ValueError:
            raise ConfigError(f"{self}: is not a URL; write it as https://host/path/file.mp4") from None

    @property
    def target(self) -> str:
        """What a request line asks a server for: path and query, what ASCII lacks percent-encoded."""
        asked = (self.path or "/") + (f"?{self.query}" if self.query else "")
        return quote(re.sub("%(?![0-9A-Fa-f]{2})", "%25", asked), _SAFE)

    def joined(self, reference: str) -> Url:
        """Where a reference in what stands at this URL leads. Raises ConfigError."""
        try:
            joined = urljoin(self.sent, reference)
        except ValueError:
            raise ConfigError(f"{self}: redirects to something that is not a URL") from None
        return parse(joined)

    def __str__(self) -> str:
        return f"{self.scheme}://{self.place}{self.path}"


def is_url(name: str | os.PathLike[str]) -> bool:
    """Whether ``name`` means a place that a scheme names (``https://...``) and no path."""
    return isinstance(name, str) and _SCHEME.match(name) is not None


def shown(url: str) -> str:
    """The URL without user info, query and fragment: for messages. Never fails."""
    scheme, authority, path = _split(url)
    place = authority.rpartition("@")[2]
    if not _PLACE.fullmatch(place):
        return f"{scheme}://..."  # no telling what stands where
    return "".join(letter if letter.isprintable() else "?" for letter in f"{scheme}://{place}{path}")


def parse(url: str) -> Url:
    """The parts of a URL. Raises ConfigError, which repeats no secret, for user info in it or a broken one."""
    scheme, authority, path = _split(url)
    if "@" in authority:
        raise ConfigError(f"{shown(url)}: a URL holds no user name or password here; keep them in ~/.netrc")
    if not _PLACE.fullmatch(authority) or not url.isprintable() or "\\" in url:
        raise ConfigError(f"{shown(url)}: is not a URL; write it as https://host/path/file.mp4")
    return Url(scheme, authority, path, url.partition("#")[0].partition("?")[2])


def _split(url: str) -> tuple[str, str, str]:
    """Scheme, authority and path. A password may hold "#" or "?": with an "@" after it, it is authority still."""
    scheme, _, rest = url.partition("://")
    authority = rest.partition("/")[0]
    if "@" not in authority:
        authority = re.split("[?#]", authority)[0]
    return scheme.lower(), authority, re.split("[?#]", rest[len(authority) :])[0]
