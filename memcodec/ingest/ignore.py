"""What a folder walk leaves out by pattern: ``--exclude`` and ``.gitignore``, as in gitignore(5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from memcodec.errors import ConfigError
from memcodec.ingest.files import read_regular

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


@dataclass(frozen=True, slots=True)
class Rules:
    """The patterns in force in one folder, each with the folder it speaks of, outermost first."""

    files: tuple[tuple[str, GitIgnoreSpec], ...] = ()

    @classmethod
    def excluding(cls, patterns: Sequence[str]) -> Rules:
        """The rules of ``--exclude``. Raises ConfigError for one that cannot be a pattern."""
        specs = [_spec([pattern]) for pattern in patterns]
        if None in specs:
            raise ConfigError(
                f"exclude: {patterns[specs.index(None)]!r} is not a pattern; write it as in .gitignore"
            )
        spec = _spec(patterns) if patterns else None
        return cls((("", spec),)) if spec else cls()

    def inside(self, folder: str, path: str) -> Rules:
        """These and those of the ``.gitignore`` at ``path``, which speaks of ``folder``. Raises OSError."""
        pieces = read_regular(path)
        text = next(pieces, b"").decode("utf-8", "surrogateescape")
        if next(pieces, None):  # a hostile one must not fill the memory
            raise OSError(None, "a .gitignore of more than a megabyte")
        lines = [line for line in text.splitlines() if _spec([line])]  # git passes over a line it cannot read
        spec = _spec(lines)
        return Rules((*self.files, (folder, spec))) if spec and lines else self

    def ignore(self, path: str, *, folder: bool) -> bool:
        """Whether ``path`` (from the root) is left out: the innermost rule that speaks of it decides."""
        name = path + "/" if folder else path
        for base, spec in reversed(self.files):
            verdict = spec.check_file(name[len(base) :]).include
            if verdict is not None:
                return verdict
        return False


def _spec(lines: Sequence[str]) -> GitIgnoreSpec | None:
    from pathspec import GitIgnoreSpec  # a walk without patterns does without it

    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError:
        return None
