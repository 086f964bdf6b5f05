"""One export of the default model serves the whole suite: it is kept in the user's own cache folder."""

from __future__ import annotations

import pytest

from memcodec.models import embedding
from memcodec.models.embedding.embedder import Embedder


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    return embedding.load()
