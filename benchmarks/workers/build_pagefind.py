"""Pagefind: every text a page, its number the page's address; the folder that a web server then serves."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any

from pagefind.index import IndexConfig, PagefindIndex
from protocol import costs, serve, texts_in


def put(folder: str, texts: str) -> dict[str, Any]:
    """The whole index written to ``folder``/pagefind."""
    shutil.rmtree(folder, ignore_errors=True)
    chunks = texts_in(texts)
    return costs(lambda: asyncio.run(_write(Path(folder) / "pagefind", chunks)))


async def _write(bundle: Path, chunks: list[str]) -> None:
    async with PagefindIndex(config=IndexConfig(output_path=str(bundle))) as index:
        for number, text in enumerate(chunks):
            await index.add_custom_record(url=f"/{number}", content=text, language="en")


if __name__ == "__main__":
    serve({"put": put})
