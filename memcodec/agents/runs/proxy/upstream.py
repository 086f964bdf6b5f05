"""The providers behind the proxy: where they are, and how they are asked."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import httpcore

from memcodec.errors import ConfigError

_TIMES = {"connect": 15.0, "read": 600.0, "write": 60.0, "pool": 60.0}
#: Headers that are of one connection (RFC 9110, 7.6.1), or that whoever forwards writes anew.
OWN = frozenset(
    "connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer transfer-encoding "
    "upgrade host content-length accept-encoding content-encoding".split()
)


class Provider(NamedTuple):
    """A protocol: the variables that say where its provider is, and where it is unless they do. ``below``: what the
    programs' own address ends with.
    """

    name: str
    variables: tuple[str, ...]
    address: str
    below: str


PROVIDERS = (
    Provider("openai", ("OPENAI_BASE_URL", "OPENAI_API_BASE"), "https://api.openai.com/v1", "/v1"),
    Provider("anthropic", ("ANTHROPIC_BASE_URL",), "https://api.anthropic.com", ""),
)


def addresses(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Where each provider is, by its name. Raises ConfigError for what is no address."""
    found = {}
    for each in PROVIDERS:
        given = [environment[name] for name in each.variables if environment.get(name)]
        address = (given or [each.address])[0].rstrip("/")
        if not address.startswith(("http://", "https://")):
            raise ConfigError(
                f"{each.variables[0]}: {address!r} is not an endpoint; write it as https://host/v1"
            )
        found[each.name] = address
    return found


class Response(NamedTuple):
    """What a provider answers, as it comes."""

    status: int
    headers: list[tuple[str, str]]
    blocks: Iterator[bytes]

    def header(self, name: str) -> str:
        """A header's value, or an empty text."""
        return next((value for each, value in self.headers if each.lower() == name), "")


class Upstream:
    """Connections to the providers, kept for as long as a program runs."""

    def __init__(self, where: Mapping[str, str]) -> None:
        self._where = dict(where)
        self._pool = httpcore.ConnectionPool(ssl_context=ssl.create_default_context(cafile=_authorities()))

    @contextmanager
    def ask(
        self, of: str, method: str, path: str, headers: Sequence[tuple[str, str]], data: bytes
    ) -> Iterator[Response]:
        """Forward a request. Raises httpcore's errors."""
        sent = [(name, value) for name, value in headers if name.lower() not in OWN]
        sent.append(("Accept-Encoding", "identity"))  # what comes is recorded as it is read
        url = f"{self._where[of]}{path}"
        with self._pool.stream(
            method, url, headers=[*sent, ("Content-Length", str(len(data)))], content=data,
            extensions={"timeout": _TIMES},
        ) as response:  # fmt: skip
            named = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers]
            kept = [(name, value) for name, value in named if name.lower() not in OWN]
            yield Response(response.status, kept, response.iter_stream())

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()


def _authorities() -> str:
    import certifi

    return os.environ.get("SSL_CERT_FILE") or certifi.where()
