"""What a folder walk leaves out by pattern: ``--exclude`` and ``.gitignore``, as in gitignore(5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from memcodec.errors import ConfigError
from memcodec.ingest import globs
from memcodec.ingest.files import read_regular
from memcodec.ingest.globs import Pattern

_MOST = 10_000  # patterns of one file: each is held against every name below


@dataclass(frozen=True, slots=True)
class Rules:
    """The patterns in force in one folder, each file's with the folder it speaks of, outermost first."""

    files: tuple[tuple[str, tuple[Pattern, ...]], ...] = ()

    @classmethod
    def excluding(cls, patterns: Sequence[str]) -> Rules:
        """The rules of ``--exclude``. Raises ConfigError for one that cannot be a pattern."""
        parsed = _parsed(patterns)
        if len(parsed) < len(patterns):
            wrong = next(each for each in patterns if globs.parse(each) is None)
            raise ConfigError(f"exclude: {wrong!r} is not a pattern; write it as in .gitignore")
        return cls((("", parsed),)) if parsed else cls()

    def inside(self, folder: str, path: str) -> Rules:
        """These and those of the ``.gitignore`` at ``path``, which speaks of ``folder``. Raises OSError."""
        pieces = read_regular(path)
        text = next(pieces, b"").decode("utf-8", "surrogateescape")
        parsed = _parsed(text.split("\n"))
        if next(pieces, None) or len(parsed) > _MOST:  # a hostile one must not fill the memory, nor the day
            raise OSError(None, f"a .gitignore of more than a megabyte, or than {_MOST:,} patterns")
        return Rules((*self.files, (folder, parsed))) if parsed else self

    def ignore(self, path: str, *, folder: bool) -> bool:
        """Whether ``path`` (from the root) is left out: the last of the innermost patterns that speak of it decides."""
        for base, patterns in reversed(self.files):
            names = path[len(base) :].split("/")
            for pattern in reversed(patterns):
                if pattern.matches(names, folder=folder):
                    return not pattern.include
        return False


def _parsed(lines: Iterable[str]) -> tuple[Pattern, ...]:
    return tuple(pattern for line in lines if (pattern := globs.parse(line)) is not None)
