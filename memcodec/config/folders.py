"""The user's own folders for settings, caches and state: where each system keeps such things (XDG on Linux)."""

from __future__ import annotations

from pathlib import Path

from memcodec.errors import ConfigError


def config() -> Path:
    """Where ``memcodec.toml`` is looked for. Raises ConfigError, as the others do, when the user has no folder."""
    return _folder("config", roaming=True)


def cache() -> Path:
    """What may be deleted at any moment: exported models, bytes of far files."""
    return _folder("cache")


def state() -> Path:
    """What is to outlive a command: the queue of background jobs."""
    return _folder("state")


def _folder(kind: str, *, roaming: bool = False) -> Path:
    from platformdirs import PlatformDirs  # not every command asks

    try:
        found = Path(getattr(PlatformDirs("memcodec", appauthor=False, roaming=roaming), f"user_{kind}_dir"))
    except RuntimeError:  # neither HOME nor the system's table of users names a home
        found = Path()
    if not found.is_absolute():
        raise ConfigError(
            f"no folder is known for this user's {kind}; set XDG_{kind.upper()}_HOME, or HOME, to a folder of yours"
        )
    return found
