"""What a benchmark hands back: tables, targets met or missed, figures for charts. Kept as JSON beside the page."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

Cell = str | float | int | None


@dataclass
class Table:
    """Rows to show; a ``None`` cell is one that does not apply."""

    title: str
    columns: list[str]
    rows: list[list[Cell]]
    note: str = ""

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"table {self.title!r}: a row does not have its {len(self.columns)} columns")


@dataclass
class Check:
    """A figure beside its target: at most (or with ``least`` at least) ``limit``."""

    what: str
    value: float
    limit: float
    unit: str = ""
    least: bool = False

    @property
    def met(self) -> bool:
        return self.value >= self.limit if self.least else self.value <= self.limit


@dataclass
class Section:
    """One benchmark's outcome. ``figures`` are plain numbers, for charts and for whoever reads the JSON."""

    name: str
    title: str
    intro: str
    tables: list[Table] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)
    command: str = ""
    machine: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Section:
        return cls(
            **{
                **data,
                "tables": [Table(**each) for each in data["tables"]],
                "checks": [Check(**each) for each in data["checks"]],
            }
        )


def load(path: Path) -> dict[str, Section]:
    """The sections kept in a file, by name; none when there is no file."""
    if not path.exists():
        return {}
    return {name: Section.from_json(data) for name, data in json.loads(path.read_text()).items()}


def save(path: Path, sections: dict[str, Section]) -> None:
    path.write_text(json.dumps({name: asdict(each) for name, each in sections.items()}, indent=1) + "\n")
