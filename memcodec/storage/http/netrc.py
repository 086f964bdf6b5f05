"""Logins for web servers, out of the user's netrc file: $NETRC or ~/.netrc, as curl reads it."""

from __future__ import annotations

import netrc
import os
from pathlib import Path

from memcodec.errors import ConfigError


def login(host: str, *, default: bool = True) -> tuple[str, str] | None:
    """The user name and password for ``host``; that of any host only if ``default``. None when there is none.

    Raises ConfigError for a file that cannot be read; it repeats nothing of it.
    """
    path = Path(os.environ.get("NETRC") or os.path.expanduser("~/.netrc"))  # noqa: PTH111 -- Path's raises without a home
    try:
        hosts = netrc.netrc(path).hosts
    except FileNotFoundError:
        return None
    except (OSError, UnicodeError, netrc.NetrcParseError):
        # What a parse error says may be a password.
        raise ConfigError(f"{path}: cannot be read as a netrc file; fix it or move it away") from None
    found = hosts.get(host) or (hosts.get("default") if default else None)
    return (found[0], found[2] or "") if found else None
