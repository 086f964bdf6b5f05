"""A model behind an OpenAI-compatible endpoint: POST .../chat/completions, the answer streamed or in one piece.

The stream is one of server-sent events (WHATWG HTML, 9.2), each a JSON object, the last one ``[DONE]``. The server
is not trusted: what it sends is bounded in size and time, and an error shows our words and few of its own.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NoReturn

import httpcore

from memcodec.errors import ConfigError, MemcodecError, StorageError
from memcodec.storage import urls
from memcodec.storage.http import faults
from memcodec.storage.http.connections import Connections, Response
from memcodec.storage.http.deadline import Deadline

LONGEST = 3600.0  #: seconds an answer may take
MOST = 16 << 20  #: bytes of an answer, as it comes
_MOST_LINE = 1 << 20
_MOST_ERROR = 1 << 16
_MOST_WORDS = 200
_CONNECT = 10.0
_DONE = "[DONE]"
_CUT = "length"  # the finish_reason of an answer that met the model's limit

Message = Mapping[str, str]


class Endpoint:
    """``url`` as OpenAI's clients take it: ``http://127.0.0.1:8080/v1``. ``timeout``: seconds a server may be silent.

    Raises ConfigError for a URL or key that cannot be used. The key goes to that server alone, and into no message.
    """

    def __init__(self, url: str, model: str, key: str | None = None, timeout: float = 120.0) -> None:
        parsed = urls.parse(url)
        if parsed.scheme not in ("http", "https"):
            raise ConfigError(f"{parsed}: is not an endpoint; write it as https://host/v1")
        self.name, self.model = str(parsed), model
        self._timeout, self._key = timeout, (key or "").strip()
        if not (self._key.isascii() and self._key.isprintable()):
            raise ConfigError("OPENAI_API_KEY has characters that no key has; set it again")
        path = parsed.path.rstrip("/").removesuffix("/chat/completions") + "/chat/completions"
        self._url = replace(parsed, path=path)

    def answer(self, messages: Sequence[Message]) -> Generator[str, None, bool]:
        """The answer, piece by piece; returns whether it is whole (False: it met the model's limit).

        Raises ConfigError when the key is refused, StorageError for all else that goes wrong.
        """
        connections = Connections(self.name, idle=self._timeout, connect=_CONNECT)
        asked = {"model": self.model, "messages": list(messages), "stream": True}
        try:
            with (
                contextlib.closing(connections),
                Deadline(LONGEST).kept(),
                connections.ask("POST", self._url, self._headers(), json.dumps(asked).encode()) as response,
            ):
                # No redirect is followed: the key and the passages are for this server.
                if response.status != 200:
                    self._refuse(response)
                if "text/event-stream" in response.header("content-type"):
                    return (yield from self._streamed(response))
                return (yield from self._whole(response))
        except faults.BROKEN as error:
            raise self._broken(error) from None

    def _headers(self) -> dict[str, str]:
        said = {"Content-Type": "application/json", "Accept": "text/event-stream, application/json"}
        return {**said, "Authorization": f"Bearer {self._key}"} if self._key else said

    # What comes back

    def _streamed(self, response: Response) -> Generator[str, None, bool]:
        reason: Any = None
        for event in _events(self._lines(response)):
            if event == _DONE:
                return bool(reason != _CUT)
            found = self._parsed(event)
            if isinstance(found, dict) and found.get("error"):
                raise StorageError(f"{self.name}: the model failed: {self._words(found)}; try again later")
            reason = _at(found, "choices", 0, "finish_reason") or reason
            if isinstance(piece := _at(found, "choices", 0, "delta", "content"), str) and piece:
                yield piece
        if reason is None:
            raise StorageError(f"{self.name}: the answer broke off before its end; ask again")
        return bool(reason != _CUT)

    def _whole(self, response: Response) -> Generator[str, None, bool]:
        found = self._parsed(b"".join(self._bounded(response, MOST)).decode("utf-8", "replace"))
        text = _at(found, "choices", 0, "message", "content")
        if not isinstance(text, str):
            raise StorageError(f"{self.name}: answers in no form of the OpenAI protocol; check `endpoint`")
        yield text
        return bool(_at(found, "choices", 0, "finish_reason") != _CUT)

    def _parsed(self, text: str) -> Any:
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            raise StorageError(
                f"{self.name}: answers in no form of the OpenAI protocol; check `endpoint`"
            ) from None

    def _lines(self, response: Response) -> Iterator[str]:
        """The lines of a stream; a last one without its end is no line."""
        rest = b""
        for block in self._bounded(response, MOST):
            *whole, rest = (rest + block).split(b"\n")
            if len(rest) > _MOST_LINE:
                raise StorageError(f"{self.name}: sends a line without an end; check `endpoint`")
            yield from (line.decode("utf-8", "replace").removesuffix("\r") for line in whole)

    def _bounded(self, response: Response, most: int) -> Iterator[bytes]:
        """The body as it comes: never unpacked, so that its size is what was sent."""
        if response.header("content-encoding") not in ("", "identity"):
            raise StorageError(
                f"{self.name}: sends a compressed answer that nobody asked for; check `endpoint`"
            )
        for block in response.blocks():
            if response.received > most:
                raise StorageError(f"{self.name}: sends more than {most >> 20} MiB; check `endpoint`")
            yield block

    # What goes wrong

    def _refuse(self, response: Response) -> NoReturn:
        status, name = response.status, self.name
        if status in (401, 403):
            what = "refuses the API key" if self._key else "asks for an API key"
            raise ConfigError(f"{name}: the endpoint {what} (HTTP {status}); set OPENAI_API_KEY")
        if status == 429:
            pause = faults.retry_after(response.header("retry-after"))
            when = f"in {pause:.0f} s" if pause else "later"
            raise StorageError(
                f"{name}: too many requests, or your quota is used up (HTTP 429); try again {when}"
            )
        if status >= 500:
            raise StorageError(f"{name}: the endpoint cannot answer now (HTTP {status}); try again later")
        if status in faults.REDIRECTS:
            raise StorageError(f"{name}: redirects elsewhere (HTTP {status}); give `endpoint` the last place")
        said = self._said(response)
        if status == 404:
            raise StorageError(
                f"{name}: has no such place or model (HTTP 404){said}; check `endpoint` and `model`"
            )
        raise StorageError(f"{name}: does not take the question (HTTP {status}){said}; check `model` and `k`")

    def _said(self, response: Response) -> str:
        try:
            body = b"".join(self._bounded(response, _MOST_ERROR))
            words = self._words(json.loads(body))
        except (StorageError, ValueError, RecursionError):
            return ""
        return f": {words}" if words else ""

    def _words(self, found: Any) -> str:
        """What a server says of an error, short, on one line, and without the key."""
        said = _at(found, "error", "message") or _at(found, "error")
        text = " ".join(said.split()) if isinstance(said, str) else ""
        if self._key:
            text = text.replace(self._key, "...")
        return text if len(text) <= _MOST_WORDS else text[:_MOST_WORDS] + "..."

    def _broken(self, error: Exception) -> MemcodecError:
        if isinstance(error, httpcore.ReadTimeout):
            return StorageError(
                f"{self.name}: said nothing for {self._timeout:.3g} s; try again, or raise `timeout`"
            )
        found = faults.broken(self.name, error)
        if isinstance(found, MemcodecError):
            return found
        return StorageError(f"{self.name}: the endpoint {found}; check `endpoint`, or try again")


def _events(lines: Iterator[str]) -> Iterator[str]:
    """The data of each event: its ``data:`` lines joined. Comments and other fields are left out."""
    data: list[str] = []
    for line in lines:
        if line.startswith("data:"):
            data.append(line.removeprefix("data:").removeprefix(" "))
        elif not line and data:
            yield "\n".join(data)
            data = []
    if data:  # servers that leave out the blank line after the last event
        yield "\n".join(data)


def _at(value: Any, *path: str | int) -> Any:
    """What stands at a path of keys and numbers; None where there is no such thing."""
    for key in path:
        if isinstance(key, int):
            value = value[key] if isinstance(value, list) and len(value) > key else None
        else:
            value = value.get(key) if isinstance(value, dict) else None
    return value
