"""YAKE's key terms, by its defaults."""

from __future__ import annotations

from typing import Any

import yake
from protocol import serve


def keys(texts: list[str], count: int) -> dict[str, Any]:
    """Of each text the best ``count``, best first."""
    extractor = yake.KeywordExtractor(top=count)
    return {"keys": [[term for term, _ in extractor.extract_keywords(text)] for text in texts]}


serve({"keys": keys})
