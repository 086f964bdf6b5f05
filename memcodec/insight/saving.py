"""A synthesis as a document: Markdown that names every place it was made from, and says who worded it."""

from __future__ import annotations

import re

from memcodec.ingest.item import Item, text_item
from memcodec.insight.values import Synthesis


def item(made: Synthesis) -> Item:
    """The document, of the same uri for the same query and type: the newer one takes the older one's place."""
    name = re.sub(r"[^\w]+", "-", made.query.casefold()).strip("-")[:60] or "all"
    lines = [f"# {made.type.capitalize()}: {' '.join(made.query.split())}", ""]
    for each in made.statements:
        time = f"{each.time}: " if each.time else ""
        lines += [f"- {time}{each.text} ({', '.join(map(str, each.cites))})"]
    lines += ["", "## Made from", ""]
    for uri, cites in sorted(made.sources.items()):
        lines.append(
            f"- {uri}: {', '.join(f'line {each.line} (chunk {each.chunk} of {each.file})' for each in cites)}"
        )
    by = f"model {made.model}" if made.model else "sentences of the documents"
    tags = {"synthesis": made.type, "query": " ".join(made.query.split())[:200], "by": by}
    return text_item(
        "\n".join([*lines, ""]),
        title=f"{made.type.capitalize()}: {made.query}"[:200],
        uri=f"synthesis/{made.type}-{name}.md",
        tags=tags,
    )
