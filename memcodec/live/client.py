"""A ring of another process, asked over its socket."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from memcodec import errors
from memcodec.errors import MemcodecError, StorageError
from memcodec.file.filter import Filter
from memcodec.live import names, wire
from memcodec.model import Hit
from memcodec.search.results import Mode, Results, SearchOptions

TIMEOUT = 120.0  #: seconds for an answer
_LONGEST = 64 << 20  # bytes of an answer


class _Connection(http.client.HTTPConnection):
    """To a socket."""

    def __init__(self, name: str, timeout: float | None) -> None:
        super().__init__("localhost")
        self._name, self._wait = name, timeout

    def connect(self) -> None:
        self.sock: socket.socket = names.connect(self._name)
        self.sock.settimeout(self._wait)


class Client:
    """Asks one ring. For one thread. Raises NotFound when there is none of that name, and what the ring raises."""

    def __init__(self, name: str) -> None:
        self.name = names.named(name)
        self._connection = _Connection(self.name, TIMEOUT)

    def search(
        self,
        query: str,
        k: int = 10,
        mode: Mode = "hybrid",
        only: Filter | None = None,
        *,
        since: str | None = None,
        start: int | None = None,
        **options: Any,
    ) -> Results:
        """As ``Ring.search``."""
        body: dict[str, Any] = {"q": query, "k": k, "mode": mode, "options": options}
        if only:
            body["only"] = wire.only_json(only)
        body |= {name: each for name, each in (("since", since), ("start", start)) if each is not None}
        found = self._ask("POST", "/search", body=wire.dumps(body), kind="application/json")
        language, suggestion = str(found["language"]), found["suggestion"]
        return Results(
            query,
            found["mode"],
            wire.hits(found["hits"], f"@{self.name}"),
            tuple(found["notes"]),
            language=lambda: language,
            suggest=lambda: suggestion,
            parsed=_parsed(query, mode),
        )

    def ingest(self, lines: Sequence[bytes], *, first: int | None = None) -> tuple[int, int]:
        """Add lines; returns the number of the next one, and that before which the spill has all."""
        where = "/ingest" + (f"?first={first}" if first is not None else "")
        body = b"".join(each + b"\n" for each in lines)
        found = self._ask("POST", where, body=body, kind="text/plain")
        return int(found["next"]), int(found["spilled"])

    def ingest_records(self, body: bytes) -> tuple[int, int]:
        """Add lines of JSON."""
        found = self._ask("POST", "/ingest", body=body, kind="application/x-ndjson")
        return int(found["next"]), int(found["spilled"])

    def status(self) -> dict[str, Any]:
        """How it stands."""
        return self._ask("GET", "/status")

    def flush(self) -> int:
        """As ``Ring.flush``."""
        return int(self._ask("POST", "/flush", body=b"", kind="text/plain")["spilled"])

    def outliers(self, k: int, threshold: float | None = None) -> list[dict[str, Any]]:
        """As ``Ring.outliers``."""
        given = {"k": k, **({"threshold": threshold} if threshold is not None else {})}
        found: list[dict[str, Any]] = self._ask("GET", f"/outliers?{urlencode(given)}")["outliers"]
        return found

    def lines(self) -> Iterator[dict[str, Any]]:
        """All lines."""
        response = self._request("GET", "/lines")
        for row in response:
            yield json.loads(row)

    def follow(
        self,
        query: str,
        mode: Mode = "hybrid",
        only: Filter | None = None,
        *,
        min_score: float | None = None,
        start: int | None = None,
    ) -> Iterator[Hit]:
        """What answers a query, as it comes, until the ring ends."""
        body: dict[str, Any] = {"q": query, "mode": mode}
        if only:
            body["only"] = wire.only_json(only)
        body |= {
            name: each for name, each in (("min_score", min_score), ("start", start)) if each is not None
        }
        response = self._request("POST", "/tail", body=wire.dumps(body), kind="application/json")
        try:
            for row in response:
                if row.startswith(b"data: "):
                    yield from wire.hits([json.loads(row[len(b"data: ") :])], f"@{self.name}")
        except (OSError, http.client.HTTPException):
            return  # the ring is gone: that is its end

    def _ask(self, method: str, where: str, *, body: bytes | None = None, kind: str = "") -> dict[str, Any]:
        response = self._request(method, where, body=body, kind=kind)
        try:
            found: dict[str, Any] = json.loads(response.read(_LONGEST))
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise self._gone(error) from None
        return found

    def _request(
        self, method: str, where: str, *, body: bytes | None = None, kind: str = ""
    ) -> http.client.HTTPResponse:
        try:
            self._connection.request(method, where, body, {"Content-Type": kind} if kind else {})
            response = self._connection.getresponse()
            if response.status == http.HTTPStatus.OK:
                return response
            told = json.loads(response.read(_LONGEST))
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise self._gone(error) from None
        kinds = vars(errors)
        found = kinds.get(str(told.get("kind")))
        is_known = isinstance(found, type) and issubclass(found, MemcodecError)
        raise (found if is_known and found is not None else MemcodecError)(str(told.get("error")))

    def _gone(self, error: Exception) -> StorageError:
        self.close()
        return StorageError(f"@{self.name}: the ring does not answer: {error or type(error).__name__}")

    def close(self) -> None:
        """Let the connection go."""
        self._connection.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _parsed(query: str, mode: Mode) -> Any:
    from memcodec.search.query import parse, plain

    return plain(query) if mode in ("exact", "regex") else parse(query)


__all__ = ["Client", "SearchOptions"]
