"""Writes docs/BENCHMARKS.md from the results."""

from __future__ import annotations

from pathlib import Path

from benchmarks.results import Cell, Check, Section, Table

ORDER = (
    "density",
    "speed",
    "small",
    "memory",
    "peers",
    "stores",
    "web",
    "visit",
    "archives",
    "semantic",
    "quality",
    "answers",
    "late",
    "live",
    "scale",
    "opening",
    "touch",
    "remote",
    "growth",
    "agents",
    "sync",
    "indexing",
    "sound",
    "survival",
    "films",
    "bursts",
    "insight",
    "journal",
    "sealed",
)

_INTRO = """# Benchmarks

Measured by `make bench`; one section alone: `python -m benchmarks NAME`. The figures are kept in
[benchmarks.json](benchmarks.json), from which this page is written. Ratios compare works that were run in turn in one
run, median of the rounds; times are of the machine named, which may have had other work to do.

The corpus is the 497 reStructuredText sources of Debian's `python3.11-doc` (11.0 MB) unless a table says otherwise.
MB is 1,000,000 bytes.
"""


def write(folder: Path, sections: dict[str, Section], charts: dict[str, list[Path]]) -> Path:
    """The page, in ``folder``, with the charts' paths relative to it."""
    found = [sections[name] for name in ORDER if name in sections]
    parts = [_INTRO, _summary(found)]
    parts += [
        _section(each, [path.relative_to(folder) for path in charts.get(each.name, [])]) for each in found
    ]
    page = folder / "BENCHMARKS.md"
    page.write_text("\n".join(parts))
    return page


def text(section: Section) -> str:
    """One section, for a terminal."""
    return _section(section, [])


def _summary(sections: list[Section]) -> str:
    rows = [_check_row(check) for section in sections for check in section.checks]
    return "## Targets\n\n" + _markdown(["figure", "measured", "target", "met"], rows)


def _check_row(check: Check) -> list[Cell]:
    sign = ">=" if check.least else "<="
    unit = f" {check.unit}" if check.unit else ""
    return [
        check.what,
        f"{_cell(check.value)}{unit}",
        f"{sign} {_cell(check.limit)}{unit}",
        "yes" if check.met else "**no**",
    ]


def _section(section: Section, charts: list[Path]) -> str:
    lines = [
        f"## {section.title}",
        "",
        section.intro,
        "",
        f"Command: `{section.command}`  ",
        f"Machine: {_machine(section)}",
        "",
    ]
    if section.checks:
        lines += [
            _markdown(
                ["figure", "measured", "target", "met"], [_check_row(check) for check in section.checks]
            )
        ]
    lines += [f"![{section.title}]({chart})\n" for chart in charts]
    lines += [_table(table) for table in section.tables]
    return "\n".join(lines)


def _machine(section: Section) -> str:
    return ", ".join(
        f"{name} {value}" if name not in ("processor", "system") else value
        for name, value in section.machine.items()
    )


def _table(table: Table) -> str:
    note = f"\n{table.note}\n" if table.note else ""
    return f"### {table.title}\n\n{_markdown(table.columns, table.rows)}{note}"


def _markdown(columns: list[str], rows: list[list[Cell]]) -> str:
    numeric = [all(not isinstance(row[at], str) for row in rows) for at in range(len(columns))]
    lines = [f"| {' | '.join(columns)} |", f"|{'|'.join('---:' if right else '---' for right in numeric)}|"]
    lines += [f"| {' | '.join(_cell(value) for value in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, int) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 1 else f"{value:.2f}" if abs(value) < 100 else f"{value:.0f}"
