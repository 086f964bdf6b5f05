"""Charts and graphs as SVG: drawn when the page is made, readable without a script, named for those who hear them."""

from __future__ import annotations

from collections.abc import Sequence

from memcodec.insight.page.html import COLOURS, escaped
from memcodec.insight.page.layout import places
from memcodec.insight.values import Graph

_WIDTH, _HEIGHT = 900.0, 620.0
_LABELS = 45  # concepts whose names are drawn


def colour(community: int) -> str:
    """The class of a community's colour."""
    return f"c{community}" if community < len(COLOURS) else "cx"


def graph(made: Graph, label: str) -> str:
    """Concepts as circles, relations as lines; the names of the largest."""
    at = places(made, _WIDTH, _HEIGHT, 40).tolist()
    heaviest = max((each.count for each in made.concepts), default=1)
    lines = "".join(
        f'<line x1="{at[each.a][0]}" y1="{at[each.a][1]}" x2="{at[each.b][0]}" y2="{at[each.b][1]}" '
        f'stroke-width="{0.6 + min(2.4, each.strength):.1f}"/>'
        for each in made.relations
    )
    circles = "".join(
        f'<circle class="{colour(each.community)}" cx="{x}" cy="{y}" r="{4 + 11 * (each.count / heaviest) ** 0.5:.1f}">'
        f"<title>{escaped(each.name)}: {each.count:,} chunks</title></circle>"
        for each, (x, y) in zip(made.concepts, at, strict=True)
    )
    related = {end for each in made.relations for end in (each.a, each.b)}
    named = [number for number in range(len(made.concepts)) if number in related][:_LABELS]
    texts = "".join(
        f'<text data-i="{number}" x="{at[number][0]}" y="{at[number][1] - 8:.1f}" text-anchor="middle">'
        f"{escaped(made.concepts[number].name)}</text>"
        for number in named
    )
    return (
        f'<svg class="graph" viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}" role="img" aria-label="{escaped(label)}">'
        f"{lines}{circles}{texts}</svg>"
    )


def bars(label: str, rows: Sequence[tuple[str, float, str]]) -> str:
    """Horizontal bars: a name, a number, and how the number is written."""
    if not rows:
        return ""
    most = max(value for _, value, _ in rows) or 1
    height = 22 * len(rows) + 10
    body = "".join(
        f'<text x="170" y="{22 * at + 19}" text-anchor="end">{escaped(_short(name))}</text>'
        f'<rect class="c0" x="178" y="{22 * at + 8}" width="{max(1.0, 260 * value / most):.1f}" height="14" rx="2"/>'
        f'<text class="axis" x="{186 + 260 * value / most:.1f}" y="{22 * at + 19}">{escaped(written)}</text>'
        for at, (name, value, written) in enumerate(rows)
    )
    return (
        f'<svg class="bars" viewBox="0 0 550 {height}" role="img" aria-label="{escaped(label)}">{body}</svg>'
    )


def stacked(label: str, names: Sequence[str], series: Sequence[tuple[str, Sequence[int]]]) -> str:
    """Columns, one a period, each made of what the series have then."""
    totals = [sum(values[at] for _, values in series) for at in range(len(names))]
    most, step = max([*totals, 1]), 640 / max(1, len(names))
    body = list[str]()
    for at, name in enumerate(names):
        base = 230.0
        for number, (what, values) in enumerate(series):
            if values[at]:
                tall = 200 * values[at] / most
                base -= tall
                body.append(
                    f'<rect class="{colour(number)}" x="{40 + at * step:.1f}" y="{base:.1f}" '
                    f'width="{max(1.0, step - 1.5):.1f}" height="{tall:.1f}"><title>{escaped(name)}, {escaped(what)}: '
                    f"{values[at]:,}</title></rect>"
                )
    every = -(-len(names) // 8)
    axis = "".join(
        f'<text class="axis" x="{40 + at * step:.1f}" y="246">{escaped(names[at])}</text>'
        for at in range(0, len(names), every)
    )
    legend = "".join(
        f'<rect class="{colour(number)}" x="{44 + 330 * (number % 2)}" y="{260 + 18 * (number // 2)}" '
        f'width="11" height="11"/>'
        f'<text x="{60 + 330 * (number % 2)}" y="{270 + 18 * (number // 2)}">{escaped(_short(what, 48))}</text>'
        for number, (what, _) in enumerate(series)
    )
    height = 270 + 18 * -(-len(series) // 2)
    return (
        f'<svg viewBox="0 0 720 {height}" role="img" aria-label="{escaped(label)}">'
        f'<text class="axis" x="4" y="36">{most:,}</text>{"".join(body)}{axis}{legend}</svg>'
    )


def _short(text: str, most: int = 24) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
