"""How a query that cannot be read is told: in one line that shows the place."""

from __future__ import annotations

from memcodec.errors import ConfigError

_AROUND = 24  # characters shown on either side


def fault(query: str, at: int, why: str) -> ConfigError:
    """The error of a query at its character ``at``, counted from 0; the line counts from 1."""
    before = ("..." if at > _AROUND else "") + _shown(query[max(0, at - _AROUND) : at])
    after = _shown(query[at : at + _AROUND]) + ("..." if len(query) > at + _AROUND else "")
    return ConfigError(f"query, column {at + 1}: {why}: {before}>>>{after}")


def _shown(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)
