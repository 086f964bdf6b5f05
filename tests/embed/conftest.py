"""One export of the default model serves the whole suite: it is kept in the user's own cache folder."""

from __future__ import annotations

import pytest

from memcodec import embed
from memcodec.embed.embedder import Embedder


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    return embed.load()
