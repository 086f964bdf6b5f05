"""Pagefind: every text a page of a site, its number the page's name; the folder that a web server then serves."""

from __future__ import annotations

import asyncio
import html
import shutil
import tempfile
from pathlib import Path
from typing import Any

from pagefind.index import IndexConfig, PagefindIndex
from protocol import costs, serve, texts_in


def put(folder: str, texts: str) -> dict[str, Any]:
    """The index of a site that is there, written to ``folder``/pagefind."""
    shutil.rmtree(folder, ignore_errors=True)
    with tempfile.TemporaryDirectory() as site:
        for number, text in enumerate(texts_in(texts)):
            page = f"<!doctype html><html lang=en><body><pre>{html.escape(text)}</pre></body></html>"
            (Path(site) / f"{number}.html").write_text(page, encoding="utf-8", errors="replace")
        return costs(lambda: asyncio.run(_index(site, Path(folder) / "pagefind")))


async def _index(site: str, bundle: Path) -> None:
    async with PagefindIndex(config=IndexConfig(output_path=str(bundle))) as index:
        await index.add_directory(site)


if __name__ == "__main__":
    serve({"put": put})
