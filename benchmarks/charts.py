"""The page's charts, as SVG that comes out the same for the same figures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.appends import BYTES_LIMIT, TIME_LIMIT
from benchmarks.results import Section

_OURS, _SECOND, _OTHERS, _INK = "#1b6ca8", "#d97b29", "#b9c0c8", "#333333"


def draw(folder: Path, sections: dict[str, Section]) -> dict[str, list[Path]]:
    """The charts of the sections that have one, as files in ``folder``, by section."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams.update(
        {"svg.hashsalt": "memcodec", "svg.fonttype": "none", "font.size": 10, "text.color": _INK}
    )
    folder.mkdir(parents=True, exist_ok=True)
    return {
        name: [path for path in make(sections[name].figures, folder) if path.exists()]
        for name, make in _CHARTS.items()
        if name in sections
    }


def _density(figures: dict[str, Any], folder: Path) -> list[Path]:
    bars = {**figures["packed"], **{f"memcodec {name}": value for name, value in figures["codecs"].items()}}
    bars |= {
        f"memcodec av1 dense + {name}": figures["indexed"][name] for name in ("lexical", "lexical, semantic")
    }
    ordered = dict(sorted(bars.items(), key=lambda bar: -bar[1]))
    return [_bars(folder / "density.svg", ordered, "file bytes / text bytes (less is better)")]


def _latency(figures: dict[str, Any], folder: Path) -> list[Path]:
    bars = {
        f"{who}, {what}": figures[who][key]
        for key, what in (("open", "open + first search"), ("p99", "search p99"), ("p50", "search p50"))
        for who in ("memvid-sdk", "memcodec")
        if who in figures
    }
    return [
        _bars(
            folder / "latency.svg", bars, "milliseconds, lexical search on the same chunks (less is better)"
        )
    ]


def _survival(figures: dict[str, Any], folder: Path) -> list[Path]:
    from matplotlib import pyplot

    path = folder / "survival.svg"
    figure, panels = pyplot.subplots(1, len(figures), figsize=(8, 3), sharey=True, layout="constrained")
    for axes, (rate, lines) in zip(panels, figures.items(), strict=True):
        for name, points in lines.items():
            axes.plot(*zip(*points, strict=True), marker="o", markersize=3, label=name)
        axes.set_title(f"robust, {rate} rate")
        axes.set_xlabel("kbit/s asked of the encoder")
        axes.spines[["top", "right"]].set_visible(False)
    panels[0].set_ylabel("% of packets back")
    panels[-1].legend()
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
    return [path]


def _growth(figures: dict[str, Any], folder: Path) -> list[Path]:
    from matplotlib import pyplot

    path = folder / "growth-append.svg"
    panels = {"bytes": (1, BYTES_LIMIT), "time": (2, TIME_LIMIT), "command's time": (3, TIME_LIMIT)}
    figure, axes = pyplot.subplots(1, len(panels), figsize=(8, 3), sharey=True, layout="constrained")
    for panel, (what, (column, limit)) in zip(axes, panels.items(), strict=True):
        for (name, points), colour in zip(figures["append"].items(), (_OURS, _SECOND), strict=True):
            sizes, ratios = zip(*((point[0], point[column]) for point in points), strict=True)
            panel.plot(sizes, ratios, marker="o", markersize=4, color=colour, label=name)
        panel.axhline(limit, color=_INK, linewidth=0.8, linestyle="dashed")
        panel.set_xscale("log")
        panel.set_xticks(sizes, [f"{size:g}" for size in sizes])
        panel.minorticks_off()
        panel.set_xlabel("MB of text in the file")
        panel.set_title(f"{what}, at most {limit:g}")
        panel.spines[["top", "right"]].set_visible(False)
    axes[0].set_ylabel("append of 100 KB / encode alone")
    axes[0].set_ylim(0, 1.1 * max(BYTES_LIMIT, TIME_LIMIT))
    axes[-1].legend()
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
    return [path]


def _indexing(figures: dict[str, Any], folder: Path) -> list[Path]:
    from matplotlib import pyplot

    path = folder / "indexing.svg"
    seconds, shares = zip(*figures["shares"], strict=True)
    figure, axes = pyplot.subplots(figsize=(8, 2.6), layout="constrained")
    axes.step(
        [0, *seconds],
        [0, *(100 * share for share in shares)],
        where="post",
        color=_OURS,
        label="with vectors",
    )
    axes.axvline(
        figures["returned"], color=_SECOND, label="background returns: media and lexical index are in"
    )
    axes.axvline(figures["now"], color=_INK, linewidth=0.8, linestyle="dashed", label="--index now returns")
    axes.set_xlabel("seconds from the command's start")
    axes.set_ylabel("% of chunks")
    axes.set_ylim(0, 105)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="upper left", bbox_to_anchor=(0.06, 1))
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
    return [path]


def _stores(figures: dict[str, Any], folder: Path) -> list[Path]:
    panels = {"files / text": "size", "unseen search p99, ms": "p99", "texts left after damage": "left"}
    searched = {name: of for name, of in figures.items() if "p99" in of}
    return [_panels(folder / "stores.svg", searched, panels)]


def _archives(figures: dict[str, Any], folder: Path) -> list[Path]:
    panels = {"files / text": "size", "MB / s kept": "keep", "files right after damage": "left"}
    return [_panels(folder / "archives.svg", figures, panels)]


def _panels(path: Path, figures: dict[str, dict[str, float]], panels: dict[str, str]) -> Path:
    from matplotlib import pyplot

    height = 0.36 * len(figures) + 1
    figure, axes = pyplot.subplots(1, len(panels), figsize=(9, height), sharey=True, layout="constrained")
    names = list(figures)[::-1]
    for axis, (label, key) in zip(axes, panels.items(), strict=True):
        values = [figures[name][key] for name in names]
        drawn = axis.barh(names, values, color=[_OURS if "memcodec" in name else _OTHERS for name in names])
        axis.bar_label(drawn, [f"{value:.3g}" for value in values], padding=3)
        axis.set_xlabel(label)
        axis.margins(x=0.25)
        axis.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
    return path


def _bars(path: Path, bars: dict[str, float], label: str) -> Path:
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 0.36 * len(bars) + 1), layout="constrained")
    colours = [_OURS if name.startswith("memcodec") else _OTHERS for name in bars]
    drawn = axes.barh(list(bars), list(bars.values()), color=colours)
    axes.bar_label(drawn, [f"{value:.2f}" for value in bars.values()], padding=3)
    axes.set_xlabel(label)
    axes.margins(x=0.1)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
    return path


_CHARTS: dict[str, Callable[[dict[str, Any], Path], list[Path]]] = {
    "archives": _archives,
    "density": _density,
    "growth": _growth,
    "indexing": _indexing,
    "peers": _latency,
    "stores": _stores,
    "survival": _survival,
}
