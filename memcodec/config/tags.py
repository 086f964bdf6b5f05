"""Tags as people write them: KEY=VALUE."""

from __future__ import annotations

from collections.abc import Iterable

from memcodec.errors import ConfigError


def parse_tags(pairs: Iterable[str]) -> dict[str, str]:
    """``author=Melville``, every one of them. Raises ConfigError for what is no pair, or a key with two values."""
    found: dict[str, str] = {}
    for pair in pairs:
        key, sign, value = pair.partition("=")
        if not sign or not key:
            raise ConfigError(f"tag {pair!r}: write KEY=VALUE, for example author=Melville")
        if found.setdefault(key, value) != value:
            raise ConfigError(f"tag {pair!r}: {key!r} is given another value too; a tag has one")
    return found
