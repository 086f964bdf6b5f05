"""What upkeep makes never takes the place of what it is made of."""

from __future__ import annotations

from pathlib import Path

from memcodec.errors import ConfigError


def refuse_input(out: Path, path: Path, act: str) -> None:
    """Raises ConfigError when the file to write, ``out``, is the one that is read."""
    if out.exists() and path.exists() and out.samefile(path):
        raise ConfigError(f"{out}: {act} never overwrites its input; name another file")
