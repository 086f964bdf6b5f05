"""A request to a model as it is recorded: its name, its body, and the conversation that it belongs to."""

from __future__ import annotations

import base64
import json
from typing import Any, NamedTuple

from memcodec.agents.runs.identity import JSON, digest

_NAMES = {"api.openai.com": "openai", "api.anthropic.com": "anthropic"}


class Asked(NamedTuple):
    """A request: ``of``, whose protocol it is; where to below the provider's address; its body as JSON, if it is
    that.
    """

    of: str
    method: str
    path: str
    body: JSON

    @property
    def name(self) -> str:
        """What it is called: ``openai chat/completions``."""
        return f"{self.of} {self.path.partition('?')[0].strip('/')}"


def body_of(data: bytes) -> JSON:
    """A body as it is recorded: JSON, or text, or bytes in base 64."""
    if not data:
        return None
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return {"text": text}


def bytes_of(body: JSON) -> bytes:
    """A recorded body again."""
    if body is None:
        return b""
    if isinstance(body, dict) and len(body) == 1:
        if isinstance(body.get("base64"), str):
            return base64.b64decode(body["base64"])
        if isinstance(body.get("text"), str):
            return str(body["text"]).encode("utf-8", "replace")
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")


def conversation(asked: Asked) -> str:
    """The path of the conversation that a request goes on with: what all its requests begin with.

    That is what it was told first, up to the first words of the user; another system prompt is another conversation.
    """
    body = asked.body if isinstance(asked.body, dict) else {}
    first: list[Any] = [asked.of, body.get("system"), body.get("instructions")]
    said = body.get("messages", body.get("input", body.get("prompt")))
    if isinstance(said, list):
        for each in said:
            first.append(each)
            if not isinstance(each, dict) or each.get("role") == "user":
                break
    else:
        first.append(said)
    return f"c{digest(first)[:8]}"


def events(buffer: str) -> tuple[list[str], str]:
    """The whole events of a stream of server-sent events, and what is left of it (WHATWG HTML, 9.2)."""
    found, rest = list[str](), buffer
    while True:
        ends = [(at + len(end), end) for end in ("\n\n", "\r\n\r\n") if (at := rest.find(end)) >= 0]
        if not ends:
            return found, rest
        at, _ = min(ends)
        found.append(rest[:at])
        rest = rest[at:]
