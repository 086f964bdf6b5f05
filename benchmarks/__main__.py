"""``python -m benchmarks all|NAME...``: runs benchmarks, keeps their results and writes the page."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path

from benchmarks import charts, harness, page, results
from benchmarks.results import Section


def main() -> None:
    arguments = _arguments()
    names = page.ORDER if "all" in arguments.names else tuple(dict.fromkeys(arguments.names))
    out: Path | None = arguments.out or (None if arguments.quick else harness.ROOT / "docs")
    for name in names:
        harness.say(f"== {name}")
        section = _run(name, arguments.quick)
        if out is not None:
            _keep(out, section)
        print(page.text(section), flush=True)
    if names == () and out is not None:
        _write(out, results.load(out / "benchmarks.json"))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="+", choices=("all", "page", *page.ORDER), help="what to measure")
    parser.add_argument(
        "--quick", action="store_true", help="small texts, few rounds; only prints, unless --out is given"
    )
    parser.add_argument("--out", type=Path, help="the folder to write to (docs/)")
    arguments = parser.parse_args()
    arguments.names = [name for name in arguments.names if name != "page"]
    return arguments


def _run(name: str, quick: bool) -> Section:
    section: Section = import_module(f"benchmarks.{name}").run(quick)
    section.command = f"python -m benchmarks {name}{' --quick' if quick else ''}"
    section.machine = harness.machine()
    return section


def _keep(out: Path, section: Section) -> None:
    out.mkdir(parents=True, exist_ok=True)
    kept = results.load(out / "benchmarks.json")
    kept[section.name] = section
    results.save(out / "benchmarks.json", kept)
    _write(out, kept)


def _write(out: Path, sections: dict[str, Section]) -> None:
    harness.say(f"wrote {page.write(out, sections, charts.draw(out / 'img', sections))}")


if __name__ == "__main__":
    main()
